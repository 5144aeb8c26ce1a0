import { randomUUID } from 'node:crypto';
import {
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyRotationCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  ListResourceTagsCommand,
  ReEncryptCommand,
  ScheduleKeyDeletionCommand,
  UpdateKeyDescriptionCommand,
} from '@aws-sdk/client-kms';
import { beforeAll, describe, expect, test } from 'vitest';
import { key, kms } from './clients.ts';
import { constraintBroken, refusal, refusalOf } from './refusal.ts';

const [, partition, , region, account] = key.arn.split(':');
const keyArn = (id: string, where = region) => `arn:${partition}:kms:${where}:${account}:key/${id}`;
const Plaintext = Buffer.from('a secret');

let CiphertextBlob: Uint8Array | undefined;
beforeAll(async () => {
  ({ CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId: key.id, Plaintext })));
});

// recorded for Encrypt (test_all_types_of_key_id_can_be_used_for_encryption) and DescribeKey (test_describe_with_alias_arn);
// API reference: what each operation takes as KeyId, and that KeyId of the answer is the key's ARN
describe.each([
  ['key id', key.id],
  ['key ARN', key.arn],
  ['alias name', key.aliasName],
  ['alias ARN', key.aliasArn],
])('the %s names the key', (_form, KeyId) => {
  test('to DescribeKey', async () => {
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }));
    expect(KeyMetadata).toMatchObject({ KeyId: key.id, Arn: key.arn });
  });

  test('to the operations that use it', async () => {
    const answers = await Promise.all([
      kms.send(new EncryptCommand({ KeyId, Plaintext })),
      kms.send(new DecryptCommand({ KeyId, CiphertextBlob })),
      kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' })),
      kms.send(new GenerateDataKeyWithoutPlaintextCommand({ KeyId, KeySpec: 'AES_256' })),
      kms.send(new ReEncryptCommand({ CiphertextBlob, SourceKeyId: KeyId, DestinationKeyId: KeyId })),
    ]);
    expect(answers.map((answer) => answer.KeyId)).toEqual(Array(answers.length).fill(key.arn));
  });
});

// API reference: these take a key id or a key ARN. The text is quoted in public reports of CreateGrant
// (hashicorp/terraform#20813), the name in those of others.
describe.each([
  ['DisableKey', (KeyId: string) => kms.send(new DisableKeyCommand({ KeyId }))],
  ['EnableKeyRotation', (KeyId: string) => kms.send(new EnableKeyRotationCommand({ KeyId }))],
  ['ListResourceTags', (KeyId: string) => kms.send(new ListResourceTagsCommand({ KeyId }))],
  [
    'UpdateKeyDescription',
    (KeyId: string) => kms.send(new UpdateKeyDescriptionCommand({ KeyId, Description: '' })),
  ],
  // A window that is refused in any case: the shared key has to live on whatever the answer is.
  [
    'ScheduleKeyDeletion',
    (KeyId: string) => kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 6 })),
  ],
])('%s takes no alias', (operation, call) => {
  test.each([key.aliasName, key.aliasArn])('%s', async (alias) => {
    const { name, status } = await refusalOf(call(alias));
    expect(status).toBe(400);
    // ScheduleKeyDeletion may complain of the window first.
    const names =
      operation === 'ScheduleKeyDeletion'
        ? ['InvalidArnException', 'ValidationException']
        : ['InvalidArnException'];
    expect(names).toContain(name);
  });
});

describe('DescribeKey refuses', () => {
  const absent = randomUUID();
  const elsewhere = region === 'ap-southeast-1' ? 'eu-central-1' : 'ap-southeast-1';

  // recorded (test_get_key_invalid_uuid, test_get_key_does_not_exist, test_get_key_in_different_region)
  test.each([
    ['a word', 'fake-key-id', "Invalid keyId 'fake-key-id'"],
    [
      'a UUID without dashes',
      '134f2428cec14b25a1ae9048164dba47',
      "Invalid keyId '134f2428cec14b25a1ae9048164dba47'",
    ],
    ['half of a multi-Region id', 'mrk-fake-key-id', "Invalid keyId 'mrk-fake-key-id'"],
    ['an id of no key', absent, `Key '${keyArn(absent)}' does not exist`],
    ['an ARN of no key', keyArn(absent), `Key '${keyArn(absent)}' does not exist`],
    [
      'a multi-Region id of no key',
      'mrk-d3b95762d3b95762d3b95762d3b95762',
      `Key '${keyArn('mrk-d3b95762d3b95762d3b95762d3b95762')}' does not exist`,
    ],
    ['an ARN of another Region', keyArn(absent, elsewhere), `Invalid arn ${elsewhere}`],
    // quoted by callers (mondoohq/mql, resources of SQS)
    ['a key ARN made of an alias', keyArn('alias/aws/sqs'), "Invalid keyId 'alias/aws/sqs'"],
  ])('%s', async (_what, KeyId, message) => {
    expect(await refusalOf(kms.send(new DescribeKeyCommand({ KeyId })))).toEqual(
      refusal('NotFoundException', message),
    );
  });

  // The sentence is quoted in public reports of AWS's answers.
  test('an alias that does not exist', async () => {
    expect(await refusalOf(kms.send(new DescribeKeyCommand({ KeyId: `${key.aliasName}_absent` })))).toEqual(
      refusal('NotFoundException', `Alias ${key.aliasArn}_absent is not found.`),
    );
  });

  // API reference: an alias of another account is named by its ARN; the answer for one that isn't there isn't public.
  test("an alias of this account's name in another account", async () => {
    const { name, status } = await refusalOf(
      kms.send(new DescribeKeyCommand({ KeyId: key.aliasArn.replace(`:${account}:`, ':444455556666:') })),
    );
    expect([name, status]).toEqual([
      expect.stringMatching(/^(NotFoundException|AccessDeniedException)$/),
      400,
    ]);
  });

  // model: KeyIdType, and KeyId is required
  test('an empty identifier, and one that is too long', async () => {
    expect(await refusalOf(kms.send(new DescribeKeyCommand({ KeyId: undefined })))).toEqual(
      constraintBroken("null at 'keyId'", 'not be null'),
    );
    expect(await refusalOf(kms.send(new DescribeKeyCommand({ KeyId: '' })))).toEqual(
      constraintBroken("'' at 'keyId'", 'have length greater than or equal to 1'),
    );
    expect(await refusalOf(kms.send(new DescribeKeyCommand({ KeyId: 'k'.repeat(2049) })))).toEqual(
      constraintBroken(`'${'k'.repeat(2049)}' at 'keyId'`, 'have length less than or equal to 2048'),
    );
  });
});
