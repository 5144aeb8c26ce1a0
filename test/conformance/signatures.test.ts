import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import {
  DescribeKeyCommand,
  EncryptCommand,
  KMSClient,
  type KMSClientConfig,
  ListKeysCommand,
} from '@aws-sdk/client-kms';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { beforeAll, describe, expect, test } from 'vitest';
import { key, kms, otherKey } from './clients.ts';
import { refusalOf } from './refusal.ts';

type Credentials = Awaited<ReturnType<typeof kms.config.credentials>>;

let valid: Credentials;
beforeAll(async () => {
  valid = await kms.config.credentials();
});

/** A client that asks once, so that the SDK mends nothing. */
const client = (config: KMSClientConfig = {}) => new KMSClient({ maxAttempts: 1, ...config });

const wrongSecret = (): Credentials => ({ ...valid, secretAccessKey: `${valid.secretAccessKey.slice(1)}x` });
const unknownKey = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const listKeys = new ListKeysCommand({ Limit: 1 });

// KMS's answer to a wrong signature as it went over the wire: aws/aws-sdk-cpp#1681. The names are those of CommonErrors
// in the API references; STS speaks the query protocol, which has its own.
describe('a wrong secret key is refused', () => {
  test('by KMS', async () => {
    const { name, message, status } = await refusalOf(client({ credentials: wrongSecret() }).send(listKeys));
    expect({ name, status }).toEqual({ name: 'InvalidSignatureException', status: 400 });
    expect(message).toMatch(
      /^The request signature we calculated does not match the signature you provided\./,
    );
  });

  test('by CloudTrail', async () => {
    const cloudTrail = new CloudTrailClient({ maxAttempts: 1, credentials: wrongSecret() });
    const { name, status } = await refusalOf(cloudTrail.send(new LookupEventsCommand({ MaxResults: 1 })));
    expect({ name, status }).toEqual({ name: 'InvalidSignatureException', status: 400 });
  });

  test('by STS', async () => {
    const sts = new STSClient({ maxAttempts: 1, credentials: wrongSecret() });
    const { name, status } = await refusalOf(sts.send(new GetCallerIdentityCommand()));
    expect({ name, status }).toEqual({ name: 'SignatureDoesNotMatch', status: 403 });
  });
});

describe('an unknown access key is refused', () => {
  test.each([
    ['the one of the documentation', unknownKey],
    ['the one that emulators let pass', { accessKeyId: 'test', secretAccessKey: 'test' }],
  ])('%s', async (_what, credentials) => {
    const { name, message, status } = await refusalOf(client({ credentials }).send(listKeys));
    expect({ name, status }).toEqual({ name: 'UnrecognizedClientException', status: 400 });
    expect(message).toBe('The security token included in the request is invalid.');
  });

  test('by STS', async () => {
    const sts = new STSClient({ maxAttempts: 1, credentials: unknownKey });
    const { name, status } = await refusalOf(sts.send(new GetCallerIdentityCommand()));
    expect({ name, status }).toEqual({ name: 'InvalidClientTokenId', status: 403 });
  });
});

// CommonErrors: MissingAuthenticationToken; KMS's own name for it has the ending
test('an unsigned request is refused', async () => {
  const unsigned = client({ signer: { sign: async (request) => request } });
  expect(await refusalOf(unsigned.send(listKeys))).toMatchObject({
    name: 'MissingAuthenticationTokenException',
    status: 400,
  });
});

// IAM user guide, signature-v4-troubleshooting.html: more than five minutes are too many
test.each([
  ['old', -60],
  ['early', 60],
])('a signature that is an hour too %s is refused', async (_how, minutes) => {
  const late = client({ systemClockOffset: minutes * 60_000 });
  const { name, message, status } = await refusalOf(late.send(listKeys));
  expect({ name, status }).toEqual({ name: 'InvalidSignatureException', status: 400 });
  expect(message).toMatch(minutes < 0 ? /^Signature expired: / : /^Signature not yet current: /);
});

// IAM user guide, create-signed-request.html: the hash of the body is part of what is signed
test('a request whose body was changed after it was signed is refused', async () => {
  const changing = client();
  changing.middlewareStack.add(
    (next) => (call) => {
      const request = call.request as { body: Uint8Array | string };
      const body = new TextDecoder().decode(request.body as Uint8Array);
      // Of the same length, or the transport would notice.
      request.body = body.replace(key.id, otherKey.id);
      return next(call);
    },
    { step: 'finalizeRequest', priority: 'low' },
  );
  const call = changing.send(new DescribeKeyCommand({ KeyId: key.id }));
  expect(await refusalOf(call)).toMatchObject({ name: 'InvalidSignatureException', status: 400 });
});

test('what the valid credentials sign is answered', async () => {
  const { CiphertextBlob } = await client().send(
    new EncryptCommand({ KeyId: key.id, Plaintext: Buffer.from('a secret') }),
  );
  expect(CiphertextBlob).toBeInstanceOf(Uint8Array);
});
