import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { KMSClient, type KMSClientConfig, ListKeysCommand } from '@aws-sdk/client-kms';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect } from 'vitest';
import { errorOf, type LocalAwsUnderTest, startUnderTest, test } from '../testing/local-aws-under-test.ts';
import { rawRequest } from '../testing/raw-request.ts';

const mismatch =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';

const fourMinutes = 4 * 60 * 1000;
const sixMinutes = 6 * 60 * 1000;

const listKeys = (local: LocalAwsUnderTest, settings: KMSClientConfig) =>
  new KMSClient({ ...local.clientSettings, ...settings }).send(new ListKeysCommand({}));

interface SignedRequest {
  headers: Record<string, string>;
  body: string;
  query: Record<string, string>;
}

/** Sends a request that was changed after it was signed. */
function listKeysChanged(local: LocalAwsUnderTest, change: (request: SignedRequest) => void) {
  const client = new KMSClient(local.clientSettings);
  client.middlewareStack.add(
    (next) => (args) => {
      change((args as unknown as { request: SignedRequest }).request);
      return next(args);
    },
    { step: 'deserialize', priority: 'low' },
  );
  return client.send(new ListKeysCommand({ Limit: 5 }));
}

test('a good signature is accepted by each service', async ({ local }) => {
  await expect(listKeys(local, {})).resolves.toMatchObject({ Keys: [] });
  await expect(local.cloudTrail.send(new LookupEventsCommand({}))).resolves.toMatchObject({ Events: [] });
  await expect(local.sts.send(new GetCallerIdentityCommand({}))).resolves.toMatchObject({
    Account: '111122223333',
  });
});

test('a query that a client signs is part of the signature', async ({ local }) => {
  const client = new KMSClient(local.clientSettings);
  client.middlewareStack.add(
    (next) => (args) => {
      (args as unknown as { request: SignedRequest }).request.query = { b: 'x y', a: "(1)*'!", empty: '' };
      return next(args);
    },
    { step: 'build' },
  );
  await expect(client.send(new ListKeysCommand({}))).resolves.toMatchObject({ Keys: [] });
});

describe('a wrong secret key', () => {
  const wrong = (local: LocalAwsUnderTest) => ({
    ...local.clientSettings,
    credentials: { ...local.aws.credentials, secretAccessKey: 'not-the-secret' },
  });

  test('is refused by KMS', async ({ local }) => {
    expect(await errorOf(listKeys(local, wrong(local)))).toEqual({
      name: 'InvalidSignatureException',
      message: mismatch,
      status: 400,
    });
  });

  test('is refused by CloudTrail, in its spelling', async ({ local }) => {
    expect(await errorOf(new CloudTrailClient(wrong(local)).send(new LookupEventsCommand({})))).toEqual({
      name: 'InvalidSignatureException',
      message: mismatch,
      status: 400,
    });
  });

  test('is refused by STS, in its protocol', async ({ local }) => {
    expect(await errorOf(new STSClient(wrong(local)).send(new GetCallerIdentityCommand({})))).toEqual({
      name: 'SignatureDoesNotMatch',
      message: mismatch,
      status: 403,
    });
  });

  test('leaves no event', async ({ local }) => {
    await errorOf(listKeys(local, wrong(local)));
    expect(await local.deliveredEvents()).toEqual([]);
    await listKeys(local, {});
    expect(await local.deliveredEvents()).toMatchObject([{ eventName: 'ListKeys' }]);
  });
});

test('an access key that nobody has is refused, "test" and AWS\'s example among them', async ({ local }) => {
  for (const accessKeyId of ['test', 'AKIAIOSFODNN7EXAMPLE', '']) {
    const credentials = {
      accessKeyId: accessKeyId || 'x',
      secretAccessKey: local.aws.credentials.secretAccessKey,
    };
    expect(await errorOf(listKeys(local, { credentials }))).toEqual({
      name: 'UnrecognizedClientException',
      message: 'The security token included in the request is invalid.',
      status: 400,
    });
  }
});

test('a session token that the access key does not have is refused', async ({ local }) => {
  const credentials = { ...local.aws.credentials, sessionToken: 'a-token' };
  expect(await errorOf(listKeys(local, { credentials }))).toMatchObject({
    name: 'UnrecognizedClientException',
  });
});

test('temporary credentials need their session token, and no other', async () => {
  const credentials = { accessKeyId: 'ASIAMINE', secretAccessKey: 'mine', sessionToken: 'the-token' };
  const local = await startUnderTest({ credentials });
  await expect(listKeys(local, {})).resolves.toMatchObject({ Keys: [] });
  const { sessionToken, ...tokenless } = credentials;
  for (const given of [tokenless, { ...credentials, sessionToken: `${sessionToken}-2` }]) {
    expect(await errorOf(listKeys(local, { credentials: given }))).toMatchObject({
      name: 'UnrecognizedClientException',
    });
  }
  await local.aws.close();
});

test('five minutes either way are allowed, more is not', async ({ local }) => {
  await expect(listKeys(local, { systemClockOffset: -fourMinutes })).resolves.toBeDefined();
  await expect(listKeys(local, { systemClockOffset: fourMinutes })).resolves.toBeDefined();
  expect(await errorOf(listKeys(local, { systemClockOffset: -sixMinutes }))).toMatchObject({
    name: 'InvalidSignatureException',
    message: expect.stringMatching(
      /^Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z \(\d{8}T\d{6}Z - 5 min\.\)$/,
    ),
  });
  expect(await errorOf(listKeys(local, { systemClockOffset: sixMinutes }))).toMatchObject({
    name: 'InvalidSignatureException',
    message: expect.stringMatching(
      /^Signature not yet current: \d{8}T\d{6}Z is still later than \d{8}T\d{6}Z \(\d{8}T\d{6}Z \+ 5 min\.\)$/,
    ),
  });
});

