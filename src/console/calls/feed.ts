import { on } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Row, Trail } from './trail.ts';

/** Time in milliseconds between two looks, at the file with the calls and at CloudTrail. */
const pause = 100;

/** Number of pages that a look reads at most. The local AWS answers 50 look-ups a second, and step 4 looks, too. */
const mostPages = 2;

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
    while (this.#followers > 0) {
      try {
        await this.#trail.readCalls();
        if (this.#looks) await this.#trail.look(mostPages);
      } catch {
        // The page says why when it is opened. The next time, it may succeed.
      }
      await sleep(pause, undefined, { ref: false });
    }
    this.#isWatching = false;
  }
}
