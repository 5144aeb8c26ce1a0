import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { learnerEnvironment } from '../../authoring/learner-environment.ts';
import { copyProject, type ProjectCopy } from '../../authoring/project-copy.ts';
import { readProgress } from '../../src/cli/progress-sheet.ts';
import { readSettings } from '../../src/settings/settings.ts';
import { enterInLedger } from '../../src/state/ledger.ts';
import { describeRun } from '../../src/state/run.ts';
import { nobody } from '../../src/state/testing/ledger-folder.ts';
import { stepNames } from '../../src/steps/step-folders.ts';
import { makeMachineWithCredentials, secretWord } from './machine-with-credentials.ts';
import { hostsElsewhere, ofKind, runWatched, type WatchedProcess } from './watched-process.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));

// Each starts processes, on a machine that may be busy. They are concurrent, because some wait more than they compute.
const timeout = 120_000;

let copy: ProjectCopy;
beforeAll(() => {
  copy = copyProject(repository);
  // The doctor looks at it.
  cpSync(join(repository, 'package-lock.json'), join(copy.root, 'package-lock.json'));
});
afterAll(() => copy.remove());

interface Run extends WatchedProcess {
  ranCredentialProcess: boolean;
}

/** Runs Node.js in the copy of the project, on a machine with credentials. */
async function runThere(args: string[], environment: Record<string, string> = {}): Promise<Run> {
  const machine = makeMachineWithCredentials();
  try {
    const run = await runWatched(args, {
      cwd: copy.root,
      environment: { ...learnerEnvironment(), ...machine.environment, ...environment },
      word: secretWord,
    });
    return { ...run, ranCredentialProcess: machine.ranCredentialProcess() };
  } finally {
    machine.remove();
  }
}

function expectNothingSent({ observations, ranCredentialProcess }: Run): void {
  expect(ofKind(observations, 'process')).not.toEqual([]);
  expect(hostsElsewhere(observations)).toEqual([]);
  expect(ofKind(observations, 'leak')).toEqual([]);
  expect(ofKind(observations, 'program')).toEqual([]);
  expect(ranCredentialProcess).toBe(false);
}

/** From Node.js 24 on, the proxy would be asked in the place of other hosts. */
const withoutProxy = { NODE_USE_ENV_PROXY: '0' };

describe.concurrent('the watch', () => {
  test('sees each attempt to reach another machine, in each process, and lets none out', {
    timeout,
  }, async () => {
    const script = fileURLToPath(new URL('send-elsewhere.js', import.meta.url));
    const { code, observations } = await runThere([script], withoutProxy);

    expect(code).toBe(0);
    expect(hostsElsewhere(observations)).toEqual([
      '192.0.2.1',
      '192.0.2.2',
      '192.0.2.20',
      '192.0.2.21',
      '192.0.2.3',
      '192.0.2.4',
      '192.0.2.5',
      '192.0.2.6',
      '192.0.2.7',
      '192.0.2.8',
      '2001:db8::1',
      'kms.eu-west-1.amazonaws.com.invalid',
      'look-up.invalid',
      'promised.invalid',
      'resolve.invalid',
      'resolver.invalid',
    ]);
    expect(ofKind(observations, 'program')).toMatchObject([{ file: 'a-program-that-is-not-there' }]);
  });

  test('sees requests to this machine, their signer, and the forbidden word', {
    timeout,
  }, async () => {
    const sending = `
      const server = require('node:http').createServer((request, response) => response.end()).listen(0, '127.0.0.1', () => {
        const headers = { authorization: 'AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20260101/x', token: process.env.AWS_SESSION_TOKEN };
        require('node:http').get({ host: 'localhost', family: 4, port: server.address().port, headers }, () => process.exit());
      });`;
    const { observations } = await runThere(['--eval', sending], withoutProxy);

    expect(ofKind(observations, 'signature')).toMatchObject([{ accessKeyId: 'AKIAEXAMPLE' }]);
    expect(ofKind(observations, 'leak')).toMatchObject([{ host: 'localhost' }]);
  });
});

