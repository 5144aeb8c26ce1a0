import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  KMSClient,
  ListKeysCommand,
  type Tag,
} from '@aws-sdk/client-kms';
import { type LocalAws, startLocalAws } from 'local-kms-cloudtrail';
import { learnerEnvironment } from '../../../authoring/learner-environment.ts';
import { copyProject } from '../../../authoring/project-copy.ts';
import type { IamPolicy } from '../../../src/cli/doctor/iam-policy.ts';
import { type Environment, readSettings } from '../../../src/settings/settings.ts';
import { enterInLedger } from '../../../src/state/ledger.ts';
import { describeRun } from '../../../src/state/run.ts';
import { stateFolder } from '../../../src/state/state-folder.ts';
import { nobody } from '../../../src/state/testing/ledger-folder.ts';

/** Outcome of a run of the workshop. */
export interface WorkshopOutcome {
  /** True if every step passed. */
  passed: boolean;
  /** The learner's screen. */
  output: string;
  /** The ARNs of the keys that are still in use. */
  enabledKeys: string[];
  /** The ARN of the other team's key. */
  theirs: string;
}

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Folders in which to run the workshop again and again: what a new one has to prepare takes a second. */
export interface WorkshopFolders {
  /**
   * Runs the whole workshop, in a process of its own and with the solutions, against a local AWS in which another team has
   * a key and the learner has just this policy. An earlier run of the learner's was killed: there is something to reclaim.
   */
  runUnder(policy: IamPolicy): Promise<WorkshopOutcome>;
  remove(): void;
}

/** @param number how many runs there are at the same time, at most */
export function workshopFolders(number: number): WorkshopFolders {
  const copies = Array.from({ length: number }, () => copyProject(root));
  const free = copies.map((copy) => copy.root);
  return {
    async runUnder(policy) {
      const folder = free.pop();
      if (!folder) throw new Error(`More than ${number} runs at the same time.`);
      try {
        return await runUnder(policy, folder);
      } finally {
        for (const name of [stateFolder, 'output'])
          rmSync(join(folder, name), { recursive: true, force: true });
        free.push(folder);
      }
    },
    remove() {
      for (const copy of copies) copy.remove();
    },
  };
}

async function runUnder(policy: IamPolicy, folder: string): Promise<WorkshopOutcome> {
  const aws = await startLocalAws({
    region: 'eu-central-1',
    principals: [{ userName: 'learner', policies: [policy] }],
    cloudTrail: { delaySeconds: 0.2, jitterSeconds: 0.05, lookupsPerSecond: 50 },
  });
  const kms = new KMSClient(aws);
  const environment = environmentOfLearner(aws);
  try {
    const theirs = await createKey(kms, [{ TagKey: 'team', TagValue: 'pottery' }]);
    await createAlias(kms, 'alias/pottery', theirs);
    await leaveKilledRun(kms, folder, environment);
    const outcome = await runVitest(folder, environment);
    return { ...outcome, enabledKeys: await enabledKeys(kms), theirs };
  } finally {
    kms.destroy();
    await aws.close();
  }
}

/** A run that was killed before its second key had its alias. */
async function leaveKilledRun(kms: KMSClient, folder: string, environment: Environment): Promise<void> {
  const run = describeRun(readSettings(folder, { ...environment, WORKSHOP_RUN: 'killed' }));
  const before = process.cwd();
  process.chdir(folder);
  enterInLedger(run, run.aliasName, nobody);
  process.chdir(before);
  await createAlias(kms, run.aliasName, await createKey(kms, run.tags));
  await createKey(kms, run.tags);
}

async function createKey(kms: KMSClient, Tags: Tag[]): Promise<string> {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Tags }));
  return KeyMetadata?.Arn ?? '';
}

async function createAlias(kms: KMSClient, AliasName: string, TargetKeyId: string): Promise<void> {
  await kms.send(new CreateAliasCommand({ AliasName, TargetKeyId }));
}

async function enabledKeys(kms: KMSClient): Promise<string[]> {
  const { Keys = [] } = await kms.send(new ListKeysCommand());
  const described = await Promise.all(Keys.map(({ KeyId }) => kms.send(new DescribeKeyCommand({ KeyId }))));
  return described.flatMap(({ KeyMetadata }) =>
    KeyMetadata?.KeyState === 'Enabled' ? [KeyMetadata.Arn ?? ''] : [],
  );
}

function environmentOfLearner(aws: LocalAws): Environment {
  const { accessKeyId, secretAccessKey } = aws.credentialsOf('learner');
  return {
    WORKSHOP_TARGET: 'endpoint',
    WORKSHOP_CLOUDTRAIL_TIMEOUT_SECONDS: '5',
    WORKSHOP_CLOUDTRAIL_QUIET_SECONDS: '0.2',
    AWS_REGION: aws.region,
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

function runVitest(folder: string, environment: Environment) {
  const vitest = join(folder, 'node_modules/vitest/vitest.mjs');
  const env = { ...learnerEnvironment(), NO_COLOR: '1', ...environment };
  return new Promise<Pick<WorkshopOutcome, 'passed' | 'output'>>((resolve) => {
    execFile(
      process.execPath,
      [vitest, 'run', '--mode', 'solution'],
      { cwd: folder, env },
      (error, stdout, stderr) => {
        resolve({ passed: !error, output: stripVTControlCharacters(stdout + stderr) });
      },
    );
  });
}
