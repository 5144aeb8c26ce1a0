import { setTimeout } from 'node:timers/promises';

/**
 * The clock of the local AWS, for creation dates, pending deletions, CloudTrail's delivery and quotas. A test injects its own,
 * so that seven days or two seconds pass without sleeping.
 *
 * Only the age of a signature is judged by the machine's clock, because the signer used that one.
 */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /**
   * Waits for that time, to delay an answer with an injected latency. Without this method, the wait is by the machine's
   * clock.
   */
  sleep?(milliseconds: number): Promise<void>;
}

/** Waits with the clock's `sleep`, or by the machine's clock. */
export async function sleepBy(clock: Clock, milliseconds: number): Promise<void> {
  if (clock.sleep) await clock.sleep(milliseconds);
  // A wait must not keep a process alive that has nothing else to do.
  else await setTimeout(milliseconds, undefined, { ref: false });
}

/** A clock that stands still until `advance` moves it. */
export class ManualClock implements Clock {
  #now: number;
  #sleepers: { readonly until: number; readonly wake: () => void }[] = [];

  /** @param now milliseconds since the epoch; default: the machine's time */
  constructor(now: number = Date.now()) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  advance(duration: { days?: number; seconds?: number }): void {
    this.#now += 1000 * ((duration.days ?? 0) * 24 * 60 * 60 + (duration.seconds ?? 0));
    const isDue = ({ until }: { until: number }) => until <= this.#now;
    const due = this.#sleepers.filter(isDue);
    this.#sleepers = this.#sleepers.filter((sleeper) => !isDue(sleeper));
    for (const { wake } of due) wake();
  }

  /** Waits until `advance` has moved the clock that far. */
  sleep(milliseconds: number): Promise<void> {
    return new Promise((wake) => {
      this.#sleepers.push({ until: this.#now + milliseconds, wake });
    });
  }
}

export const systemClock: Clock = { now: () => Date.now() };
