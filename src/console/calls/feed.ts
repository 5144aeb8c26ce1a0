import { on } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Row, Trail } from './trail.ts';

/** Time in milliseconds between two readings of the file with the calls, and between two look-ups in CloudTrail. */
const pause = 100;
const betweenLooks = 300;

/** Watches a trail while somebody follows it: once, however many do. */
export class Feed {
  /** Ends when nobody follows any more. */
  watching = Promise.resolve();
  readonly #trail: Trail;
  readonly #looks: boolean;
  #followers = 0;
  #isWatching = false;

  /** @param looks true if CloudTrail is asked, too */
  constructor(trail: Trail, looks: boolean) {
    this.#trail = trail;
    this.#looks = looks;
  }

  /** Gives the rows that are new or have changed, until the signal. */
  async *follow(signal: AbortSignal): AsyncGenerator<Row[]> {
    this.#followers++;
    if (!this.#isWatching) this.watching = this.#watch();
    try {
      for await (const [rows] of on(this.#trail.news, 'rows', { signal })) yield rows;
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      this.#followers--;
    }
  }

  async #watch(): Promise<void> {
    this.#isWatching = true;
    for (let nextLook = 0; this.#followers > 0; await sleep(pause, undefined, { ref: false })) {
      try {
        await this.#trail.readCalls();
        if (!this.#looks || Date.now() < nextLook) continue;
        nextLook = Date.now() + betweenLooks;
        await this.#trail.look();
      } catch {
        // The page says why when it is opened. The next time, it may succeed.
      }
    }
    this.#isWatching = false;
  }
}
