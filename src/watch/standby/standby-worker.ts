import {
  createMethodsRPC,
  ForksPoolWorker,
  type PoolOptions,
  type PoolWorker,
  type WorkerRequest,
} from 'vitest/node';

/** An answer to a request to the worker. */
interface WorkerResponse {
  __vitest_worker_response__: true;
  type: string;
  error?: unknown;
}

/** A question of the worker, in the form of birpc, which Vitest uses: with an id when it waits for the answer. */
interface WorkerQuestion {
  __vitest_worker_response__?: undefined;
  t: 'q' | 's';
  m: string;
  a: unknown[];
  i?: string;
}

/** In milliseconds. A worker that isn't ready by then is replaced by one that was never told to get ready. */
const preparationTimeout = 20_000;

/** A child process of Vitest that can get ready before there is anything to run. */
export class StandbyWorker implements PoolWorker {
  readonly name: string;
  readonly cacheFs = true;
  readonly options: PoolOptions;
  /** Called when the worker has run, and is about to be stopped. */
  onStop: () => void = () => {};
  #process: ForksPoolWorker;
  #prepared: Promise<void> | undefined;
  /** A process that has ended by itself: Vitest would wait for its end for ever. */
  #ended: ForksPoolWorker | undefined;

  constructor(name: string, options: PoolOptions) {
    this.name = name;
    this.options = options;
    this.#process = new ForksPoolWorker(options);
  }

  async start(): Promise<void> {
    if (!this.#prepared) return this.#process.start();
    const isReady = await this.#prepared.then(
      () => this.#ended !== this.#process,
      () => false,
    );
    if (isReady) return;
    // A process that could not get ready, or has ended since, is replaced by one that never tried.
    void this.#stopProcess();
    this.#process = new ForksPoolWorker(this.options);
    await this.#process.start();
  }

  send(message: WorkerRequest): void {
    this.#process.send(message);
  }

  stop(): Promise<void> {
    this.onStop();
    return this.#stopProcess();
  }

  on(...[event, callback]: Parameters<PoolWorker['on']>): void {
    this.#process.on(event, callback);
  }

  off(...[event, callback]: Parameters<PoolWorker['off']>): void {
    this.#process.off(event, callback);
  }

  deserialize(data: unknown): unknown {
    return this.#process.deserialize(data);
  }

  /** Starts the process and lets it load a file and all that it imports. */
  prepare(file: string): void {
    this.#prepared = this.#load(file);
    // Heeded in `start`, if it comes to that.
    this.#prepared.catch(() => {});
  }

  async #stopProcess(): Promise<void> {
    if (this.#ended !== this.#process) await this.#process.stop();
  }

  async #load(file: string): Promise<void> {
    const starting = this.#process;
    await starting.start();
    starting.on('exit', () => {
      this.#ended = starting;
    });
    // A process that ends while it is sent something emits an error; that it ended is noticed anyway.
    this.on('error', () => {});
    const answer = (question: WorkerQuestion) => this.#answer(question);
    this.on('message', answer);
    try {
      await this.#request(this.#startRequest(), 'started');
      await this.#request(this.#collectRequest(file), 'testfileFinished');
    } finally {
      this.off('message', answer);
    }
  }

  /** The same as Vitest's own, which follows when there is something to run, but for set-up files: they look at the run. */
  #startRequest(): WorkerRequest {
    const { environment, project } = this.options;
    return {
      __vitest_worker_request__: true,
      type: 'start',
      poolId: 0,
      workerId: 0,
      options: { reportMemory: false },
      context: { environment, config: { ...project.serializedConfig, setupFiles: [] }, pool: this.name },
      traces: { enabled: false },
    };
  }

  #collectRequest(file: string): WorkerRequest {
    const { environment } = this.options;
    return {
      __vitest_worker_request__: true,
      type: 'collect',
      context: { files: [{ filepath: file }], providedContext: {}, workerId: 0, environment },
    } as WorkerRequest;
  }

  /** Gives the worker the code that it wants to load. What it reports meanwhile is of no interest. */
  async #answer({ t, m: method, a: args, i: id }: WorkerQuestion): Promise<void> {
    if (t !== 'q' || !id) return;
    const { fetch, resolve } = createMethodsRPC(this.options.project, { collect: true, cacheFs: true });
    const answers = new Map<string, (...args: never[]) => Promise<unknown>>(
      Object.entries({ fetch, resolve }),
    );
    const asking = this.#process;
    const outcome = await Promise.resolve(answers.get(method)?.(...(args as never[]))).then(
      (result) => ({ r: result }),
      (error: unknown) => ({ e: error }),
    );
    try {
      asking.send({ t: 's', i: id, ...outcome } as never);
    } catch {
      // A process that was stopped meanwhile wants no answer.
    }
  }

  /** Sends a request, and waits for the response of a type. */
  #request(request: WorkerRequest, type: string): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const timeout = setTimeout(() => onEnd(new Error(`No ${type} in time.`)), preparationTimeout).unref();
      const onMessage = (message: WorkerResponse | WorkerQuestion) => {
        if (message.__vitest_worker_response__ && message.type === type) onEnd(message.error);
      };
      const onExit = () => onEnd(new Error('The process has ended.'));
      const onEnd = (error: unknown) => {
        clearTimeout(timeout);
        this.off('message', onMessage);
        this.off('exit', onExit);
        if (error) reject(error);
        else resolve();
      };
      this.on('message', onMessage);
      this.on('exit', onExit);
      this.#process.send(request);
    });
  }
}
