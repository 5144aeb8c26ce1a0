import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { KMSClient } from '@aws-sdk/client-kms';
import { runCommandLine } from '../../../learner/commands/command-line.ts';
import { type LocalAws, startLocalAws } from '../../../local-aws/index.ts';
import { useEnvironment } from '../../../target.ts';
import { type CallGate, openCallGate } from './call-gate.ts';
import { type OtherTeam, settleOtherTeam } from './other-team.ts';
import { startRun } from './run-process.ts';

/** When a run is killed: at which of its AWS calls, and whether that is done by then. */
export interface KillPoint {
  call: number;
  side: 'before' | 'after';
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

  /** @param root the copy; this process is to be in it */
  static async open(root: string): Promise<KillSite> {
    const cloudTrail = { delaySeconds: 0, jitterSeconds: 0, lookupsPerSecond: Number.POSITIVE_INFINITY };
    const aws = await startLocalAws({ region: 'eu-central-1', cloudTrail });
    const gate = await openCallGate(aws.endpoint);
    const kms = new KMSClient(aws);
    mkdirSync(join(root, 'output'), { recursive: true });
    return new KillSite(root, aws, gate, kms, await settleOtherTeam(kms, root));
  }

  /** Runs the workshop to its end; gives how many calls that took, and what is left, which is nothing. */
  async run(name: string): Promise<{ calls: number; left: string[] }> {
    let calls = 0;
    this.#gate.keeper = {
      before: () => {
        calls += 1;
        return true;
      },
      after: () => true,
    };
    const { code, output } = await this.#start(name).ended;
    this.#gate.keeper = undefined;
    const left = code === 0 ? [] : [`The run failed: ${output}`];
    return { calls, left: [...left, ...(await this.findLeft([name]))] };
  }

  /**
   * Runs the workshop until a call, and kills it there. What runs left that were killed before has to be gone when the
   * run makes its first call of its own.
   *
   * @returns whether it came to that call, and what was still there of earlier runs
   */
  async runAndKill(name: string, { call, side }: KillPoint): Promise<{ wasKilled: boolean; left: string[] }> {
    const earlier = this.#killed;
    const left: string[] = [];
    let calls = 0;
    let isReclaimed = earlier.length === 0;
    let wasKilled = false;
    const run = this.#start(name);
    const kill = () => {
      wasKilled = true;
      run.kill();
    };
    const counted = new Set<number>();
    this.#gate.keeper = {
      before: async (operation) => {
        if (wasKilled) return false;
        // Who is asking is asked before anything else. What comes then, as long as there is their ledger, is about others.
        if (operation !== 'GetCallerIdentity' && !isReclaimed) {
          if (earlier.some((killed) => this.#hasLedger(killed))) return true;
          isReclaimed = true;
          left.push(...(await this.findLeft(earlier)));
        }
        calls += 1;
        if (calls !== call) return true;
        counted.add(call);
        if (side === 'after') return true;
        kill();
        return false;
      },
      after: () => {
        if (wasKilled) return false;
        if (side === 'before' || !counted.has(call)) return true;
        kill();
        return false;
      },
    };
    const { code, output } = await run.ended;
    await this.#gate.idle();
    this.#gate.keeper = undefined;
    if (!wasKilled && code !== 0) left.push(`The run failed: ${output}`);
    this.#killed = isReclaimed ? [name] : [...earlier, name];
    return { wasKilled, left };
  }

  /** Lets `npm run clean-up` remove what the killed runs left; gives what is still there. */
  async cleanUp(): Promise<string[]> {
    const killed = this.#killed;
    const restore = useEnvironment(this.#settings());
    let output = '';
    try {
      await runCommandLine(['node', 'main.ts', 'clean-up'], this.#root, (text) => {
        output += `${text}\n`;
      });
    } finally {
      restore();
    }
    this.#killed = [];
    return (await this.findLeft(killed)).map((left) => `${left}, after ${output}`);
  }

  /** Everything of runs that are over which is still there, and what others have lost. */
  async findLeft(runs: string[]): Promise<string[]> {
    const files = [
      ...readdirSync(join(this.#root, 'output')).filter((file) => !file.endsWith('_of_another_team.txt')),
      ...runs.flatMap((run) => [join('.workshop/scratch', run), join('.workshop/runs', run)]),
    ].filter((file) => existsSync(join(this.#root, file)) || existsSync(join(this.#root, 'output', file)));
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