test('the wrong Region is refused', async ({ local }) => {
  expect(await errorOf(listKeys(local, { region: 'eu-west-1' }))).toEqual({
    name: 'InvalidSignatureException',
    message: "Credential should be scoped to a valid region, not 'eu-west-1'.",
    status: 400,
  });
});

test.for<[string, (request: SignedRequest) => void]>([
  ['body', (request) => Object.assign(request, { body: '{"Limit":6}' })],
  ['signed header', ({ headers }) => Object.assign(headers, { 'x-amz-user-agent': 'another' })],
  ['operation', ({ headers }) => Object.assign(headers, { 'x-amz-target': 'TrentService.ListAliases' })],
  ['query', (request) => Object.assign(request, { query: { added: '1' } })],
  ["signature's first digit", (request) => flipDigit(request, 0)],
  ["signature's last digit", (request) => flipDigit(request, 63)],
])('a request whose %s was changed after signing is refused', async ([, change], { local }) => {
  expect(await errorOf(listKeysChanged(local, change))).toEqual({
    name: 'InvalidSignatureException',
    message: mismatch,
    status: 400,
  });
});

function flipDigit({ headers }: SignedRequest, at: number): void {
  const [before = '', signature = ''] = (headers.authorization ?? '').split('Signature=');
  const digit = signature[at] === '0' ? '1' : '0';
  headers.authorization = `${before}Signature=${signature.slice(0, at)}${digit}${signature.slice(at + 1)}`;
}

describe('the order of checks on the Authorization header', () => {
  const target = { 'x-amz-target': 'TrentService.ListKeys', 'content-type': 'application/x-amz-json-1.1' };
  const now = () => new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
  const authorization = (credential: string, signedHeaders = 'host;x-amz-date;x-amz-target') =>
    `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signedHeaders}, Signature=00`;

  const refusal = async (local: LocalAwsUnderTest, headers: Record<string, string>) => {
    const { status, body } = await rawRequest(local.aws.endpoint, {
      headers: { ...target, ...headers },
      body: '{',
    });
    return { status, ...JSON.parse(body) };
  };

  test('none', async ({ local }) => {
    expect(await refusal(local, {})).toEqual({
      status: 400,
      __type: 'MissingAuthenticationTokenException',
      message: 'Request is missing Authentication Token',
    });
  });

  test('another algorithm', async ({ local }) => {
    expect(await refusal(local, { authorization: 'Basic dGVzdDp0ZXN0' })).toMatchObject({
      __type: 'IncompleteSignatureException',
    });
  });

  test('parts that are missing', async ({ local }) => {
    expect(await refusal(local, { authorization: 'AWS4-HMAC-SHA256 Credential=a' })).toEqual({
      status: 400,
      __type: 'IncompleteSignatureException',
      message:
        "Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=AWS4-HMAC-SHA256 Credential=a",
    });
  });

  test('a date in no known format', async ({ local }) => {
    expect(await refusal(local, { authorization: authorization('a'), 'x-amz-date': '201' })).toEqual({
      status: 400,
      __type: 'IncompleteSignatureException',
      message:
        "Date must be in ISO-8601 'basic format'. Got '201'. See http://en.wikipedia.org/wiki/ISO_8601",
    });
  });

  test('an expired date comes before a bad credential', async ({ local }) => {
    const headers = { authorization: authorization('a'), 'x-amz-date': '20200101T000000Z' };
    expect(await refusal(local, headers)).toMatchObject({
      __type: 'InvalidSignatureException',
      message: expect.stringMatching(/^Signature expired: 20200101T000000Z is now earlier than /),
    });
  });

  test('a host that is not signed', async ({ local }) => {
    const headers = { authorization: authorization('a', 'x-amz-date;x-amz-target'), 'x-amz-date': now() };
    expect(await refusal(local, headers)).toMatchObject({
      __type: 'InvalidSignatureException',
      message: "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
    });
  });

  test('a credential of another shape', async ({ local }) => {
    const headers = { authorization: authorization('a/b/c/d'), 'x-amz-date': now() };
    expect(await refusal(local, headers)).toMatchObject({
      __type: 'IncompleteSignatureException',
      message:
        "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'a/b/c/d'",
    });
  });

  test('a wrong scope, each part of it named', async ({ local }) => {
    const day = now().slice(0, 8);
    const headers = { authorization: authorization(`a/${day}/c/s3/e`), 'x-amz-date': now() };
    expect(await refusal(local, headers)).toMatchObject({
      __type: 'InvalidSignatureException',
      message:
        "Credential should be scoped to a valid region, not 'c'. Credential should be scoped to correct service: 'kms'. Credential should be scoped with a valid terminator: 'aws4_request', not 'e'.",
    });
  });

  test('the signature comes before the body', async ({ local }) => {
    const day = now().slice(0, 8);
    const credential = `${local.aws.credentials.accessKeyId}/${day}/us-east-1/kms/aws4_request`;
    const headers = { authorization: authorization(credential), 'x-amz-date': now() };
    expect(await refusal(local, headers)).toMatchObject({
      __type: 'InvalidSignatureException',
      message: mismatch,
    });
  });
});
