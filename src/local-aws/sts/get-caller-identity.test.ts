import { describe, expect, onTestFinished } from 'vitest';
import type { LocalAws } from '../index.ts';
import { startUnderTest, test } from '../testing/local-aws-under-test.ts';
import { sdkSigner } from '../testing/odd-requests.ts';
import { rawRequest } from '../testing/raw-request.ts';

const parameters = { Action: 'GetCallerIdentity', Version: '2011-06-15' };
const minute = 60 * 1000;
const mismatch = '<Code>SignatureDoesNotMatch</Code>';

const unsigned = ({ endpoint }: LocalAws, query: Record<string, string>, headers = {}) => {
  const { hostname, port, host } = new URL(endpoint);
  return {
    method: 'GET',
    protocol: 'http:',
    hostname,
    port: Number(port),
    path: '/',
    query,
    headers: { host, ...headers },
  };
};

/** A presigned URL: path, query and the headers that it signs. */
async function presigned(
  aws: LocalAws,
  given: { query?: Record<string, string>; headers?: object; signedAt?: number; expiresIn?: number } = {},
) {
  const { query = parameters, headers, signedAt = Date.now(), expiresIn = 900 } = given;
  const request = await sdkSigner(aws, 'sts').presign(unsigned(aws, query, headers), {
    signingDate: new Date(signedAt),
    expiresIn,
  });
  const path = `/?${new URLSearchParams(request.query as Record<string, string>)}`;
  return { path, headers: request.headers };
}

const get = ({ endpoint }: LocalAws, request: { path: string; headers?: Record<string, string> }) =>
  rawRequest(endpoint, { method: 'GET', ...request });

const identity = {
  status: 200,
  headers: expect.objectContaining({ 'content-type': 'text/xml' }),
  body: expect.stringMatching(
    /^<GetCallerIdentityResponse xmlns="https:\/\/sts\.amazonaws\.com\/doc\/2011-06-15\/"><GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user\/administrator<\/Arn><UserId>\w+<\/UserId><Account>111122223333<\/Account><\/GetCallerIdentityResult><ResponseMetadata><RequestId>[\da-f-]{36}<\/RequestId><\/ResponseMetadata><\/GetCallerIdentityResponse>$/,
  ),
};

describe('a presigned URL', () => {
  test('is answered in XML, and recorded', async ({ local }) => {
    expect(await get(local.aws, await presigned(local.aws))).toMatchObject(identity);
    expect(await local.deliveredEvents()).toMatchObject([{ eventName: 'GetCallerIdentity' }]);
  });

  test.for([
    ['the action', 'Action=GetCallerIdentity', 'Action=GetCallerIdentity&Action=Other'],
    ['a parameter', 'Version', 'Other=1&Version'],
    ['the expiry', 'X-Amz-Expires=900', 'X-Amz-Expires=901'],
    ['the signature', /X-Amz-Signature=\w/, 'X-Amz-Signature=-'],
  ] as const)('is refused once %s is changed', async ([, from, to], { local }) => {
    const { path } = await presigned(local.aws);
    expect(await get(local.aws, { path })).toMatchObject(identity);
    const changed = path.replace(from, to);
    expect(changed).not.toBe(path);
    expect(await get(local.aws, { path: changed })).toMatchObject({
      status: 403,
      headers: { 'content-type': 'text/xml' },
      body: expect.stringContaining(mismatch),
    });
  });

  test('needs the headers that it signs, as a token for Kubernetes does', async ({ local }) => {
    const { path, headers } = await presigned(local.aws, { headers: { 'x-k8s-aws-id': 'cluster' } });
    expect(await get(local.aws, { path, headers })).toMatchObject(identity);
    const others: Record<string, string>[] = [{}, { 'x-k8s-aws-id': 'another' }];
    for (const changed of others) {
      const { status, body } = await get(local.aws, { path, headers: changed });
      expect({ status, body }).toMatchObject({ status: 403, body: expect.stringContaining(mismatch) });
    }
  });

  test('is refused with an x-amz- header that it does not sign', async ({ local }) => {
    const { path } = await presigned(local.aws);
    expect(await get(local.aws, { path })).toMatchObject(identity);
    const { body } = await get(local.aws, { path, headers: { 'x-amz-any': 'a' } });
    expect(body).toContain(
      '&apos;x-amz-any&apos; must be a &apos;SignedHeader&apos; in the AWS Authorization.',
    );
  });

  // aws-iam-authenticator, token.go: 15 minutes, whatever X-Amz-Expires says.
  test.for([1, 900, 604_800])(
    'with X-Amz-Expires=%i is valid for 15 minutes',
    async (expiresIn, { local }) => {
      const urlOf = (age: number) => presigned(local.aws, { signedAt: Date.now() - age * minute, expiresIn });
      for (const age of [14, -14]) expect(await get(local.aws, await urlOf(age))).toMatchObject(identity);
      expect((await get(local.aws, await urlOf(16))).body).toMatch(
        /Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z \(\d{8}T\d{6}Z - 15 min\.\)/,
      );
      expect((await get(local.aws, await urlOf(-16))).body).toMatch(
        /Signature not yet current: \d{8}T\d{6}Z is still later than \d{8}T\d{6}Z \(\d{8}T\d{6}Z \+ 15 min\.\)/,
      );
    },
  );

  test('of temporary credentials needs their session token', async () => {
    const credentials = { accessKeyId: 'ASIAMINE', secretAccessKey: 'mine', sessionToken: 'a+token/==' };
    const { aws } = await startUnderTest({ credentials });
    onTestFinished(() => aws.close());
    expect(await get(aws, await presigned(aws))).toMatchObject(identity);
    const { sessionToken, ...tokenless } = credentials;
    for (const given of [tokenless, { ...credentials, sessionToken: `${sessionToken}2` }]) {
      const { status, body } = await get(aws, await presigned({ ...aws, credentials: given }));
      expect({ status, body }).toMatchObject({
        status: 403,
        body: expect.stringContaining('<Code>InvalidClientTokenId</Code>'),
      });
    }
  });

  test.for(['Credential', 'Signature', 'SignedHeaders', 'Date'])(
    'without X-Amz-%s is incomplete',
    async (name, { local }) => {
      const { path } = await presigned(local.aws);
      expect(await get(local.aws, { path })).toMatchObject(identity);
      const { status, body } = await get(local.aws, {
        path: path.replace(new RegExp(`&X-Amz-${name}=[^&]*`), ''),
      });
      expect(status).toBe(400);
      expect(body).toContain('<Code>IncompleteSignature</Code>');
      expect(body).toContain(
        `<Message>AWS query-string parameters must include &apos;X-Amz-${name}&apos;. Re-examine the query-string parameters.</Message>`,
      );
    },
  );

  test('with an Authorization header as well is refused', async ({ local }) => {
    const { path, headers } = await presigned(local.aws);
    const { authorization = '' } = (
      await sdkSigner(local.aws, 'sts').sign(unsigned(local.aws, parameters, headers))
    ).headers;
    expect(await get(local.aws, { path })).toMatchObject(identity);
    const { body } = await get(local.aws, { path, headers: { ...headers, authorization } });
    expect(body).toContain('Found both &apos;X-Amz-Algorithm&apos;');
  });
});

