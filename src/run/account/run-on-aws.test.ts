import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type LocalAws, startLocalAws } from 'local-kms-cloudtrail';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { learnerEnvironment } from '../../../authoring/learner-environment.ts';
import { copyProject, type ProjectCopy } from '../../../authoring/project-copy.ts';
import { secretWord } from '../../../test/isolation/machine-with-credentials.ts';
import { hostsElsewhere, ofKind, runWatched } from '../../../test/isolation/watched-process.ts';
import { stepNames } from '../../steps/step-folders.ts';
import { expectedUsage } from '../cost/describe-cost.ts';

// No real account: the AWS SDK is led to a local AWS by its own variable, and all else is as on the target `aws`.

// Each starts processes, on a machine that may be busy.
const timeout = 120_000;

let copy: ProjectCopy;
let aws: LocalAws;
let calls: { service: string; operation: string; status: number }[];
beforeAll(() => {
  copy = copyProject(fileURLToPath(new URL('../../..', import.meta.url)));
  return copy.remove;
});
beforeEach(async () => {
  calls = [];
  aws = await startLocalAws({
    region: 'eu-central-1',
    cloudTrail: { delaySeconds: 0.2, jitterSeconds: 0, lookupsPerSecond: 20 },
    onCall: ({ service, operation, status }) => void calls.push({ service, operation, status }),
  });
});
afterEach(async () => {
  await aws.close();
  for (const folder of foldersMade()) rmSync(join(copy.root, folder), { recursive: true });
});

/** Runs Node.js in the copy of the project on the target `aws`; nothing but the local AWS can be reached. */
async function runThere(args: string[], settings: Record<string, string> = {}) {
  const { code, output, observations } = await runWatched(args, {
    cwd: copy.root,
    environment: { ...environmentThere(), ...settings },
    word: secretWord,
  });
  expect(hostsElsewhere(observations)).toEqual([]);
  expect(ofKind(observations, 'signature')).not.toEqual([]);
  return { code, output };
}

function environmentThere(): Record<string, string> {
  return {
    ...learnerEnvironment(),
    WORKSHOP_TARGET: 'aws',
    WORKSHOP_CLOUDTRAIL_TIMEOUT_SECONDS: '60',
    WORKSHOP_CLOUDTRAIL_QUIET_SECONDS: '0.2',
    AWS_REGION: aws.region,
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_ACCESS_KEY_ID: aws.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: aws.credentials.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

const workshop = ['node_modules/vitest/vitest.mjs', 'run', '--mode', 'solution'];

/** The folders that a run makes in the project. */
function foldersMade(): string[] {
  return ['.workshop', 'output'].filter((folder) => existsSync(join(copy.root, folder)));
}

function callsOf(service: string): number {
  return calls.filter((call) => call.service === service).length;
}

test('a run first shows its identity and the expected cost, and at the end the cost', {
  timeout,
}, async () => {
  const { code, output } = await runThere(workshop, { WORKSHOP_ALLOWED_ACCOUNTS: '111122223333' });

  expect(output).toContain(`All ${stepNames(copy.root).length} steps are done.`);
  expect(code).toBe(0);
  expect(foldersMade()).toEqual(['.workshop', 'output']);
  expect(calls[0]).toMatchObject({ service: 'sts', operation: 'GetCallerIdentity' });
  expect(callsOf('sts')).toBe(1);
  expect(output).toContain(
    ` The AWS account 111122223333 in eu-central-1, at ${aws.endpoint},\n as arn:aws:iam::111122223333:user/administrator\n`,
  );
  expect(output).toContain(' It will cost about 0.0041 USD: 3 keys, for up to an hour each.');
  expect(output).toContain('AWS 111122223333, eu-central-1\n');

  const keys = calls.filter(({ operation, status }) => operation === 'CreateKey' && status === 200).length;
  expect(output).toContain(` It cost about 0.0041 USD: ${keys} keys, for up to an hour each.\n`);
  expect(output).toContain(` Its ${callsOf('kms')} requests to KMS are within `);
  expect(output).toContain(` and its ${callsOf('cloudtrail')} look-ups in CloudTrail are free.\n`);
  expect(keys).toBe(expectedUsage.keys);
  expect(callsOf('kms')).toBeGreaterThan(expectedUsage.kmsRequests / 2);
  expect(callsOf('kms')).toBeLessThan(expectedUsage.kmsRequests * 1.5);
});

test('a run without an answer names the address', { timeout }, async () => {
  const { code, output } = await runThere(workshop, { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' });

  expect(code).toBe(1);
  expect(output.replace(/\s+/g, ' ').trim()).toBe(
    "The workshop could not start. The endpoint http://127.0.0.1:1 can't be reached: connect ECONNREFUSED 127.0.0.1:1. " +
      '→ Run npm run doctor to find the cause',
  );
});

test('the conformance suite reports an account that is not allowed just as plainly', {
  timeout,
}, async () => {
  const conformance = [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--config',
    'vitest.project.config.ts',
    '--project',
    'conformance',
    '--mode',
    'target',
  ];
  const { code, output } = await runThere(conformance, { WORKSHOP_ALLOWED_ACCOUNTS: '444455556666' });

  expect(code).toBe(1);
  expect(calls).toEqual([{ service: 'sts', operation: 'GetCallerIdentity', status: 200 }]);
  expect(output).toMatch(
    /^\n.* RUN .*\n\nThe suite could not start\.\n\nThe credentials belong to .* or add the account\.\n\n$/,
  );
});

test('a run in an account that is not allowed says so once, and does nothing', { timeout }, async () => {
  const { code, output } = await runThere(workshop, { WORKSHOP_ALLOWED_ACCOUNTS: '444455556666' });

  expect(code).toBe(1);
  expect(calls).toEqual([{ service: 'sts', operation: 'GetCallerIdentity', status: 200 }]);
  expect(output.replace(/\s+/g, ' ').trim()).toBe(
    'The workshop could not start. The credentials belong to arn:aws:iam::111122223333:user/administrator, whose account ' +
      '111122223333 is not in WORKSHOP_ALLOWED_ACCOUNTS: 444455556666. Nothing was done there. Use other credentials, ' +
      'such as another AWS_PROFILE, or add the account. → Run npm run doctor to find the cause',
  );
  expect(foldersMade()).toEqual([]);
});

test('an interrupted run says how to clean up after it', { timeout }, async () => {
  const run = spawn(process.execPath, workshop, {
    cwd: copy.root,
    env: environmentThere(),
    detached: true,
  });
  let output = '';
  run.stderr.on('data', (text: Buffer) => {
    output += text;
  });
  await vi.waitUntil(() => calls.some(({ operation }) => operation === 'GenerateDataKey'), { timeout });
  // As Ctrl+C does, to all processes of the run.
  process.kill(-(run.pid ?? 0), 'SIGINT');
  await once(run, 'close');

  expect(output).toContain(' Stopped. What the run created is still there. To remove it: npm run clean-up\n');
  expect(run.exitCode).toBe(130);
});
