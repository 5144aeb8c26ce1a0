import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { KMSClient } from '@aws-sdk/client-kms';
import { type LocalAws, startLocalAws } from 'local-kms-cloudtrail';
import { type CallGate, openCallGate } from './call-gate.ts';
import { cleanUpIn } from './clean-up-in.ts';
import { type OtherTeam, settleOtherTeam } from './other-team.ts';
import { OwnCalls } from './own-calls.ts';
import { startRun } from './run-process.ts';
import { type KillPoint, StateTrace } from './state-trace.ts';

/** A run of the workshop that was not killed. */
export interface CompleteRun {
  /** Number of AWS calls it made. */
  calls: number;
  /** The points at which the account or the folder is in a state in which it was at no point before. */
  points: KillPoint[];
  /** Leftovers and errors: one line each. */
  left: string[];
}

/** Outcome of a run that was to be killed. */
export interface KilledRun {
  wasKilled: boolean;
  hasReclaimed: boolean;
  left: string[];
}

/** A copy of the project, and an account in which others have keys too. */
export class KillSite {
  readonly #root: string;
  readonly #aws: LocalAws;
  readonly #gate: CallGate;
  readonly #kms: KMSClient;
  readonly #others: OtherTeam;
  #killed: string[] = [];

  private constructor(root: string, aws: LocalAws, gate: CallGate, kms: KMSClient, others: OtherTeam) {
    this.#root = root;
    this.#aws = aws;
    this.#gate = gate;
    this.#kms = kms;
    this.#others = others;
  }

  /** @param root the copy's folder */
  static async open(root: string): Promise<KillSite> {
    const cloudTrail = { delaySeconds: 0, jitterSeconds: 0, lookupsPerSecond: Number.POSITIVE_INFINITY };
    const aws = await startLocalAws({ region: 'eu-central-1', cloudTrail });
    const gate = await openCallGate(aws.endpoint);
    const kms = new KMSClient(aws);
    mkdirSync(join(root, 'output'), { recursive: true });
    return new KillSite(root, aws, gate, kms, await settleOtherTeam(kms, root));
  }

  /** Runs the workshop to its end. Nothing must be left. */
  async run(name: string): Promise<CompleteRun> {
    const calls = await this.#ownCalls();
    const trace = new StateTrace(this.#root);
    this.#gate.keeper = {
      onRequest: async (body, operation) => {
        const call = await calls.number(body);
        trace.add(call, 'before');
        return (answer) => {
          trace.countChange(operation);
          trace.add(call, 'after');
          answer();
        };
      },
    };
    const { code, output } = await this.#start(name).ended;
    const hasSaidSo =
      output.includes(`Removed from the run ${name}:`) && output.includes('Nothing of it is left.');
    const failures = code === 0 && hasSaidSo ? [] : [`The run ${name} failed: ${output}`];
    const left = [...failures, ...(await this.#findLeft([name]))];
    return { calls: calls.count, points: trace.points, left };
  }

  /**
   * Runs the workshop until a call, and kills it there. What runs left that were killed before has to be gone when the
   * run is done with removing it.
   *
   * @returns whether it came to that call; whether it came to removing what earlier runs left, and what was still there
   */
  async runAndKill(name: string, { call, side }: KillPoint): Promise<KilledRun> {
    const left: string[] = [];
    const earlier = this.#killed;
    let hasReclaimed = false;
    const calls = await this.#ownCalls(async () => {
      hasReclaimed = true;
      const lines = await this.#findLeft(earlier);
      left.push(...lines.map((line) => `${line}, after ${earlier} was killed and ${name} had started`));
    });
    const run = this.#start(name);
    let wasKilled = false;
    const kill = () => {
      wasKilled = true;
      run.kill();
    };
    this.#gate.keeper = {
      onRequest: async (body) => {
        const isIt = (await calls.number(body)) === call;
        if (isIt && side === 'before') kill();
        if (wasKilled) return undefined;
        return (answer) => {
          if (isIt) kill();
          if (!wasKilled) answer();
        };
      },
    };
    const { code, output } = await run.ended;
    await this.#gate.idle();
    if (!wasKilled && code !== 0) left.push(`The run ${name} failed: ${output}`);
    this.#killed = [...earlier, name];
    return { wasKilled, hasReclaimed, left };
  }

  /** Lets `npm run clean-up` remove what the killed runs left; gives what is still there. */
  async cleanUp(): Promise<string[]> {
    this.#gate.keeper = undefined;
    const output = await cleanUpIn(this.#root, this.#settings());
    const lines = await this.#findLeft(this.#killed);
    return lines.map((line) => `${line}, after ${this.#killed} was killed, and a clean-up: ${output}`);
  }

  /** Everything of runs that are over which is still there, and what others have lost. */
  async #findLeft(runs: string[]): Promise<string[]> {
    const folders = runs.flatMap((run) => [
      `.workshop/scratch/${run}`,
      `.workshop/runs/${run}`,
      `output/${run}`,
    ]);
    const files = folders.filter((folder) => existsSync(join(this.#root, folder)));
    return [
      ...(await this.#others.findHarm()),
      ...files.map((file) => `${file} is still there`),
      ...runs.filter((run) => this.#hasLedger(run)).map((run) => `the ledger of ${run} is still there`),
    ];
  }

  async close(): Promise<void> {
    this.#kms.destroy();
    await this.#gate.close();
    await this.#aws.close();
  }

  async #ownCalls(onReclaimed: () => Promise<void> = async () => {}): Promise<OwnCalls> {
    const earlier = {
      runs: this.#killed,
      keyIds: await this.#others.keyIdsOfRuns(),
      hasLedger: (run: string) => this.#hasLedger(run),
    };
    return new OwnCalls(earlier, onReclaimed);
  }

  #start(name: string) {
    return startRun(this.#root, { ...this.#settings(), WORKSHOP_RUN: name });
  }

  #settings(): Record<string, string> {
    const { region, credentials } = this.#aws;
    return {
      WORKSHOP_TARGET: 'endpoint',
      WORKSHOP_CLOUDTRAIL_QUIET_SECONDS: '0',
      WORKSHOP_CLOUDTRAIL_TIMEOUT_SECONDS: '60',
      AWS_REGION: region,
      AWS_ENDPOINT_URL: this.#gate.url,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_EC2_METADATA_DISABLED: 'true',
    };
  }

  #hasLedger(run: string): boolean {
    const folder = join(this.#root, '.workshop/ledger');
    return existsSync(folder) && readdirSync(folder).some((file) => file.startsWith(`${run}.`));
  }
}
