import { isDeepStrictEqual } from 'node:util';
import type { PoolOptions, PoolRunnerInitializer, PoolWorker, Vitest } from 'vitest/node';
import { StandbyWorker } from './standby-worker.ts';

/**
 * The pool of watch mode. As in Vitest's `forks`, each run has a process of its own, so that nothing lives on that the
 * learner's code did. But this one was started, and has loaded the libraries, while the learner was busy with the last
 * verdict: most of the time from a save to the next verdict would go there. What is changed meanwhile it loads anew, as
 * Vite's module runner asks for each module that a spec imports whether it is still the same.
 */
export class StandbyPool implements PoolRunnerInitializer {
  readonly name = 'standby';
  readonly #preload: string;
  #vitest: Vitest | undefined;
  #standby: StandbyWorker | undefined;
  #isClosed = false;

  /** @param preload the path of a file that imports what the specs will, but nothing that the learner edits */
  constructor(preload: string) {
    this.#preload = preload;
  }

  createPoolWorker(options: PoolOptions): PoolWorker {
    const { vitest } = options.project;
    if (!vitest.config.watch) return new StandbyWorker(this.name, options);
    this.#endWith(vitest);
    const worker = this.#takeStandby(options) ?? new StandbyWorker(this.name, options);
    worker.onStop = () => this.#prepareNext(worker, options);
    return worker;
  }

  /** Nothing is left behind when Vitest ends. */
  #endWith(vitest: Vitest): void {
    if (this.#vitest === vitest) return;
    this.#vitest = vitest;
    vitest.onClose(() => {
      this.#isClosed = true;
      this.#dropStandby();
    });
  }

  /** The process on standby, if it has the environment that the run wants. */
  #takeStandby({ env, execArgv }: PoolOptions): StandbyWorker | undefined {
    const standby = this.#standby;
    if (!standby) return undefined;
    if (!isDeepStrictEqual([standby.options.env, standby.options.execArgv], [env, execArgv])) {
      this.#dropStandby();
      return undefined;
    }
    this.#standby = undefined;
    return standby;
  }

  #prepareNext(previous: StandbyWorker, options: PoolOptions): void {
    if (this.#isClosed) return;
    this.#standby = new StandbyWorker(this.name, options);
    this.#standby.prepare(previous, this.#preload);
  }

  #dropStandby(): void {
    void this.#standby?.stop();
    this.#standby = undefined;
  }
}
