import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateKeyCommand,
  type CreateKeyCommandInput,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EncryptCommand,
  ListAliasesCommand,
  ListKeysCommand,
  paginateListKeys,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { describe, expect } from 'vitest';
import { errorOf, test } from '../testing/local-aws-under-test.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const noSuchId = '11111111-2222-3333-4444-555555555555';
const arnOf = (resource: string) => `arn:aws:kms:us-east-1:111122223333:${resource}`;

describe('CreateKey', () => {
  test('makes an enabled symmetric key', async ({ local }) => {
    const { KeyMetadata } = await local.kms.send(new CreateKeyCommand({ Description: 'for a test' }));
    expect(KeyMetadata).toEqual({
      AWSAccountId: '111122223333',
      Arn: arnOf(`key/${KeyMetadata?.KeyId}`),
      CreationDate: new Date(local.clock.now()),
      CurrentKeyMaterialId: expect.stringMatching(/^[0-9a-f]{64}$/),
      CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
      Description: 'for a test',
      Enabled: true,
      EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
      KeyId: expect.stringMatching(uuid),
      KeyManager: 'CUSTOMER',
      KeySpec: 'SYMMETRIC_DEFAULT',
      KeyState: 'Enabled',
      KeyUsage: 'ENCRYPT_DECRYPT',
      MultiRegion: false,
      Origin: 'AWS_KMS',
    });
    expect(await local.kms.send(new DescribeKeyCommand({ KeyId: KeyMetadata?.KeyId }))).toMatchObject({
      KeyMetadata,
    });
  });

  test.for<[string, object, { name: string; message: string }]>([
    [
      'an unknown key spec',
      { KeySpec: 'HMAC_random' },
      {
        name: 'ValidationException',
        message: expect.stringMatching(
          /^1 validation error detected: Value 'HMAC_random' at 'keySpec' failed to satisfy constraint: Member must satisfy enum value set: \[RSA_2048, ECC_NIST_P384, .*HMAC_512.*\]$/,
        ),
      },
    ],
    [
      'a tag key that is too long',
      { Tags: [{ TagKey: 'k'.repeat(129), TagValue: 'v' }] },
      {
        name: 'ValidationException',
        message: `1 validation error detected: Value '${'k'.repeat(129)}' at 'tags.1.member.tagKey' failed to satisfy constraint: Member must have length less than or equal to 128`,
      },
    ],
    [
      'two faults at once',
      { Description: 'd'.repeat(8193), Tags: [{ TagKey: 'k', TagValue: 'v'.repeat(257) }] },
      {
        name: 'ValidationException',
        message: `2 validation errors detected: Value '${'d'.repeat(8193)}' at 'description' failed to satisfy constraint: Member must have length less than or equal to 8192; Value '${'v'.repeat(257)}' at 'tags.1.member.tagValue' failed to satisfy constraint: Member must have length less than or equal to 256`,
      },
    ],
    [
      'an asymmetric key without a usage',
      { KeySpec: 'RSA_2048' },
      {
        name: 'ValidationException',
        message: 'You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.',
      },
    ],
    [
      'a usage that does not go with the spec',
      { KeyUsage: 'SIGN_VERIFY' },
      {
        name: 'ValidationException',
        message: 'KeyUsage SIGN_VERIFY is not compatible with KeySpec SYMMETRIC_DEFAULT',
      },
    ],
    [
      'the same tag twice',
      { Tags: [tag('a'), tag('a')] },
      { name: 'TagException', message: 'Duplicate tag keys' },
    ],
    [
      'a reserved tag',
      { Tags: [tag('aws:a')] },
      { name: 'TagException', message: 'Tags beginning with aws: are reserved' },
    ],
    [
      'more than 50 tags',
      { Tags: Array.from({ length: 51 }, (_, index) => tag(`tag-${index}`)) },
      { name: 'TagException', message: 'Too many tags' },
    ],
    [
      'a kind that the local AWS does not make',
      { KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' },
      {
        name: 'UnsupportedOperationException',
        message: expect.stringContaining("it can't make a key with KeySpec RSA_2048."),
      },
    ],
    [
      'several Regions',
      { MultiRegion: true },
      { name: 'UnsupportedOperationException', message: expect.stringContaining('MultiRegion true.') },
    ],
    [
      'imported material',
      { Origin: 'EXTERNAL' },
      { name: 'UnsupportedOperationException', message: expect.stringContaining('Origin EXTERNAL.') },
    ],
    [
      'a description that is a number',
      { Description: 5 },
      { name: 'SerializationException', message: 'NUMBER_VALUE can not be converted to a String' },
    ],
  ])('refuses %s, and makes no key', async ([, input, expected], { local }) => {
    const error = await errorOf(local.kms.send(new CreateKeyCommand(input as CreateKeyCommandInput)));
    expect(error).toEqual({ ...expected, status: 400 });
    expect(await local.kms.send(new ListKeysCommand({}))).toMatchObject({ Keys: [] });
  });
});

function tag(TagKey: string) {
  return { TagKey, TagValue: '' };
}

describe('a key is found', () => {
  test('by id, ARN, alias and alias ARN', async ({ local }) => {
    const { id, arn } = await local.newKey();
    await local.kms.send(new CreateAliasCommand({ AliasName: 'alias/mine', TargetKeyId: id }));
    for (const KeyId of [id, arn, 'alias/mine', arnOf('alias/mine')]) {
      const { KeyMetadata } = await local.kms.send(new DescribeKeyCommand({ KeyId }));
      expect(KeyMetadata?.Arn).toBe(arn);
    }
  });

  test.for<[string, string, string]>([
    ['key_id', 'NotFoundException', "Invalid keyId 'key_id'"],
    [
      '134f2428cec14b25a1ae9048164dba47',
      'NotFoundException',
      "Invalid keyId '134f2428cec14b25a1ae9048164dba47'",
    ],
    [noSuchId, 'NotFoundException', `Key '${arnOf(`key/${noSuchId}`)}' does not exist`],
    [arnOf(`key/${noSuchId}`), 'NotFoundException', `Key '${arnOf(`key/${noSuchId}`)}' does not exist`],
    ['alias/none', 'NotFoundException', `Alias ${arnOf('alias/none')} is not found.`],
    [arnOf('alias/none'), 'NotFoundException', `Alias ${arnOf('alias/none')} is not found.`],
    [`arn:aws:kms:eu-west-1:111122223333:key/${noSuchId}`, 'NotFoundException', 'Invalid arn eu-west-1'],
    ['arn:aws:s3:::bucket', 'InvalidArnException', 'Invalid ARN: arn:aws:s3:::bucket'],
  ])('not by %s', async ([KeyId, name, message], { local }) => {
    expect(await errorOf(local.kms.send(new DescribeKeyCommand({ KeyId })))).toEqual({
      name,
      message,
      status: 400,
    });
  });

  test('by no identifier of another account', async ({ local }) => {
    const { id } = await local.newKey();
    const KeyId = `arn:aws:kms:us-east-1:444455556666:key/${id}`;
    expect(await errorOf(local.kms.send(new DescribeKeyCommand({ KeyId })))).toMatchObject({
      name: 'NotFoundException',
      message: `Key '${KeyId}' does not exist`,
    });
  });

  test('not without an identifier', async ({ local }) => {
    expect(await errorOf(local.kms.send(new DescribeKeyCommand({ KeyId: undefined })))).toMatchObject({
      name: 'ValidationException',
      message:
        "1 validation error detected: Value null at 'keyId' failed to satisfy constraint: Member must not be null",
    });
  });

  test('not by an alias where AWS takes none', async ({ local }) => {
    const { id } = await local.newKey();
    await local.kms.send(new CreateAliasCommand({ AliasName: 'alias/mine', TargetKeyId: id }));
    const schedule = (KeyId: string) => errorOf(local.kms.send(new ScheduleKeyDeletionCommand({ KeyId })));
    expect(await schedule('alias/mine')).toMatchObject({
      name: 'NotFoundException',
      message: "Invalid keyId 'alias/mine'",
    });
    expect(await schedule(arnOf('alias/mine'))).toMatchObject({
      name: 'InvalidArnException',
      message: 'Key Aliases are not supported for this operation.',
    });
  });
});

describe('ListKeys', () => {
  test('pages through every key once', async ({ local }) => {
    const made = await Promise.all(Array.from({ length: 7 }, () => local.newKey()));
    const seen: unknown[] = [];
    const sizes: number[] = [];
    for await (const page of paginateListKeys({ client: local.kms, pageSize: 3 }, {})) {
      seen.push(...(page.Keys ?? []));
      sizes.push(page.Keys?.length ?? 0);
    }
    expect(sizes).toEqual([3, 3, 1]);
    expect(new Set(seen)).toEqual(new Set(made.map(({ id, arn }) => ({ KeyId: id, KeyArn: arn }))));
  });

  test('refuses a marker and a limit that it did not give', async ({ local }) => {
    expect(await errorOf(local.kms.send(new ListKeysCommand({ Marker: 'abc' })))).toMatchObject({
      name: 'InvalidMarkerException',
    });
    expect(await errorOf(local.kms.send(new ListKeysCommand({ Limit: 0 })))).toMatchObject({
      message:
        "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
    });
  });
});

describe('a key that is to be deleted', () => {
  test('is pending for the window, then gone with its aliases; then CloudTrail tells of it', async ({
    local,
  }) => {
    const { id, arn } = await local.newKey();
    await local.kms.send(new CreateAliasCommand({ AliasName: 'alias/mine', TargetKeyId: id }));
    const { CiphertextBlob } = await local.kms.send(
      new EncryptCommand({ KeyId: id, Plaintext: Buffer.from('secret') }),
    );
    const scheduled = await local.kms.send(
      new ScheduleKeyDeletionCommand({ KeyId: id, PendingWindowInDays: 7 }),
    );
    const DeletionDate = new Date(local.clock.now() + 7 * 24 * 60 * 60 * 1000);
    expect(scheduled).toMatchObject({
      KeyId: arn,
      KeyState: 'PendingDeletion',
      PendingWindowInDays: 7,
      DeletionDate,
    });

    local.clock.advance({ days: 7, seconds: -1 });
    const { KeyMetadata } = await local.kms.send(new DescribeKeyCommand({ KeyId: 'alias/mine' }));
    expect(KeyMetadata).toMatchObject({ KeyState: 'PendingDeletion', Enabled: false, DeletionDate });

    local.clock.advance({ seconds: 1 });
    expect(await errorOf(local.kms.send(new DescribeKeyCommand({ KeyId: id })))).toMatchObject({
      name: 'NotFoundException',
      message: `Key '${arn}' does not exist`,
    });
    expect(await local.kms.send(new ListAliasesCommand({}))).toMatchObject({ Aliases: [] });
    expect(await errorOf(local.kms.send(new DecryptCommand({ CiphertextBlob })))).toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('does not exist'),
    });
    const [deleted] = await local.deliveredEvents({
      LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: 'DeleteKey' }],
    });
    expect(deleted).toMatchObject({
      eventType: 'AwsServiceEvent',
      userIdentity: { accountId: '111122223333', invokedBy: 'AWS Internal' },
      resources: [{ ARN: arn, type: 'AWS::KMS::Key', accountId: '111122223333' }],
    });
  });

  test('stays if its deletion is cancelled, and is disabled then', async ({ local }) => {
    const { id, arn } = await local.newKey();
    await local.kms.send(new ScheduleKeyDeletionCommand({ KeyId: id }));
    expect(await local.kms.send(new CancelKeyDeletionCommand({ KeyId: id }))).toMatchObject({ KeyId: arn });
    local.clock.advance({ days: 31 });
    const { KeyMetadata } = await local.kms.send(new DescribeKeyCommand({ KeyId: id }));
    expect(KeyMetadata).toMatchObject({ KeyState: 'Disabled', Enabled: false });
    expect(KeyMetadata).not.toHaveProperty('DeletionDate');
  });

  test('has 30 days by default, and from 7 to 30 if asked', async ({ local }) => {
    const { id } = await local.newKey();
    const schedule = (PendingWindowInDays?: number) =>
      local.kms.send(new ScheduleKeyDeletionCommand({ KeyId: id, PendingWindowInDays }));
    for (const days of [6, 31])
      expect(await errorOf(schedule(days))).toMatchObject({ name: 'ValidationException' });
    expect(await errorOf(schedule(0))).toMatchObject({
      message:
        "1 validation error detected: Value '0' at 'pendingWindowInDays' failed to satisfy constraint: Member must have value greater than or equal to 1",
    });
    expect(await schedule()).toMatchObject({ PendingWindowInDays: 30 });
  });
});

test('a disabled key works again once it is enabled', async ({ local }) => {
  const { id } = await local.newKey();
  const encrypt = () => local.kms.send(new EncryptCommand({ KeyId: id, Plaintext: Buffer.from('x') }));
  await local.kms.send(new DisableKeyCommand({ KeyId: id }));
  expect(await errorOf(encrypt())).toMatchObject({ name: 'DisabledException' });
  await local.kms.send(new EnableKeyCommand({ KeyId: id }));
  await expect(encrypt()).resolves.toMatchObject({ EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' });
});
