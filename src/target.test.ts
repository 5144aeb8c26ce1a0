import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { afterEach, expect, test, vi } from 'vitest';
import { readSettings } from './settings.ts';
import { startTarget, useEnvironment, withLocalAws } from './target.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

test('leads the SDK to the local AWS, and to no credential of yours', async () => {
  vi.stubEnv('AWS_PROFILE', 'production');
  vi.stubEnv('AWS_SESSION_TOKEN', 'of your own');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'of your own');
  const target = await startTarget(readSettings(process.env, 'no-file'));
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

test('leaves a real account to the SDK', async () => {
  const settings = readSettings(
    { WORKSHOP_TARGET: 'aws', AWS_REGION: 'eu-central-1', AWS_PROFILE: 'workshop', HOME: '/home/learner' },
    'no-file',
  );
  const target = await startTarget(settings);

  expect(target.environment).toMatchObject({ AWS_REGION: 'eu-central-1', AWS_PROFILE: 'workshop' });
  expect(target.environment).not.toHaveProperty('HOME');
  expect(target.environment).not.toHaveProperty('AWS_ENDPOINT_URL');
  await target.close();
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
