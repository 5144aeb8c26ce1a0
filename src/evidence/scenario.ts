import { recordRequests } from './request-recorder.ts';

/** Calls that are counted apart from all others, by their encryption context. */
export interface Scenario {
  name: string;
  encryptionContext: Record<string, string>;
  /** The request ids of the GenerateDataKey calls that were made. */
  sent: string[];
}

/** Thrown when the observations don't decide a count: nobody is wrong. */
export class UndecidedError extends Error {
  override name = 'UndecidedError';
}

/**
 * Plays a scenario, and writes down which data keys it asked for. Nothing else may ask for one meanwhile.
 *
 * @throws UndecidedError when a request got no answer: then nobody knows how many calls there were
 */
export async function recordScenario(
  name: string,
  encryptionContext: Record<string, string>,
  play: () => Promise<unknown>,
): Promise<Scenario> {
  const recording = recordRequests();
  try {
    await play();
  } finally {
    recording.stop();
  }
  if (recording.unanswered('GenerateDataKey') > 0) {
    throw new UndecidedError(
      `Could not decide, because a GenerateDataKey request of "${name}" got no answer: KMS may have made a data key, or not.`,
    );
  }
  const sent = recording.successful('GenerateDataKey').map(({ requestId }) => requestId);
  return { name, encryptionContext, sent };
}

/** The time of an event has whole seconds: a look from half a second on would miss it. */
export function wholeSecond(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 1000) * 1000);
}
