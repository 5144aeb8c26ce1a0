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

/** A clock that stands still until it is told to move. */
export class ManualClock implements Clock {
  #now: number;

  /** @param now milliseconds since the epoch; default: the machine's time */
  constructor(now = Date.now()) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  advance(duration: { days?: number; seconds?: number }): void {
    this.#now += 1000 * ((duration.days ?? 0) * 24 * 60 * 60 + (duration.seconds ?? 0));
  }
}

export const systemClock: Clock = { now: () => Date.now() };
