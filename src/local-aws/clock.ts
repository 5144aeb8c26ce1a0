/**
 * The time by which the local AWS lives: creation dates, pending deletions, CloudTrail's delivery, quotas.
 * A test injects its own, so that seven days or two seconds pass without sleeping.
 *
 * The age of a signature isn't judged by it, but by the machine's clock, because that is the clock the signer used.
 */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };
