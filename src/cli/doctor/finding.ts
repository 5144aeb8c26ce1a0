/** The result of one check. */
export interface Finding {
  /** The subject of the check, such as `Node.js` or `kms:CreateKey`. */
  subject: string;
  verdict: 'ok' | 'wrong' | 'more than needed' | 'not there' | 'not checked';
  /** The observation, in words. */
  detail: string;
  /** The remedy, as an instruction. */
  fix?: string;
}

export function ok(subject: string, detail: string): Finding {
  return { subject, verdict: 'ok', detail };
}

export function wrong(subject: string, detail: string, fix: string): Finding {
  return { subject, verdict: 'wrong', detail, fix };
}

/** Nothing that stands in the way of the workshop. */
export function moreThanNeeded(subject: string, detail: string, fix: string): Finding {
  return { subject, verdict: 'more than needed', detail, fix };
}

/** An endpoint doesn't have it: some steps may not be possible there, and the others are. */
export function notThere(subject: string, why: string): Finding {
  return { subject, verdict: 'not there', detail: `not there (${why})` };
}

export function notChecked(subject: string, detail: string): Finding {
  return { subject, verdict: 'not checked', detail };
}
