import {
  CreateAliasCommand,
  DecryptCommand,
  EncryptCommand,
  ReEncryptCommand,
  type ReEncryptCommandInput,
  RotateKeyOnDemandCommand,
} from '@aws-sdk/client-kms';
import { describe, expect } from 'vitest';
import { errorOf, type LocalAwsUnderTest, test } from '../../testing/local-aws-under-test.ts';

const from = { department: 'one' };
const to = { level: '3A' };

/** Two keys, and a secret under the first of them. */
async function sealed({ kms, newKey }: LocalAwsUnderTest) {
  const [source, destination] = [await newKey(), await newKey()];
  const { CiphertextBlob } = await kms.send(
    new EncryptCommand({ KeyId: source.id, Plaintext: Buffer.from('secret'), EncryptionContext: from }),
  );
  const { KeyMaterialId } = await kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: from }));
  return { source, destination, CiphertextBlob, KeyMaterialId };
}

const reEncrypt = ({ kms }: LocalAwsUnderTest, input: Partial<ReEncryptCommandInput>) =>
  kms.send(new ReEncryptCommand({ SourceEncryptionContext: from, ...input } as ReEncryptCommandInput));

test('encrypts under another key and encryption context; the answer has no plaintext', async ({ local }) => {
  const { source, destination, CiphertextBlob, KeyMaterialId } = await sealed(local);
  const moved = await reEncrypt(local, {
    CiphertextBlob,
    DestinationKeyId: destination.id,
    DestinationEncryptionContext: to,
  });
  const { $metadata, ...members } = moved;
  const opened = await local.kms.send(
    new DecryptCommand({ CiphertextBlob: moved.CiphertextBlob, EncryptionContext: to }),
  );
  expect(members).toEqual({
    CiphertextBlob: expect.any(Uint8Array),
    SourceKeyId: source.arn,
    KeyId: destination.arn,
    SourceEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
    DestinationEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
    SourceKeyMaterialId: KeyMaterialId,
    DestinationKeyMaterialId: opened.KeyMaterialId,
  });
  expect(opened.KeyId).toBe(destination.arn);
  expect(Buffer.from(opened.Plaintext ?? []).toString()).toBe('secret');
});

test('moves to the newest material of the same key', async ({ local }) => {
  const { source, CiphertextBlob, KeyMaterialId } = await sealed(local);
  await local.kms.send(new RotateKeyOnDemandCommand({ KeyId: source.id }));
  const moved = await reEncrypt(local, { CiphertextBlob, DestinationKeyId: source.id });
  expect(moved.SourceKeyMaterialId).toBe(KeyMaterialId);
  expect(moved.DestinationKeyMaterialId).not.toBe(KeyMaterialId);
});

test('accepts an id, an ARN, an alias and an alias ARN for either key', async ({ local }) => {
  const { source, destination, CiphertextBlob } = await sealed(local);
  for (const [name, key] of [
    ['alias/source', source],
    ['alias/destination', destination],
  ] as const) {
    await local.kms.send(new CreateAliasCommand({ AliasName: name, TargetKeyId: key.id }));
  }
  const prefix = 'arn:aws:kms:us-east-1:111122223333:';
  for (const [SourceKeyId, DestinationKeyId] of [
    [source.id, destination.arn],
    [source.arn, destination.id],
    ['alias/source', `${prefix}alias/destination`],
    [`${prefix}alias/source`, 'alias/destination'],
  ] as const) {
    const moved = await reEncrypt(local, { CiphertextBlob, SourceKeyId, DestinationKeyId });
    expect(moved).toMatchObject({ SourceKeyId: source.arn, KeyId: destination.arn });
  }
});

describe('a dry run', () => {
  const dryRun = {
    name: 'DryRunOperationException',
    message: 'The request would have succeeded, but the DryRun option is set.',
    status: 400,
  };

  test('says that it would have succeeded', async ({ local }) => {
    const { destination, CiphertextBlob } = await sealed(local);
    const input = { CiphertextBlob, DestinationKeyId: destination.id, DryRun: true };
    expect(await errorOf(reEncrypt(local, input))).toEqual(dryRun);
  });

  test('checks the ciphertext, unless told to ignore it', async ({ local }) => {
    const { source, destination, CiphertextBlob } = await sealed(local);
    const keys = { SourceKeyId: source.id, DestinationKeyId: destination.id, DryRun: true };
    const wrongContext = { ...keys, CiphertextBlob, SourceEncryptionContext: {} };
    expect(await errorOf(reEncrypt(local, wrongContext))).toMatchObject({
      name: 'InvalidCiphertextException',
    });
    const ignoring = { DryRunModifiers: ['IGNORE_CIPHERTEXT'] } satisfies Partial<ReEncryptCommandInput>;
    expect(await errorOf(reEncrypt(local, { ...wrongContext, ...ignoring }))).toEqual(dryRun);
    expect(await errorOf(reEncrypt(local, { ...keys, ...ignoring }))).toEqual(dryRun);
    expect(await errorOf(reEncrypt(local, { ...keys, ...ignoring, SourceKeyId: undefined }))).toMatchObject({
      name: 'ValidationException',
    });
  });
});

test('its record has both keys, in order, and both encryption contexts', async ({ local }) => {
  const { source, destination, CiphertextBlob, KeyMaterialId } = await sealed(local);
  const moved = await reEncrypt(local, {
    CiphertextBlob,
    DestinationKeyId: destination.id,
    DestinationEncryptionContext: to,
  });
  const [record] = await local.deliveredEvents();
  // As in the KMS developer guide, ct-reencrypt.html.
  expect(record).toMatchObject({
    eventName: 'ReEncrypt',
    readOnly: true,
    responseElements: null,
    resources: [{ ARN: source.arn }, { ARN: destination.arn }],
    additionalEventData: {
      sourceKeyMaterialId: KeyMaterialId,
      destinationKeyMaterialId: moved.DestinationKeyMaterialId,
    },
  });
  expect(record?.requestParameters).toEqual({
    sourceEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
    sourceEncryptionContext: from,
    destinationKeyId: destination.id,
    destinationEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
    destinationEncryptionContext: to,
  });
  for (const AttributeValue of [source.arn, destination.arn]) {
    const LookupAttributes = [{ AttributeKey: 'ResourceName' as const, AttributeValue }];
    const found = await local.deliveredEvents({ LookupAttributes });
    expect(found.map(({ eventName }) => eventName)).toContain('ReEncrypt');
  }
});
