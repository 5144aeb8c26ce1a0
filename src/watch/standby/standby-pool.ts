import { isDeepStrictEqual } from 'node:util';
import type { Plugin } from 'vite';
import type { PoolOptions, PoolRunnerInitializer, PoolWorker, Vitest } from 'vitest/node';
import { foreseeOptions } from './foreseen-options.ts';
import { StandbyWorker } from './standby-worker.ts';

/**
 * The pool of the workshop. As in Vitest's `forks`, each run has a process of its own, so that nothing lives on that the
 * learner's code did. But this one was started, and has loaded the libraries, before it was needed: the first one while
 * global set-up created the key, and in watch mode the next one while the learner was busy with the last verdict. Most of
 * the time to the verdict would go there.
 */
export class StandbyPool implements PoolRunnerInitializer {
  readonly name = 'standby';
  readonly #libraries: string;
  #vitest: Vitest | undefined;
  #standby: StandbyWorker | undefined;
  #isClosed = false;

  /** @param libraries the path of a file for Node.js, which imports packages and nothing that changes */
  constructor(libraries: string) {
    this.#libraries = libraries;
  }

  /** A plugin of Vite that has the first process get ready as soon as Vitest has its settings. */
  startsEarly(): Plugin {
    return {
      name: 'standby-pool',
      configureVitest: ({ project }) => this.#prepare(foreseeOptions(project)),
    };
  }

  createPoolWorker(options: PoolOptions): PoolWorker {
    const worker = this.#takeStandby(options) ?? new StandbyWorker(this.name, options);
    if (options.project.vitest.config.watch) worker.onStop = () => this.#prepare(options);
    return worker;
  }

  #prepare(options: PoolOptions): void {
    this.#endWith(options.project.vitest);
    // A debugger would stop in what is loaded early, and that process would open the port for it.
    if (this.#isClosed || options.project.config.inspector.enabled) return;
    this.#standby = new StandbyWorker(this.name, options);
    this.#standby.prepare(this.#libraries);
  }

  /** The process on standby, if it was started as the run wants it. */
  #takeStandby(options: PoolOptions): StandbyWorker | undefined {
    const standby = this.#standby;
    if (!standby) return undefined;
    if (!isDeepStrictEqual(startOf(standby.options), startOf(options))) {
      void this.#dropStandby();
      return undefined;
    }
    this.#standby = undefined;
    return standby;
  }

  /** Nothing is left behind when Vitest ends. */
  #endWith(vitest: Vitest): void {
    if (this.#vitest === vitest) return;
    this.#vitest = vitest;
    vitest.onClose(() => {
      this.#isClosed = true;
      return this.#dropStandby();
    });
  }

  async #dropStandby(): Promise<void> {
    const standby = this.#standby;
    this.#standby = undefined;
    await standby?.stop();
  }
}

/** How a process is started. Where AWS is, it may learn later: `use-target.ts` tells it, before each spec. */
function startOf({ env, execArgv }: PoolOptions): unknown {
  return [
    execArgv,
    Object.fromEntries(Object.entries(env).filter(([name]) => !/^(AWS_|_X_AMZN_)/i.test(name))),
  ];
}
