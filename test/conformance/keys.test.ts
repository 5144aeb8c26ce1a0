import {
  CreateKeyCommand,
  type CreateKeyCommandInput,
  DescribeKeyCommand,
  type KeyMetadata,
  ListKeysCommand,
  paginateListKeys,
  ScheduleKeyDeletionCommand,
  UpdateKeyDescriptionCommand,
} from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { key, kms, otherKey } from './clients.ts';
import { eventually } from './eventually.ts';
import { constraintBroken, refusal, refusalOf } from './refusal.ts';

const { tags: Tags, description: Description } = inject('run');

describe('a new key', () => {
  let created: KeyMetadata | undefined;

  // Without an alias: the run's tags lead the clean-up to it.
  beforeAll(async () => {
    created = (await kms.send(new CreateKeyCommand({ Description, Tags }))).KeyMetadata;
  });
  afterAll(async () => {
    if (!created) return;
    await eventually(() =>
      kms.send(new ScheduleKeyDeletionCommand({ KeyId: created?.KeyId, PendingWindowInDays: 7 })),
    );
  });

  // recorded (test_create_key); CurrentKeyMaterialId: API reference, KeyMetadata
  test('is a symmetric encryption key, and enabled', () => {
    const KeyId = created?.KeyId;
    const [, partition, , region, account] = key.arn.split(':');
    expect(KeyId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(created).toEqual({
      AWSAccountId: account,
      Arn: `arn:${partition}:kms:${region}:${account}:key/${KeyId}`,
      CreationDate: expect.any(Date),
      CurrentKeyMaterialId: expect.stringMatching(/^[0-9a-f]{64}$/),
      CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
      Description,
      Enabled: true,
      EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
      KeyId,
      KeyManager: 'CUSTOMER',
      KeySpec: 'SYMMETRIC_DEFAULT',
      KeyState: 'Enabled',
      KeyUsage: 'ENCRYPT_DECRYPT',
      MultiRegion: false,
      Origin: 'AWS_KMS',
    });
    // Within a day: clocks differ.
    expect(Math.abs(Number(created?.CreationDate) - Date.now())).toBeLessThan(24 * 60 * 60 * 1000);
  });

  // recorded (test_create_key): CreateKey and DescribeKey give the same
  test('is described as it was created', () =>
    eventually(async () => {
      const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: created?.KeyId }));
      expect(KeyMetadata).toEqual(created);
    }));

  // API reference, UpdateKeyDescription: its answer has no members
  test('accepts another description', async () => {
    const description = `${Description}, described anew`;
    await eventually(() =>
      kms.send(new UpdateKeyDescriptionCommand({ KeyId: created?.KeyId, Description: description })),
    );
    await eventually(async () => {
      const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: created?.Arn }));
      expect(KeyMetadata?.Description).toBe(description);
    });
    await kms.send(new UpdateKeyDescriptionCommand({ KeyId: created?.KeyId, Description }));
    await eventually(async () => {
      const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: created?.Arn }));
      expect(KeyMetadata?.Description).toBe(Description);
    });
  });
});

describe('ListKeys', () => {
  const mostPages = 50;

  // API reference, ListKeys: an entry has an id and an ARN
  test('has every key', () =>
    eventually(async () => {
      const listed: object[] = [];
      let pages = 0;
      for await (const { Keys = [] } of paginateListKeys({ client: kms, pageSize: 1000 }, {})) {
        listed.push(...Keys);
        if (++pages === mostPages) break;
      }
      for (const { id, arn } of [key, otherKey]) expect(listed).toContainEqual({ KeyId: id, KeyArn: arn });
    }));

  // API reference, ListKeys: Limit, Truncated and NextMarker
  test('continues after the previous page', async () => {
    const first = await kms.send(new ListKeysCommand({ Limit: 1 }));
    expect(first.Keys).toHaveLength(1);
    expect(first.Truncated).toBe(true);
    const second = await kms.send(new ListKeysCommand({ Limit: 1, Marker: first.NextMarker }));
    expect(second.Keys).toHaveLength(1);
    expect(second.Keys).not.toEqual(first.Keys);
  });

  // model: LimitType is 1 to 1000, MarkerType at least one character
  test.each([
    [{ Limit: 0 }, constraintBroken("'0' at 'limit'", 'have value greater than or equal to 1')],
    [{ Limit: 1001 }, constraintBroken("'1001' at 'limit'", 'have value less than or equal to 1000')],
  ])('refuses %j', async (input, expected) => {
    expect(await refusalOf(kms.send(new ListKeysCommand(input)))).toEqual(expected);
  });

  // API reference, ListKeys: InvalidMarkerException
  test('refuses an invalid marker', async () => {
    expect(await refusalOf(kms.send(new ListKeysCommand({ Marker: 'abc' })))).toMatchObject({
      name: 'InvalidMarkerException',
      status: 400,
    });
  });
});

