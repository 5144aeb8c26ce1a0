import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { withLocalAws } from '../../src/run/target.ts';
import { type MachineWithCredentials, makeMachineWithCredentials } from './machine-with-credentials.ts';

const packages = fileURLToPath(new URL('../../node_modules/', import.meta.url));

let machine: MachineWithCredentials;
beforeAll(() => {
  machine = makeMachineWithCredentials();
});
afterAll(() => machine.remove());

/** The names of environment variables that a source reads: as `env.NAME`, `env[CONSTANT]`, or by the SDK's selectors. */
function variablesIn(source: string): string[] {
  const constants = new Map(
    [...source.matchAll(/\b(\w+) = ["'](\w+)["']/g)].map(([, name = '', value = '']) => [name, value]),
  );
  const read = [...source.matchAll(/\benv\.([A-Za-z_]\w+)/g)].map(([, name = '']) => name);
  const computed = [...source.matchAll(/\benv\[(\w+)\]/g)].map(([, name = '']) => constants.get(name) ?? '');
  const quoted = [...source.matchAll(/["'`](AWS_[A-Z0-9_]+)/g)].map(([, name = '']) => name);
  return [...read, ...computed, ...quoted].filter((name) => /^[A-Z_]/.test(name));
}

/** Environment variables that the AWS SDK's packages read, in the build that Node.js loads. */
function variablesOfSdk(): string[] {
  const names = ['@aws', '@aws-crypto', '@aws-sdk', '@smithy'].flatMap((scope) =>
    readdirSync(join(packages, scope), { recursive: true, encoding: 'utf8' })
      .filter((file) => /[\\/](dist-cjs|build[\\/]main)[\\/].*\.js$/.test(file))
      .flatMap((file) => variablesIn(readFileSync(join(packages, scope, file), 'utf8'))),
  );
  return [...new Set(names)].sort();
}

/** Values of members of KMS's and DynamoDB's API, which look like names of variables. */
const valuesOfMembers = ['AWS_BACKUP', 'AWS_CLOUDHSM', 'AWS_KMS', 'AWS_SERVICE'];

test('the machine of the isolation test has every variable that the AWS SDK reads', () => {
  const names = variablesOfSdk();
  expect(names).toEqual(expect.arrayContaining(['AWS_PROFILE', 'AWS_ENDPOINT_URL', 'AWS_USE_FIPS_ENDPOINT']));

  const set = Object.keys(machine.environment);
  const isSet = (name: string) =>
    name.endsWith('_') ? set.some((variable) => variable.startsWith(name)) : set.includes(name);
  expect(names.filter((name) => !isSet(name) && !valuesOfMembers.includes(name))).toEqual([]);
});

test('none of them reaches a client of the local AWS', async () => {
  for (const [name, value] of Object.entries(machine.environment)) vi.stubEnv(name, value);
  try {
    await withLocalAws({}, async ({ endpoint, region, credentials }) => {
      const left = Object.entries(process.env).filter(([name]) => /^(AWS_|_X_AMZN)/.test(name));
      expect(Object.fromEntries(left)).toEqual({
        AWS_ENDPOINT_URL: endpoint,
        AWS_REGION: region,
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_CONFIG_FILE: expect.stringMatching(/null|nul/i),
        AWS_SHARED_CREDENTIALS_FILE: expect.stringMatching(/null|nul/i),
        AWS_DEFAULTS_MODE: 'legacy',
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false',
        AWS_MAX_ATTEMPTS: '1',
        AWS_RETRY_MODE: 'standard',
        AWS_SDK_UA_APP_ID: '',
        AWS_USE_DUALSTACK_ENDPOINT: 'false',
        AWS_USE_FIPS_ENDPOINT: 'false',
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      });
    });
    expect(process.env).toMatchObject(machine.environment);
  } finally {
    vi.unstubAllEnvs();
  }
});
