import {
  CreateKeyCommand,
  type CreateKeyCommandInput,
  DescribeKeyCommand,
  ListKeysCommand,
} from '@aws-sdk/client-kms';
import { describe, expect } from 'vitest';
import { errorOf, test } from '../../testing/local-aws-under-test.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
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
    const { id } = await local.newKey();
    expect(await local.kms.send(new ListKeysCommand({}))).toMatchObject({ Keys: [{ KeyId: id }] });
  });
});

function tag(TagKey: string) {
  return { TagKey, TagValue: '' };
}
