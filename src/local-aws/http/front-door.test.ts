import { ListKeysCommand } from '@aws-sdk/client-kms';
import fc from 'fast-check';
import { describe, expect, onTestFinished, vi } from 'vitest';
import { errorOf, type LocalAwsUnderTest, test } from '../testing/local-aws-under-test.ts';
import { rawBytes, rawRequest } from '../testing/raw-request.ts';

const json = { 'content-type': 'application/x-amz-json-1.1' };

/** Sends a signed call with another target, body or headers: signed as they are. */
function signedCall(local: LocalAwsUnderTest, change: { target?: string; body?: string }) {
  const { kms } = local;
  const command = new ListKeysCommand({});
  command.middlewareStack.add(
    (next) => (args) => {
      const request = (args as unknown as { request: { headers: Record<string, string>; body: string } })
        .request;
      if (change.target !== undefined) request.headers['x-amz-target'] = change.target;
      if (change.body !== undefined) {
        request.body = change.body;
        delete request.headers['content-length'];
      }
      return next(args);
    },
    { step: 'build', priority: 'low' },
  );
  return kms.send(command);
}

describe('a web page is kept out', () => {
  test.for([
    'evil.example',
    'evil.example:80',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    '10.0.0.1',
  ])('Host "%s" is refused', async (host, { local }) => {
    const { status, body } = await rawRequest(local.aws.endpoint, { headers: { ...json, host } });
    expect({ status, ...JSON.parse(body) }).toEqual({
      status: 403,
      __type: 'AccessDeniedException',
      Message: `The local AWS answers requests to 127.0.0.1, localhost or [::1], not to Host '${host}'.`,
    });
  });

  test('a request without a Host is refused', async ({ local }) => {
    const answer = await rawBytes(local.aws.endpoint, 'POST / HTTP/1.1\r\nConnection: close\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
  });

  test.for<Record<string, string>>([
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'http://localhost:3000' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ])('%o is refused', async (headers, { local }) => {
    const { status, body } = await rawRequest(local.aws.endpoint, { headers: { ...json, ...headers } });
    expect({ status, ...JSON.parse(body) }).toEqual({
      status: 403,
      __type: 'AccessDeniedException',
      Message: 'The local AWS answers no request that a web page makes.',
    });
  });

  test('no answer allows another origin to read it', async ({ local }) => {
    const preflight = await rawRequest(local.aws.endpoint, {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    });
    expect(preflight.status).toBe(403);
    const names = Object.keys(preflight.headers);
    expect(names).toContain('content-length');
    expect(names.filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  test.for(['localhost', 'LOCALHOST', '127.0.0.1', '[::1]'])('Host %s is let in', async (host, { local }) => {
    const port = new URL(local.aws.endpoint).port;
    for (const given of [host, `${host}:${port}`]) {
      const { body } = await rawRequest(local.aws.endpoint, {
        headers: { ...json, host: given, 'x-amz-target': 'TrentService.ListKeys' },
      });
      expect(JSON.parse(body).__type).toBe('MissingAuthenticationTokenException');
    }
  });
});

describe('an unknown operation', () => {
  test('of KMS', async ({ local }) => {
    expect(await errorOf(signedCall(local, { target: 'TrentService.MakeCoffee' }))).toEqual({
      name: 'UnknownOperationException',
      message: 'The local AWS has no operation MakeCoffee of kms.',
      status: 400,
    });
  });

  test.for(['toString', '__proto__', 'constructor'])('called %s', async (name, { local }) => {
    const error = await errorOf(signedCall(local, { target: `TrentService.${name}` }));
    expect(error).toMatchObject({ name: 'UnknownOperationException' });
  });

  test('of an unknown service', async ({ local }) => {
    const error = await errorOf(signedCall(local, { target: 'DynamoDB_20120810.ListTables' }));
    expect(error).toMatchObject({ name: 'UnknownOperationException' });
  });

  test('of CloudTrail', async ({ local }) => {
    const { body } = await rawRequest(local.aws.endpoint, {
      headers: { ...json, 'x-amz-target': 'CloudTrail_20131101.CreateTrail' },
    });
    expect(JSON.parse(body)).toEqual({
      __type: 'UnknownOperationException',
      message: 'The local AWS has no operation CreateTrail of cloudtrail.',
    });
  });

  test('of STS, in its protocol', async ({ local }) => {
    const { status, body, headers } = await rawRequest(local.aws.endpoint, {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'Action=Make<Coffee>&Version=2011-06-15',
    });
    expect(status).toBe(400);
    expect(headers['content-type']).toBe('text/xml');
    expect(body).toContain('<Code>InvalidAction</Code>');
    expect(body).toContain('Make&lt;Coffee&gt;');
  });

  test('if the request names none', async ({ local }) => {
    const { status, body } = await rawRequest(local.aws.endpoint, { method: 'GET' });
    expect({ status, ...JSON.parse(body) }).toMatchObject({
      status: 400,
      __type: 'UnknownOperationException',
    });
  });
});

describe('a malformed request', () => {
  test.for(['', '{', '[]', 'null', '"text"', '{"Limit":}', '\ud800', '{"Limit":1}x'])(
    'body %j is a SerializationException',
    async (body, { local }) => {
      expect(await errorOf(signedCall(local, { body }))).toMatchObject({
        name: 'SerializationException',
        status: 400,
      });
    },
  );

  test('a body over 1 MiB is refused, one just below is read', async ({ local }) => {
    const limit = 1024 * 1024;
    const refused = await rawRequest(local.aws.endpoint, {
      headers: json,
      body: Buffer.alloc(limit + 1, 32),
    });
    expect(refused.status).toBe(413);
    expect(JSON.parse(refused.body)).toEqual({
      __type: 'RequestEntityTooLargeException',
      message: 'The request body is larger than 1048576 bytes.',
    });
    const chunked = await rawRequest(local.aws.endpoint, {
      headers: { ...json, 'transfer-encoding': 'chunked' },
      body: Buffer.alloc(3 * limit),
    });
    expect(chunked.status).toBe(413);
    const read = await rawRequest(local.aws.endpoint, { headers: json, body: Buffer.alloc(limit, 32) });
    expect(JSON.parse(read.body).__type).toBe('UnknownOperationException');
  });

  test.for([
    ['no HTTP at all', 'hello\r\n\r\n', 'HTTP/1.1 400 Bad Request'],
    [
      'a header that is none',
      'POST / HTTP/1.1\r\nHost: localhost\r\nbad header\r\n\r\n',
      'HTTP/1.1 400 Bad Request',
    ],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx',
      'HTTP/1.1 400',
    ],
    [
      'headers without an end',
      `POST / HTTP/1.1\r\nHost: localhost\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`,
      'HTTP/1.1 431',
    ],
  ])('%s gets an answer in the shape of AWS', async ([, bytes = '', status = ''], { local }) => {
    const answer = await rawBytes(local.aws.endpoint, bytes);
    expect(answer.startsWith(status)).toBe(true);
    expect(answer).toMatch(/x-amzn-RequestId: [0-9a-f-]{36}/);
    expect(answer).toContain('{"__type":"SerializationException"');
  });

  test('of any kind never stops the next one from being answered', { timeout: 60_000 }, async ({ local }) => {
    const text = fc.string({ unit: 'binary-ascii', maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(text, text, fc.json(), async (line, header, body) => {
        await rawBytes(local.aws.endpoint, `${line}\r\n\r\n`);
        const target = header.replace(/[^\x21-\x7e]/g, '');
        const { status, body: answered } = await rawRequest(local.aws.endpoint, {
          headers: {
            ...json,
            'x-amz-target': `TrentService.${target}`,
            authorization: `AWS4-HMAC-SHA256 ${target}`,
          },
          body,
        });
        expect(status).toBe(400);
        expect(JSON.parse(answered).__type).toMatch(/Exception$/);
      }),
      { numRuns: 50 },
    );
    await expect(signedCall(local, {})).resolves.toMatchObject({ Keys: [] });
  });
});

test('every answer has a request id of its own, which the event has too', async ({ local }) => {
  const first = await local.kms.send(new ListKeysCommand({}));
  const second = await local.kms.send(new ListKeysCommand({}));
  const ids = [second.$metadata.requestId, first.$metadata.requestId];
  expect(new Set(ids).size).toBe(2);
  expect((await local.deliveredEvents()).map((event) => event.requestID)).toEqual(ids);
});

test('every answer has the time in its Date header, also after a test has moved the time', async ({
  local,
}) => {
  onTestFinished(() => void vi.useRealTimers());
  const dateOfAnswer = async () => (await rawRequest(local.aws.endpoint, { headers: json })).headers.date;
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2027-01-01T00:00:00Z') });
  expect(await dateOfAnswer()).toBe('Fri, 01 Jan 2027 00:00:00 GMT');
  vi.setSystemTime(Date.parse('2027-01-01T01:00:00Z'));
  expect(await dateOfAnswer()).toBe('Fri, 01 Jan 2027 01:00:00 GMT');
});
