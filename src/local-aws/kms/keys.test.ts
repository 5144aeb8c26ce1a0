import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EncryptCommand,
  ListKeysCommand,
  paginateListKeys,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { describe, expect } from 'vitest';
import { customerAliases, errorOf, test } from '../testing/local-aws-under-test.ts';

const noSuchId = '11111111-2222-3333-4444-555555555555';
const arnOf = (resource: string) => `arn:aws:kms:us-east-1:111122223333:${resource}`;

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

  test('is not found by an identifier of another account', async ({ local }) => {
    const { id } = await local.newKey();
    const KeyId = `arn:aws:kms:us-east-1:444455556666:key/${id}`;
    expect(await errorOf(local.kms.send(new DescribeKeyCommand({ KeyId })))).toMatchObject({
      name: 'NotFoundException',
      message: `Key '${KeyId}' does not exist`,
    });
  });

  test('rejects an empty KeyId', async ({ local }) => {
    expect(await errorOf(local.kms.send(new DescribeKeyCommand({ KeyId: undefined })))).toMatchObject({
      name: 'ValidationException',
      message:
        "1 validation error detected: Value null at 'keyId' failed to satisfy constraint: Member must not be null",
    });
  });

  test('rejects an alias where AWS takes none', async ({ local }) => {
    const { id } = await local.newKey();
    await local.kms.send(new CreateAliasCommand({ AliasName: 'alias/mine', TargetKeyId: id }));
    const schedule = (KeyId: string) => errorOf(local.kms.send(new ScheduleKeyDeletionCommand({ KeyId })));
    for (const alias of ['alias/mine', arnOf('alias/mine')]) {
      expect(await schedule(alias)).toMatchObject({
        name: 'InvalidArnException',
        message: 'Key Aliases are not supported for this operation.',
      });
    }
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

describe('a key whose deletion is scheduled', () => {
  test('is pending for the window, then gone with its aliases, which CloudTrail records', async ({
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
    expect(await customerAliases(local.kms)).toMatchObject([{ TargetKeyId: id }]);
    const { KeyMetadata } = await local.kms.send(new DescribeKeyCommand({ KeyId: 'alias/mine' }));
    expect(KeyMetadata).toMatchObject({ KeyState: 'PendingDeletion', Enabled: false, DeletionDate });

    local.clock.advance({ seconds: 1 });
    expect(await errorOf(local.kms.send(new DescribeKeyCommand({ KeyId: id })))).toMatchObject({
      name: 'NotFoundException',
      message: `Key '${arn}' does not exist`,
    });
    expect(await customerAliases(local.kms)).toEqual([]);
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
    const described = async () => (await local.kms.send(new DescribeKeyCommand({ KeyId: id }))).KeyMetadata;
    expect(await described()).toHaveProperty('DeletionDate');
    expect(await local.kms.send(new CancelKeyDeletionCommand({ KeyId: id }))).toMatchObject({ KeyId: arn });
    local.clock.advance({ days: 31 });
    expect(await described()).toMatchObject({ KeyState: 'Disabled', Enabled: false });
    expect(await described()).not.toHaveProperty('DeletionDate');
  });

  test('has a window of 30 days by default, or of 7 to 30', async ({ local }) => {
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
