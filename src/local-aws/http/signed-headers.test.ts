import { describe, expect, onTestFinished } from 'vitest';
import { type LocalAwsUnderTest, startUnderTest, test } from '../testing/local-aws-under-test.ts';
import { send, signBySdk } from '../testing/odd-requests.ts';
import { rawBytes } from '../testing/raw-request.ts';

const accepted = { status: 200, body: expect.stringContaining('"Keys":[]') };

test('every x-amz- header has to be signed', async () => {
  const credentials = { accessKeyId: 'ASIAMINE', secretAccessKey: 'mine', sessionToken: 'the-token' };
  const { aws } = await startUnderTest({ credentials });
  onTestFinished(() => aws.close());
  const signed = await signBySdk(aws, { headers: { 'X-Amz-User-Agent': 'a', 'x-amz-new': 'b' } });
  expect(await send(aws, signed)).toMatchObject(accepted);
  const names = ['x-amz-date', 'x-amz-target', 'x-amz-security-token', 'x-amz-user-agent', 'x-amz-new'];
  for (const name of names) {
    const given = String(signed.headers.authorization);
    const authorization = given.replace(new RegExp(`;${name}(?=[;,])`), '');
    expect(authorization.length).toBe(given.length - name.length - 1);
    const { status, body } = await send(aws, { ...signed, headers: { ...signed.headers, authorization } });
    expect({ status, ...JSON.parse(body) }).toEqual({
      status: 400,
      __type: 'InvalidSignatureException',
      message: `'${name}' must be a 'SignedHeader' in the AWS Authorization.`,
    });
  }
});

test('an x-amz- header that is added after the signing is refused', async ({ local }) => {
  const signed = await signBySdk(local.aws, {});
  expect(await send(local.aws, signed)).toMatchObject(accepted);
  const headers = { ...signed.headers, 'x-amz-added': 'a' };
  expect(await send(local.aws, { ...signed, headers })).toMatchObject({
    status: 400,
    body: expect.stringContaining("'x-amz-added' must be a 'SignedHeader'"),
  });
});

describe('a second header', () => {
  /** A signed call of ListKeys as bytes, with these lines added. */
  async function callWith(local: LocalAwsUnderTest, ...lines: string[]) {
    const { headers, body } = await signBySdk(local.aws, {});
    const all = { ...headers, 'content-length': String(body.length), connection: 'close' };
    const head = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
    const bytes = ['POST / HTTP/1.1', ...head, ...lines, '', body].join('\r\n');
    return { answer: await rawBytes(local.aws.endpoint, bytes), headers: all as Record<string, string> };
  }

  test.for([
    'Host',
    'Authorization',
    'Content-Type',
    'X-Amz-Date',
    'X-Amz-Target',
    'X-Amz-Security-Token',
    'Date',
  ])('%s is refused, with the same value or another', async (name, { local }) => {
    const lower = name.toLowerCase();
    const { answer, headers } = await callWith(local);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    const first = lower in headers ? [] : [`${name}: a`];
    for (const value of [headers[lower] ?? 'a', 'another']) {
      const { answer: refused } = await callWith(local, ...first, `${name}: ${value}`);
      expect(refused).toMatch(/^HTTP\/1\.1 400 /);
      expect(refused).toContain(
        `{"__type":"SerializationException","Message":"The request has more than one '${lower}' header. Send it once."}`,
      );
    }
  });

  test('Content-Length is refused', async ({ local }) => {
    expect((await callWith(local)).answer).toMatch(/^HTTP\/1\.1 200 /);
    const { answer } = await callWith(local, 'Content-Length: 2');
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('"__type":"SerializationException"');
  });

  test('of any other name is accepted', async ({ local }) => {
    expect((await callWith(local, 'User-Agent: a', 'User-Agent: b', 'X-Any: a', 'X-Any: b')).answer).toMatch(
      /^HTTP\/1\.1 200 /,
    );
  });
});
