/** What a look at one thing gave. */
export interface Finding {
  /** What was looked at, such as `Node.js` or `kms:CreateKey`. */
  subject: string;
  verdict: 'ok' | 'wrong' | 'not checked';
  /** What was seen. */
  detail: string;
  /** What to do about it. */
  fix?: string;
}

export function ok(subject: string, detail: string): Finding {
  return { subject, verdict: 'ok', detail };
}

export function wrong(subject: string, detail: string, fix: string): Finding {
  return { subject, verdict: 'wrong', detail, fix };
}

export function notChecked(subject: string, detail: string): Finding {
  return { subject, verdict: 'not checked', detail };
}
