import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { ForksPoolWorker, type PoolOptions, type PoolWorker, type WorkerRequest } from 'vitest/node';

const readyMessage = 'ready';
const tellsReady = `data:text/javascript,process.send('${readyMessage}')`;
/** The longest that a run waits for a process that is not ready yet, from the moment when it needs one. */
const patienceMilliseconds = 2000;

type Listener = Parameters<PoolWorker['on']>;

/** A worker of Vitest's pool `forks` whose process may be started, and load libraries, before a run needs it. */
export class StandbyWorker implements PoolWorker {
  readonly cacheFs = true;
  /** Called when the run is over. */
  onStop = () => {};
  #forks: ForksPoolWorker;
  /** Settles when the process is ready, or has ended. Undefined if it was not started early. */
  #isReady: Promise<boolean> | undefined;
  #hasEnded = false;

  readonly name: string;
  readonly options: PoolOptions;

  constructor(name: string, options: PoolOptions) {
    this.name = name;
    this.options = options;
    this.#forks = new ForksPoolWorker(options);
  }

  /** @param libraries the path of a file for Node.js to load, before anything of Vitest's */
  prepare(libraries: string): void {
    const execArgv = [
      ...this.options.execArgv,
      '--import',
      pathToFileURL(libraries).href,
      '--import',
      tellsReady,
    ];
    const forks = new ForksPoolWorker({ ...this.options, execArgv });
    this.#forks = forks;
    this.#isReady = forks.start().then(
      () =>
        new Promise<boolean>((resolve) => {
          const listen = (message: unknown) => {
            if (message !== readyMessage) return;
            forks.off('message', listen);
            resolve(true);
          };
          const end = () => {
            this.#hasEnded = true;
            resolve(false);
          };
          forks.on('message', listen);
          forks.on('exit', end);
          forks.on('error', end);
        }),
    );
  }

  async start(): Promise<void> {
    if (this.#isReady) {
      // Without `ref`, or the process of Vitest would go on until the end of the wait, however soon the worker is ready.
      const outOfPatience = setTimeout(patienceMilliseconds, false, { ref: false });
      const isReady = await Promise.race([this.#isReady, outOfPatience]);
      if (isReady && !this.#hasEnded) return;
      await this.#end();
      this.#forks = new ForksPoolWorker(this.options);
    }
    await this.#forks.start();
  }

  async stop(): Promise<void> {
    this.onStop();
    await this.#end();
  }

  /** Ends the process. Vitest waits for the exit of one that was killed already, which never comes. */
  async #end(): Promise<void> {
    if (!this.#hasEnded) await this.#forks.stop();
  }

  send(message: WorkerRequest): void {
    this.#forks.send(message);
  }

  on(...[event, callback]: Listener): void {
    this.#forks.on(event, callback);
  }

  off(...[event, callback]: Listener): void {
    this.#forks.off(event, callback);
  }

  deserialize(data: unknown): unknown {
    return this.#forks.deserialize(data);
  }
}