describe('a signed GET', () => {
  const signedGet = async (aws: LocalAws, query: Record<string, string>, service = 'sts') => {
    const { headers } = await sdkSigner(aws, service).sign(unsigned(aws, query));
    return get(aws, { path: `/?${new URLSearchParams(query)}`, headers });
  };

  test('is answered in XML', async ({ local }) => {
    expect(await signedGet(local.aws, parameters)).toMatchObject(identity);
  });

  test('signed for another service is refused in XML', async ({ local }) => {
    const { status, headers, body } = await signedGet(local.aws, parameters, 'kms');
    expect(status).toBe(403);
    expect(headers['content-type']).toBe('text/xml');
    expect(body).toContain('Credential should be scoped to correct service: &apos;sts&apos;.');
  });
});

describe('the parameters that STS was observed to accept', () => {
  const post = async (aws: LocalAws, body: string) => {
    const type = 'application/x-www-form-urlencoded';
    const request = { ...unsigned(aws, {}, { 'content-type': type }), method: 'POST', body };
    const { headers } = await sdkSigner(aws, 'sts').sign(request);
    return rawRequest(aws.endpoint, { headers, body });
  };

  test.for([
    'Action=GetCallerIdentity&Version=2011-06-15',
    'Action=GetCallerIdentity&Action=NoSuchAction&Version=2011-06-15',
    'Action=GetCallerIdentity&Version=2011-06-15&Version=2000-01-01',
    'Action=GetCallerIdentity&Version=2011-06-15&Unknown=value',
  ])('%s is answered', async (body, { local }) => {
    expect(await post(local.aws, body)).toMatchObject(identity);
  });

  test.for([
    ['Action=NoSuchAction&Version=2011-06-15', 'NoSuchAction for version 2011-06-15'],
    ['Action=GetCallerIdentity', 'GetCallerIdentity for version NO_VERSION_SPECIFIED'],
    ['Action=GetCallerIdentity&Version=', 'GetCallerIdentity for version '],
    ['Action=GetCallerIdentity&Version=2000-01-01', 'GetCallerIdentity for version 2000-01-01'],
    [
      'Action=NoSuchAction&Action=GetCallerIdentity&Version=2011-06-15',
      'NoSuchAction for version 2011-06-15',
    ],
    ['Action=&Version=2011-06-15', ' for version 2011-06-15'],
  ])('%s is refused', async ([body = '', operation], { local }) => {
    expect(await post(local.aws, body)).toMatchObject({
      status: 400,
      body: expect.stringContaining(
        `<ErrorResponse xmlns="http://webservices.amazon.com/AWSFault/2005-15-09"><Error><Type>Sender</Type><Code>InvalidAction</Code><Message>Could not find operation ${operation}</Message>`,
      ),
    });
  });
});