describe.concurrent('without WORKSHOP_TARGET, on a machine configured for AWS,', () => {
  test('the whole workshop runs, and sends nothing elsewhere', { timeout }, async () => {
    const run = await runThere(['node_modules/vitest/vitest.mjs', 'run', '--mode', 'solution']);

    expect(run.output).toContain(`All ${stepNames(copy.root).length} steps are done.`);
    expect(run.code).toBe(0);
    expectNothingSent(run);
    // It was watched: Vitest's process, and at least one in which the steps ran, each of which has called an AWS.
    const callers = new Set(ofKind(run.observations, 'signature').map(({ process }) => process));
    expect(callers.size).toBeGreaterThanOrEqual(2);
    expect(ofKind(run.observations, 'signature').length).toBeGreaterThan(100);
  });

  test.each([['doctor'], ['clean-up'], ['hint'], ['progress'], ['class', 'sheets']])(
    '%s sends nothing elsewhere',
    { timeout },
    async (command, ...args) => {
      enterRunOnAws();
      handInSheet();
      const run = await runThere(['src/cli/start.js', command, ...args]);

      expect(run.code, run.output).toBe(0);
      expectNothingSent(run);
      // The run is there to be seen.
      if (command === 'clean-up') expect(run.output).toContain('dead: it ran elsewhere');
      if (command === 'class') expect(run.output).toContain('ada');
    },
  );
});

test.concurrent('left to the AWS SDK, the variables of this machine do lead elsewhere', {
  timeout,
}, async () => {
  const region = 'AWS_REGION';
  const credentials = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', region];
  const files = ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE'];
  const elsewhere: Record<string, string[]> = {
    'sts.eu-west-1.amazonaws.com': credentials,
    '192.0.2.20': [...credentials, 'AWS_ENDPOINT_URL'],
    '192.0.2.23': [...credentials, 'AWS_ENDPOINT_URL_STS'],
    'sts-fips.eu-west-1.amazonaws.com': [...credentials, 'AWS_USE_FIPS_ENDPOINT'],
    'sts.eu-west-1.api.aws': [...credentials, 'AWS_USE_DUALSTACK_ENDPOINT'],
    '169.254.170.23': [region, 'AWS_CONTAINER_CREDENTIALS_FULL_URI'],
    '169.254.170.2': [region, 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'],
    '192.0.2.10': [region, 'AWS_EC2_METADATA_SERVICE_ENDPOINT'],
    '192.0.2.40': files,
    '192.0.2.43': [...files, 'AWS_PROFILE'],
  };
  const script = fileURLToPath(new URL('follow-variables.js', import.meta.url));
  // Without a home folder, only the variables lead to its files.
  const { observations, ranCredentialProcess } = await runThere(
    [script, JSON.stringify(Object.values(elsewhere))],
    {
      ...withoutProxy,
      HOME: devNull,
      USERPROFILE: devNull,
    },
  );

  expect(hostsElsewhere(observations)).toEqual(Object.keys(elsewhere).sort());
  expect(ranCredentialProcess).toBe(true);
});

/** Puts a run on a real account on the ledger, which was killed. */
function enterRunOnAws(): void {
  const settings = { WORKSHOP_TARGET: 'aws', WORKSHOP_RUN: 'dead', AWS_REGION: 'eu-west-1' };
  const run = describeRun(readSettings(copy.root, settings));
  enterInLedger(run, run.aliasName, nobody);
}

/** Puts a learner's sheet into the folder of the class. */
function handInSheet(): void {
  mkdirSync(join(copy.root, 'sheets'), { recursive: true });
  writeFileSync(join(copy.root, 'sheets/ada.json'), JSON.stringify(readProgress(copy.root)));
}
