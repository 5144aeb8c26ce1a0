import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Environment, readSettings, SettingsError, settingNames } from './settings.ts';

const noFolder = join(tmpdir(), 'there-is-no-such-folder');

function errorOf(environment: Environment): string {
  try {
    readSettings(noFolder, environment);
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  return 'no error';
}

function folderWith(environmentFile: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'settings-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, '.env'), environmentFile);
  return folder;
}

test('needs no settings at all', () => {
  expect(readSettings(noFolder, {})).toMatchObject({
    target: 'local',
    region: 'us-east-1',
    outputFolder: 'output',
    localPort: 0,
    cloudTrail: { localDelaySeconds: 2, timeoutSeconds: 20, quietSeconds: 0.05 },
  });
});

test('gives each run a new name by default', () => {
  const [first, second] = [readSettings(noFolder, {}).run, readSettings(noFolder, {}).run];

  expect(first).toMatch(/^[0-9a-f]{8}$/);
  expect(second).not.toBe(first);
  expect(readSettings(noFolder, { WORKSHOP_RUN: 'team-7' }).run).toBe('team-7');
});

test('is patient with a real CloudTrail', () => {
  const { cloudTrail } = readSettings(noFolder, { WORKSHOP_TARGET: 'aws', AWS_REGION: 'eu-central-1' });

  expect(cloudTrail).toMatchObject({ timeoutSeconds: 1200, quietSeconds: 90 });
});

test('reads .env, and the environment wins', () => {
  const folder = folderWith('WORKSHOP_RUN=from-file\nWORKSHOP_OUTPUT_FOLDER=elsewhere\n');

  const settings = readSettings(folder, { WORKSHOP_RUN: 'from-environment' });
  expect(settings.run).toBe('from-environment');
  expect(settings.outputFolder).toBe('elsewhere');
});

test('treats an empty variable as unset', () => {
  expect(readSettings(noFolder, { WORKSHOP_TARGET: '', AWS_REGION: '' }).target).toBe('local');
});

test('passes on the variables that the AWS SDK may need', () => {
  const folder = folderWith('AWS_PROFILE=workshop\n');

  expect(readSettings(folder, {}).environment.AWS_PROFILE).toBe('workshop');
});

test('names every bad setting, its value and what is allowed', () => {
  const message = errorOf({
    WORKSHOP_TARGET: 'mars',
    WORKSHOP_RUN: 'Team 7',
    WORKSHOP_LOCAL_PORT: '99999',
    WORKSHOP_LOCAL_CLOUDTRAIL_DELAY_SECONDS: 'soon',
    AWS_REGION: 'middle-earth',
  });

  expect(message.split('\n')).toEqual([
    'These settings are wrong (.env.example explains them all):',
    '  WORKSHOP_TARGET is "mars"; it has to be local, aws or endpoint.',
    '  WORKSHOP_RUN is "Team 7"; it has to be 1 to 32 lower-case letters, digits and hyphens.',
    '  WORKSHOP_LOCAL_PORT is "99999"; it has to be a port, 0 to 65535.',
    '  WORKSHOP_LOCAL_CLOUDTRAIL_DELAY_SECONDS is "soon"; it has to be a number of seconds, 0 to 86400.',
    '  AWS_REGION is "middle-earth"; it has to be an AWS Region, such as eu-central-1.',
  ]);
});

test.each([
  'WORKSHOP_LOCAL_CLOUDTRAIL_DELAY_SECONDS',
  'WORKSHOP_CLOUDTRAIL_TIMEOUT_SECONDS',
  'WORKSHOP_CLOUDTRAIL_QUIET_SECONDS',
])('rejects a %s of more than a day: a timer beyond 2^31 milliseconds ends at once', (name) => {
  expect(readSettings(noFolder, { [name]: '86400' }).environment[name]).toBe('86400');
  expect(errorOf({ [name]: '2147484' })).toContain(
    `${name} is "2147484"; it has to be a number of seconds, 0 to 86400.`,
  );
});

test.each([
  ['aws', {}, 'AWS_REGION is not set; it has to be an AWS Region, such as eu-central-1 (the target is aws).'],
  ['endpoint', { AWS_REGION: 'eu-central-1' }, 'AWS_ENDPOINT_URL is not set'],
  [
    'endpoint',
    { AWS_REGION: 'eu-central-1', AWS_ENDPOINT_URL: 'localhost' },
    'AWS_ENDPOINT_URL is "localhost"; it has to be the URL of an AWS-compatible endpoint.',
  ],
])('says what the target %s needs', (target, environment, sentence) => {
  expect(errorOf({ WORKSHOP_TARGET: target, ...environment })).toContain(sentence);
});

test.each(['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_KMS', 'AWS_ENDPOINT_URL_CLOUDTRAIL'])(
  'minds a wrong %s only where it is used: not on the local AWS',
  (name) => {
    const wrong = { [name]: 'localhost', AWS_REGION: 'eu-central-1' };

    expect(errorOf(wrong)).toBe('no error');
    expect(errorOf({ ...wrong, WORKSHOP_TARGET: 'local' })).toBe('no error');
    expect(errorOf({ ...wrong, WORKSHOP_TARGET: 'aws' })).toContain(`${name} is "localhost"; it has to be`);
  },
);

test('accepts an endpoint for KMS alone, but not for CloudTrail alone', () => {
  const endpoint = { WORKSHOP_TARGET: 'endpoint', AWS_REGION: 'eu-central-1' };

  expect(errorOf({ ...endpoint, AWS_ENDPOINT_URL_KMS: 'http://127.0.0.1:4566' })).toBe('no error');
  expect(errorOf({ ...endpoint, AWS_ENDPOINT_URL_CLOUDTRAIL: 'http://127.0.0.1:4567' })).toContain(
    'AWS_ENDPOINT_URL is not set',
  );
});

test('reads the allowed accounts, and rejects anything that is not an account id', () => {
  const accountsOf = (list?: string) =>
    readSettings(noFolder, { WORKSHOP_ALLOWED_ACCOUNTS: list }).allowedAccounts;

  expect(accountsOf(undefined)).toBeUndefined();
  expect(accountsOf('111122223333')).toEqual(['111122223333']);
  expect(accountsOf('111122223333, 444455556666')).toEqual(['111122223333', '444455556666']);
  for (const list of ['1111-2222-3333', '111122223333,', '111122223333 444455556666', ',', 'mine']) {
    expect(errorOf({ WORKSHOP_ALLOWED_ACCOUNTS: list })).toContain(
      `WORKSHOP_ALLOWED_ACCOUNTS is "${list}"; it has to be account ids of 12 digits, separated by commas.`,
    );
  }
});

test('rejects an unknown setting together with all other mistakes', () => {
  const misspelt = { WORKSHOP_TARGT: 'aws', workshop_run: 'ada', WORKSHOP_FURTHERMORE: '1' };
  const sentences = [
    '  Unknown setting WORKSHOP_TARGT in the shell. Did you mean WORKSHOP_TARGET?',
    '  Unknown setting workshop_run in the shell. Did you mean WORKSHOP_RUN?',
    '  Unknown setting WORKSHOP_FURTHERMORE in the shell. Unset it.',
  ];

  expect(
    errorOf({ ...misspelt, WORKSHOP_LOCAL_PORT: 'any' })
      .split('\n')
      .slice(1),
  ).toEqual([...sentences, '  WORKSHOP_LOCAL_PORT is "any"; it has to be a port, 0 to 65535.']);
  expect(readSettings(noFolder, { WORKSHOP_TARGT: '' }).target).toBe('local');
});

test('rejects a typo in the prefix in the shell, but not the names of others', () => {
  expect(errorOf({ WORSKHOP_ALLOWED_ACCOUNTS: '111122223333' })).toContain(
    'Unknown setting WORSKHOP_ALLOWED_ACCOUNTS in the shell. Did you mean WORKSHOP_ALLOWED_ACCOUNTS?',
  );
  expect(errorOf({ WORKSPACE_RUNS: '1', WORK_TARGET: '1', AWS_PROFILES: '1', PATH: '/bin' })).toBe(
    'no error',
  );
});

test.each([
  ['WORKSHOP_TARGT=aws', 'Unknown setting WORKSHOP_TARGT. Did you mean WORKSHOP_TARGET?'],
  ['WORSKHOP_TARGET=aws', 'Unknown setting WORSKHOP_TARGET. Did you mean WORKSHOP_TARGET?'],
  [
    'WORKSHOP-ALLOWED-ACCOUNTS=1',
    'Unknown setting WORKSHOP-ALLOWED-ACCOUNTS. Did you mean WORKSHOP_ALLOWED_ACCOUNTS?',
  ],
  ['workshop_run=ada', 'Unknown setting workshop_run. Did you mean WORKSHOP_RUN?'],
  [
    'TARGET=aws',
    'Unknown setting. Delete the line: only names that begin with WORKSHOP_ or AWS_ have an effect here.',
  ],
  ['WORKSHOP_FURTHERMORE=1', 'Unknown setting WORKSHOP_FURTHERMORE. Delete the line: only'],
  ['aws_region=eu-central-1', 'Unknown setting aws_region. Did you mean AWS_REGION?'],
  ['AWS_PROFLE=mine', 'Unknown setting AWS_PROFLE. Did you mean AWS_PROFILE?'],
  ['HTTPS_PROXY=http://localhost', 'Unknown setting HTTPS_PROXY. Delete the line: only'],
  ['wJalrXUtnFEMIK7MDENG==', 'Unknown setting. Delete the line: only'],
  ['WORKSHOP_TARGET=mars', 'WORKSHOP_TARGET is "mars"; it has to be local, aws or endpoint.'],
])('rejects %s in .env, with the number of its line', (line, sentence) => {
  const folder = folderWith(`# Mine\n${line}\n`);

  expect(() => readSettings(folder, {})).toThrow(
    `These settings are wrong (.env.example explains them all):\n  .env, line 2: ${sentence}`,
  );
});

test('accepts any setting of the AWS SDK in .env', () => {
  const names = ['AWS_PROFILE', 'AWS_ROLE_ARN', 'AWS_CA_BUNDLE', 'AWS_ENDPOINT_URL_STS', 'AWS_MAX_ATTEMPTS'];
  const folder = folderWith(names.map((name) => `${name}=http://localhost\n`).join(''));

  expect(Object.keys(readSettings(folder, {}).environment)).toEqual(names);
});

test('says where a wrong value comes from when the shell hides the one of .env', () => {
  const folder = folderWith('WORKSHOP_TARGET=mars');

  expect(() => readSettings(folder, { WORKSHOP_TARGET: 'venus' })).toThrow(
    '\n  WORKSHOP_TARGET is "venus"; it has',
  );
});

test('rejects an empty value in the shell that would hide the one of .env', () => {
  const folder = folderWith('WORKSHOP_ALLOWED_ACCOUNTS=111122223333');

  expect(() => readSettings(folder, { WORKSHOP_ALLOWED_ACCOUNTS: '' })).toThrow(
    'WORKSHOP_ALLOWED_ACCOUNTS is empty in the shell, which wins over .env, line 1. Unset it in the shell, or set it there.',
  );
  expect(readSettings(folder, {}).allowedAccounts).toEqual(['111122223333']);
});

test("rejects every line of .env that it can't read", () => {
  const folder = folderWith('set WORKSHOP_ALLOWED_ACCOUNTS=111122223333');

  expect(() => readSettings(folder, {})).toThrow('.env, line 1: nothing may stand before the name.');
});

test('.env.example has exactly the settings that exist', () => {
  const example = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
  const documented = [...example.matchAll(/^# (WORKSHOP_\w+)=/gm)].map(([, name]) => name);

  expect(documented.sort()).toEqual(settingNames().sort());
});