describe('CreateKey refuses', () => {
  const create = (input: object) =>
    refusalOf(kms.send(new CreateKeyCommand({ Description, Tags, ...input } as CreateKeyCommandInput)));
  const tag = (TagKey: string, TagValue = '') => ({ TagKey, TagValue });

  // recorded (test_tag_key_with_duplicate_tag_keys_raises_error, test_create_key_with_…_tag…)
  test.each([
    ['the same tag twice', [tag('a'), tag('a')], refusal('TagException', 'Duplicate tag keys')],
    [
      'a reserved tag',
      [tag('aws:reserved')],
      refusal('TagException', 'Tags beginning with aws: are reserved'),
    ],
    [
      'a reserved tag in capitals',
      [tag('AWS:reserved')],
      refusal('TagException', 'Tags beginning with aws: are reserved'),
    ],
    [
      '51 tags',
      Array.from({ length: 51 }, (_, index) => tag(`tag-${index}`)),
      refusal('TagException', 'Too many tags'),
    ],
    [
      'a tag key of 129 characters',
      [tag('k'.repeat(129))],
      constraintBroken(
        `'${'k'.repeat(129)}' at 'tags.1.member.tagKey'`,
        'have length less than or equal to 128',
      ),
    ],
    [
      'a tag value of 257 characters',
      [tag('k', 'v'.repeat(257))],
      constraintBroken(
        `'${'v'.repeat(257)}' at 'tags.1.member.tagValue'`,
        'have length less than or equal to 256',
      ),
    ],
  ])('%s', async (_what, tags, expected) => {
    expect(await create({ Tags: tags })).toEqual(expected);
  });

  // recorded (test_hmac_create_key_invalid_operations); AWS adds to the set of values from time to time
  test.each([
    ['a key spec that is none', { KeySpec: 'HMAC_random' }, "Value 'HMAC_random' at 'keySpec'"],
    ['a key usage that is none', { KeyUsage: 'RANDOM' }, "Value 'RANDOM' at 'keyUsage'"],
  ])('%s', async (_what, input, where) => {
    const { name, message, status } = await create(input);
    expect({ name, status }).toEqual({ name: 'ValidationException', status: 400 });
    const start = `1 validation error detected: ${where} failed to satisfy constraint: Member must satisfy enum value set: [`;
    expect(message.slice(0, start.length)).toBe(start);
  });

  // recorded (test_hmac_create_key_invalid_operations)
  test('another kind of key without a usage', async () => {
    expect(await create({ KeySpec: 'HMAC_256' })).toEqual(
      refusal(
        'ValidationException',
        'You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.',
      ),
    );
  });

  // recorded (test_derive_shared_secret: KEY_AGREEMENT); reported (grucloud/grucloud, KmsKey.js: both specs)
  test.each([
    [
      'a key usage that the spec has not',
      { KeySpec: 'RSA_2048', KeyUsage: 'KEY_AGREEMENT' },
      'KeyUsage KEY_AGREEMENT is not compatible with KeySpec RSA_2048',
    ],
    [
      'a spec in the new and the old way',
      { KeySpec: 'SYMMETRIC_DEFAULT', CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT' },
      'You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.',
    ],
  ])('%s', async (_what, input, message) => {
    expect(await create(input)).toEqual(refusal('ValidationException', message));
  });

  // model: DescriptionType
  test('a description of 8193 characters', async () => {
    const { name, message } = await create({ Description: 'd'.repeat(8193) });
    expect(name).toBe('ValidationException');
    expect(message).toContain(
      "at 'description' failed to satisfy constraint: Member must have length less than or equal to 8192",
    );
  });
});
