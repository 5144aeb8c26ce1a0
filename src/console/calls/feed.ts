import { on } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Row, Trail } from './trail.ts';

/** Time in milliseconds between two looks, at the file with the calls and at CloudTrail. */
const pause = 100;

/** Number of pages that a look reads at most. It leaves step 4 more than half of the look-ups that a local AWS answers. */
const mostPages = 10;

/** Watches a trail while somebody follows it: once, however many do. */
export class Feed {
  /** Ends when nobody follows any more. */
  watching = Promise.resolve();
  readonly #trail: Trail;
  readonly #looks: boolean;
  #followers = 0;
  #ended = new AbortController();

  /** @param looks true if CloudTrail is asked, too */
  constructor(trail: Trail, looks: boolean) {
    this.#trail = trail;
    this.#looks = looks;
  }

  /**
   * Gives the rows that are new or have changed, until the signal.
   *
   * @param changes the number of the trail's changes that are known already: a page misses none while it is on its way
   */
  async *follow(changes: number, signal: AbortSignal): AsyncGenerator<Row[]> {
    if (this.#followers++ === 0) {
      this.#ended = new AbortController();
      this.watching = this.#watch(this.#ended.signal);
    }
    try {
      const news = on(this.#trail.news, 'rows', { signal });
      yield this.#trail.rowsAfter(changes);
      for await (const [rows] of news) yield rows;
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      if (--this.#followers === 0) this.#ended.abort();
    }
  }

  async #watch(ended: AbortSignal): Promise<void> {
    const readCalls = () => this.#trail.readCalls();
    // A call doesn't wait for a look, which may take seconds when step 4 has used up the look-ups.
    const look = async () => {
      await readCalls();
      await this.#trail.look(mostPages);
    };
    await Promise.all([repeat(readCalls, ended), this.#looks && repeat(look, ended)]);
  }
}

async function repeat(action: () => Promise<unknown>, ended: AbortSignal): Promise<void> {
  while (!ended.aborted) {
    try {
      await action();
    } catch {
      // The page says why when it is opened. The next time, it may succeed.
    }
    await sleep(pause, undefined, { ref: false });
  }
}
