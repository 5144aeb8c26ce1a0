import { createMethodsRPC, ForksPoolWorker, type PoolOptions, type WorkerRequest } from 'vitest/node';

type StartRequest = Extract<WorkerRequest, { type: 'start' }>;
type RunRequest = Extract<WorkerRequest, { type: 'run' }>;

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
export class StandbyWorker extends ForksPoolWorker {
  override readonly name: string;
  readonly options: PoolOptions;
  /** Called when the worker has run, and is about to be stopped. */
  onStop: () => void = () => {};
  #prepared: Promise<void> | undefined;
  #startRequest: StartRequest | undefined;
  #runRequest: RunRequest | undefined;
  #stopped: Promise<void> | undefined;

  constructor(name: string, options: PoolOptions) {
    super(options);
    this.name = name;
    this.options = options;
  }

  override async start(): Promise<void> {
    if (!this.#prepared) return super.start();
    try {
      await this.#prepared;
    } catch {
      await super.stop();
      await super.start();
    }
  }

  override send(message: WorkerRequest): void {
    if (message.type === 'start') this.#startRequest = message;
    if (message.type === 'run') this.#runRequest = message;
    super.send(message);
  }

  override stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  /**
   * Starts the process and lets it load a file and all that it imports.
   *
   * @param previous a worker that has run: this one is started in the same way
   */
  prepare(previous: StandbyWorker, file: string): void {
    this.#prepared = this.#load(previous, file);
    // Heeded in `start`, if it comes to that.
    this.#prepared.catch(() => {});
  }

  async #stop(): Promise<void> {
    this.onStop();
    await super.stop();
  }

  async #load(previous: StandbyWorker, file: string): Promise<void> {
    const start = previous.#startRequest;
    const run = previous.#runRequest;
    if (!start || !run) throw new Error('The worker before has run nothing.');
    await super.start();
    const answer = (question: WorkerQuestion) => this.#answer(question);
    this.on('message', answer);
    try {
      await this.#request(start, 'started');
      const context = {
        ...run.context,
        files: [{ filepath: file }],
        invalidates: [],
      } as RunRequest['context'];
      await this.#request({ ...run, type: 'collect', context }, 'testfileFinished');
    } finally {
      this.off('message', answer);
    }
  }

  /** Gives the worker the code that it wants to load. What it reports meanwhile is of no interest. */
  async #answer({ t, m: method, a: args, i: id }: WorkerQuestion): Promise<void> {
    if (t !== 'q' || !id) return;
    const { fetch, resolve } = createMethodsRPC(this.options.project, { collect: true, cacheFs: true });
    const answers = new Map<string, (...args: never[]) => Promise<unknown>>(
      Object.entries({ fetch, resolve }),
    );
    const result = await answers.get(method)?.(...(args as never[]));
    super.send({ t: 's', i: id, r: result } as never);
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
      super.send(request);
    });
  }
}
