import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { CreateKeyCommand, KMSClient, ListKeysCommand } from '@aws-sdk/client-kms';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, expect, test, vi } from 'vitest';
import { type Environment, readSettings } from '../settings/settings.ts';
import { startLimitedEndpoint } from './endpoint/testing/limited-endpoint.ts';
import { startTarget, useEnvironment, withLocalAws } from './target.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

test('leads the SDK to the local AWS, and to no credential of yours', async () => {
  vi.stubEnv('AWS_PROFILE', 'production');
  vi.stubEnv('AWS_SESSION_TOKEN', 'of your own');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'of your own');
  const target = await startTarget(readSettings('no folder', process.env));
  const restore = useEnvironment(target.environment);
  try {
    const { KeyMetadata } = await new KMSClient().send(new CreateKeyCommand({}));

    expect(KeyMetadata?.Arn).toMatch(/^arn:aws:kms:us-east-1:111122223333:key\//);
    expect(process.env.AWS_PROFILE).toBeUndefined();
    expect(process.env.AWS_SESSION_TOKEN).toBeUndefined();
    expect(process.env.AWS_ACCESS_KEY_ID).not.toBe('of your own');
  } finally {
    restore();
    await target.close();
  }
  expect(process.env.AWS_PROFILE).toBe('production');
  expect(process.env.AWS_ACCESS_KEY_ID).toBe('of your own');
});

test("sets only the SDK's defaults", async () => {
  const { environment, close } = await startTarget(readSettings('no folder', {}));
  const told = await settingsOf(environment);
  // These alone are the local AWS's own.
  const own = Object.entries(environment).filter(([name]) =>
    /^AWS_(ENDPOINT_URL|REGION|ACCESS_KEY_ID|SECRET_ACCESS_KEY|CONFIG_FILE|SHARED_CREDENTIALS_FILE)$/.test(
      name,
    ),
  );
  const untold = await settingsOf({
    ...Object.fromEntries(Object.keys(environment).map((name) => [name, undefined])),
    ...Object.fromEntries(own),
  });
  await close();

  expect(told).toEqual(untold);
});

test('leaves a real account to the SDK', async () => {
  const settings = readSettings('no folder', {
    WORKSHOP_TARGET: 'aws',
    AWS_REGION: 'eu-central-1',
    AWS_PROFILE: 'workshop',
    HOME: '/home/learner',
  });
  const target = await startTarget(settings);

  expect(target.environment).toMatchObject({ AWS_REGION: 'eu-central-1', AWS_PROFILE: 'workshop' });
  expect(target.environment).not.toHaveProperty('HOME');
  expect(target.environment).not.toHaveProperty('AWS_ENDPOINT_URL');
  await target.close();
});

test("keeps to the endpoint, even if the user's configuration says to ignore it", async () => {
  const folder = mkdtempSync(join(tmpdir(), 'configuration-'));
  writeFileSync(join(folder, 'config'), '[default]\nignore_configured_endpoint_urls = true\n');
  const endpoint = {
    AWS_REGION: 'eu-central-1',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
    AWS_CONFIG_FILE: join(folder, 'config'),
    AWS_ACCESS_KEY_ID: 'any',
    AWS_SECRET_ACCESS_KEY: 'any',
  };
  const target = await startTarget(readSettings('no folder', { WORKSHOP_TARGET: 'endpoint', ...endpoint }));
  const restore = useEnvironment(target.environment);
  try {
    expect(await hostOfRequest()).toBe('127.0.0.1');
  } finally {
    restore();
    await target.close();
    rmSync(folder, { recursive: true });
  }
});

/** Returns the URL of a request that the SDK would send. The request is stopped before it is sent. */
async function hostOfRequest(): Promise<unknown> {
  const kms = new KMSClient();
  const hosts: unknown[] = [];
  kms.middlewareStack.add(
    () =>
      async ({ request }) => {
        hosts.push((request as { hostname: string }).hostname);
        throw new Error('It is not sent.');
      },
    { step: 'build' },
  );
  await kms.send(new ListKeysCommand()).catch(() => {});
  return hosts[0];
}

test("sends calls to services without an endpoint to KMS's endpoint, never to AWS", async () => {
  const endpoint = await startLimitedEndpoint(() => undefined);
  const { AWS_ENDPOINT_URL, ...environment } = endpoint.environment;
  const settings = readSettings('no folder', { ...environment, AWS_ENDPOINT_URL_KMS: AWS_ENDPOINT_URL });
  const target = await startTarget(settings);
  const restore = useEnvironment(target.environment);
  try {
    await new KMSClient().send(new ListKeysCommand({}));
    await new CloudTrailClient().send(new LookupEventsCommand({}));
    await new STSClient().send(new GetCallerIdentityCommand({}));
  } finally {
    restore();
    await target.close();
    await endpoint.close();
  }
  expect(endpoint.asked).toEqual(['ListKeys', 'LookupEvents', 'GetCallerIdentity']);
});

test('gives each local AWS a Region of its own', async () => {
  const first = await withLocalAws({}, async ({ region }) => region);
  const second = await withLocalAws({}, async ({ region }) => region);

  expect(second).not.toBe(first);
});

test('puts the environment back when the action fails', async () => {
  vi.stubEnv('AWS_REGION', 'eu-west-1');

  await expect(withLocalAws({}, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(process.env.AWS_REGION).toBe('eu-west-1');
});

/** Returns a client's settings under an environment, apart from the endpoint. */
async function settingsOf(environment: Environment): Promise<unknown> {
  const restore = useEnvironment(environment);
  try {
    const kms = new KMSClient();
    const { defaultsMode, maxAttempts, retryMode } = kms.config;
    const { useDualstackEndpoint, useFipsEndpoint } = kms.config;
    let userAgent: unknown;
    kms.middlewareStack.add(
      (next) => (args) => {
        userAgent = (args.request as { headers: Record<string, string> }).headers['user-agent'];
        return next(args);
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
    await kms.send(new ListKeysCommand({}));
    return {
      defaultsMode: await resolved(defaultsMode),
      maxAttempts: await resolved(maxAttempts),
      retryMode: await resolved(retryMode),
      useDualstackEndpoint: await resolved(useDualstackEndpoint),
      useFipsEndpoint: await resolved(useFipsEndpoint),
      userAgent,
    };
  } finally {
    restore();
  }
}

function resolved(setting: unknown): unknown {
  return typeof setting === 'function' ? setting() : setting;
}
