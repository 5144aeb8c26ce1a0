import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { learnerEnvironment } from '../learner-environment.ts';
import type { ProofAnswer, ProofRequest, SolutionSession, SpecOutcome, SpecRun } from './spec-run.ts';

const processFile = fileURLToPath(new URL('proof-process.ts', import.meta.url));
/** Collects garbage sooner: without these, each process takes about a fifth more memory, and is no faster. */
const frugal = ['--max-old-space-size=512', '--max-semi-space-size=8'];
const typeScript = import.meta.resolve('@oxc-node/core/register');

/** Runs the specs of a copy of the project, in processes of its own. */
export class Prover {
  readonly #root: string;
  readonly #processes: ProofProcess[];

  /**
   * @param root the folder of the copy: what the runs leave behind is in there
   * @param numberOfProcesses two, so that one can compute while the other waits
   */
  constructor(root: string, numberOfProcesses = 2) {
    this.#root = root;
    this.#processes = Array.from(
      { length: numberOfProcesses },
      (_, n) => new ProofProcess(root, `proof-${n}`),
    );
  }

  /** Runs specs, neighbours in different processes. The outcomes are in the order of the runs. */
  async runSpecs(specRuns: SpecRun[]): Promise<SpecOutcome[]> {
    const { length } = this.#processes;
    const shares = this.#processes.map((_, n) => specRuns.filter((_, index) => index % length === n));
    const outcomes = await Promise.all(
      this.#processes.map((process, n) => process.ask({ root: this.#root, specRuns: shares[n] ?? [] })),
    );
    return specRuns.map((_, index) => {
      const outcome = outcomes[index % length]?.[Math.floor(index / length)];
      if (!outcome) throw new Error(`There is no outcome of spec run ${index}.`);
      return outcome;
    });
  }

  /** Runs the reference solutions, one session after another. */
  async runSolutions(sessions: SolutionSession[]): Promise<SpecOutcome[][]> {
    const [process] = this.#processes;
    if (!process) throw new Error('The prover has no process.');
    const outcomes: SpecOutcome[][] = [];
    for (const solutionSession of sessions)
      outcomes.push(await process.ask({ root: this.#root, solutionSession }));
    return outcomes;
  }

  async close(): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.close()));
  }
}

type Unnumbered<Request> = Request extends ProofRequest ? Omit<Request, 'id'> : never;

class ProofProcess {
  readonly #process: ChildProcess;
  readonly #output: string[] = [];
  #lastId = 0;

  constructor(root: string, run: string) {
    this.#process = fork(processFile, {
      cwd: root,
      env: { ...environmentOfProof(), WORKSHOP_RUN: run, WORKSHOP_OUTPUT_FOLDER: join('output', run) },
      execArgv: [...frugal, '--conditions', 'local-kms-cloudtrail-checkout', '--import', typeScript],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => this.#output.push(text));
    }
  }

  async ask(request: Unnumbered<ProofRequest>): Promise<SpecOutcome[]> {
    const id = ++this.#lastId;
    const answered = new Promise<ProofAnswer>((resolve, reject) => {
      this.#process.on('message', (answer: ProofAnswer) => answer.id === id && resolve(answer));
      this.#process.once('exit', (code) =>
        reject(new Error(`The process of the proof ended with ${code}.\n${this.#output.join('')}`)),
      );
    });
    this.#process.send({ ...request, id });
    const answer = await answered;
    if ('error' in answer) throw new Error(`${answer.error}\n${this.#output.join('')}`);
    return answer.outcomes;
  }

  async close(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.disconnect();
    await exited;
  }
}

/** Nothing of the user's settings, and nothing of the Vitest that the proof itself runs in. */
function environmentOfProof(): NodeJS.ProcessEnv {
  return {
    ...learnerEnvironment(),
    WORKSHOP_LOCAL_CLOUDTRAIL_DELAY_SECONDS: '0.2',
    WORKSHOP_CLOUDTRAIL_TIMEOUT_SECONDS: '60',
    WORKSHOP_CLOUDTRAIL_QUIET_SECONDS: '0.2',
  };
}
