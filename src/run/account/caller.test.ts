import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readSettings, type Settings } from '../../settings/settings.ts';
import { limitAnswers } from '../endpoint/answer-limits.ts';
import { type LimitedEndpoint, startLimitedEndpoint } from '../endpoint/testing/limited-endpoint.ts';
import { useEnvironment } from '../target.ts';
import { askCaller } from './caller.ts';

let endpoint: LimitedEndpoint;
let hasSts = true;
let restore: () => void;
beforeEach(async () => {
  hasSts = true;
  endpoint = await startLimitedEndpoint(() =>
    hasSts ? undefined : { status: 404, type: 'text/html', body: '<html>No such page</html>' },
  );
  restore = useEnvironment({ ...endpoint.environment, AWS_MAX_ATTEMPTS: '1' });
});
afterEach(async () => {
  restore();
  await endpoint.close();
});

function settingsOf(target: 'aws' | 'endpoint'): Settings {
  return readSettings('no folder', { ...endpoint.environment, WORKSHOP_TARGET: target });
}

test.each(['aws', 'endpoint'] as const)('tells account and ARN of %s', async (target) => {
  expect(await askCaller(settingsOf(target))).toEqual({
    account: '111122223333',
    arn: 'arn:aws:iam::111122223333:user/administrator',
  });
  expect(endpoint.asked).toEqual(['GetCallerIdentity']);
});

test('continues at an endpoint without STS, and says why the account is unknown', async () => {
  hasSts = false;

  expect(await askCaller(settingsOf('endpoint'))).toMatchObject({
    unknown: expect.stringMatching(/^sts:GetCallerIdentity is not there: 404/),
  });
});

test('continues at an endpoint with a web page in the place of STS', async () => {
  const page = await startLimitedEndpoint(() => ({ status: 200, type: 'text/html', body: '<p>Welcome</p>' }));
  const restoreEndpoint = useEnvironment({ AWS_ENDPOINT_URL_STS: page.url });
  try {
    expect(await askCaller(settingsOf('endpoint'))).toMatchObject({
      unknown: expect.stringContaining('The answer has no account'),
    });
    await expect(askCaller(settingsOf('aws'))).rejects.toThrow('The answer has no account');
  } finally {
    restoreEndpoint();
    await page.close();
  }
});

test('continues if only STS does not answer', async () => {
  const restoreEndpoint = useEnvironment({ AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:1' });
  try {
    expect(await askCaller(settingsOf('endpoint'))).toMatchObject({
      unknown: expect.stringContaining('nobody answers'),
      cause: { code: 'ECONNREFUSED' },
    });
  } finally {
    restoreEndpoint();
  }
});

test.each(['aws', 'endpoint'] as const)('stops if %s never answers', async (target) => {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const restoreEndpoint = useEnvironment({ AWS_ENDPOINT_URL: url });
  const liftLimits = limitAnswers({ milliseconds: 200, bytes: 1000 });
  try {
    await expect(askCaller(settingsOf(target))).rejects.toMatchObject({
      name: 'UnreachableError',
      message: expect.stringContaining('no whole answer from 127.0.0.1:'),
    });
  } finally {
    liftLimits();
    restoreEndpoint();
    silent.close();
  }
});

test('stops at AWS without an answer of STS', async () => {
  hasSts = false;

  await expect(askCaller(settingsOf('aws'))).rejects.toThrow();
});

test.each(['aws', 'endpoint'] as const)('stops if %s refuses the credentials', async (target) => {
  const restoreKey = useEnvironment({ AWS_SECRET_ACCESS_KEY: 'wrong' });
  try {
    await expect(askCaller(settingsOf(target))).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
  } finally {
    restoreKey();
  }
});
