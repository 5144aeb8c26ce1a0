import { setTimeout } from 'node:timers/promises';
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

/** How long a run waits for a worker to get ready. Then a worker of Vitest's own starts, which takes a second. */
const patienceMilliseconds = 2000;

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
    const isReady = await Promise.race([
      this.#prepared.then(
        () => this.#ended !== this.#process,
        () => false,
      ),
      setTimeout(patienceMilliseconds, false, { ref: false }),
    ]);
    if (isReady) return;
    // A process that isn't ready, could not get ready, or has ended since, is replaced by one that never tried.
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
    const worker = this.#process;
    await worker.start();
    worker.on('exit', () => {
      this.#ended = worker;
    });
    // A process that ends while it is sent something emits an error; that it ended is noticed anyway.
    worker.on('error', () => {});
    const answer = (question: WorkerQuestion) => this.#answer(worker, question);
    worker.on('message', answer);
    try {
      await request(worker, this.#startRequest(), 'started');
      await request(worker, this.#collectRequest(file), 'testfileFinished');
    } finally {
      worker.off('message', answer);
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
  async #answer(worker: ForksPoolWorker, { t, m: method, a: args, i: id }: WorkerQuestion): Promise<void> {
    if (t !== 'q' || !id) return;
    const { fetch, resolve } = createMethodsRPC(this.options.project, { collect: true, cacheFs: true });
    const answers = new Map<string, (...args: never[]) => Promise<unknown>>(
      Object.entries({ fetch, resolve }),
    );
    const outcome = await Promise.resolve(answers.get(method)?.(...(args as never[]))).then(
      (result) => ({ r: result }),
      (error: unknown) => ({ e: error }),
    );
    try {
      worker.send({ t: 's', i: id, ...outcome } as never);
    } catch {
      // A process that was stopped meanwhile wants no answer.
    }
  }
}

/** Sends a request to a worker, and waits for the response of a type. */
function request(worker: ForksPoolWorker, message: WorkerRequest, type: string): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const onMessage = (response: WorkerResponse | WorkerQuestion) => {
      if (response.__vitest_worker_response__ && response.type === type) onEnd(response.error);
    };
    const onExit = () => onEnd(new Error('The process has ended.'));
    const onEnd = (error: unknown) => {
      worker.off('message', onMessage);
      worker.off('exit', onExit);
      if (error) reject(error);
      else resolve();
    };
    worker.on('message', onMessage);
    worker.on('exit', onExit);
    worker.send(message);
  });
}
