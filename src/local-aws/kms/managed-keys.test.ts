import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateGrantCommand,
  DecryptCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  DisableKeyRotationCommand,
  EnableKeyCommand,
  EnableKeyRotationCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  type KMSClient,
  ListAliasesCommand,
  ListKeysCommand,
  ListResourceTagsCommand,
  PutKeyPolicyCommand,
  RotateKeyOnDemandCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAliasCommand,
  UpdateKeyDescriptionCommand,
} from '@aws-sdk/client-kms';
import { describe, expect } from 'vitest';
import { KeptLocalAws } from '../testing/kept-local-aws.ts';
import { errorOf, startUnderTest, test } from '../testing/local-aws-under-test.ts';
import { startShared, userArn } from '../testing/principals-under-test.ts';

const s3 = 'alias/aws/s3';
const s3Arn = `arn:aws:kms:us-east-1:111122223333:${s3}`;

const describeKey = async (kms: KMSClient, KeyId: string) =>
  (await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata;

const keys = async (kms: KMSClient) => (await kms.send(new ListKeysCommand({}))).Keys;

const listedAlias = async (kms: KMSClient, name: string) => {
  const { Aliases = [] } = await kms.send(new ListAliasesCommand({ Limit: 100 }));
  return Aliases.find(({ AliasName }) => AliasName === name);
};

describe('a predefined alias', () => {
  test('is listed without a key until its first use, then with its key', async ({ local }) => {
    const { Aliases = [] } = await local.kms.send(new ListAliasesCommand({}));
    const names = Aliases.map(({ AliasName = '' }) => AliasName);
    expect(names).toEqual(names.toSorted());
    expect(names).toContain('alias/aws/dynamodb');
    expect(await listedAlias(local.kms, s3)).toEqual({ AliasName: s3, AliasArn: s3Arn });
    expect(await keys(local.kms)).toEqual([]);

    const CreationDate = new Date(local.clock.now());
    const key = await describeKey(local.kms, s3);
    const alias = { AliasName: s3, AliasArn: s3Arn, TargetKeyId: key?.KeyId };
    const dated = { ...alias, CreationDate, LastUpdatedDate: CreationDate };
    expect(await listedAlias(local.kms, s3)).toEqual(dated);
    expect((await local.kms.send(new ListAliasesCommand({ KeyId: key?.KeyId }))).Aliases).toEqual([dated]);
    expect(await keys(local.kms)).toEqual([{ KeyId: key?.KeyId, KeyArn: key?.Arn }]);
  });

  test('names one key, by name and ARN, which AWS manages and rotates every year', async ({ local }) => {
    const key = await describeKey(local.kms, s3);
    expect(key).toMatchObject({
      KeyManager: 'AWS',
      Description: 'Default key that protects my S3 objects when no other key is defined',
      KeyState: 'Enabled',
      KeySpec: 'SYMMETRIC_DEFAULT',
    });
    expect(await describeKey(local.kms, s3)).toEqual(key);
    expect(await describeKey(local.kms, s3Arn)).toEqual(key);
    const rotation = await local.kms.send(new GetKeyRotationStatusCommand({ KeyId: key?.KeyId }));
    expect(rotation).toMatchObject({ KeyRotationEnabled: true, RotationPeriodInDays: 365 });
    local.clock.advance({ days: 365 });
    expect((await describeKey(local.kms, s3))?.CurrentKeyMaterialId).not.toBe(key?.CurrentKeyMaterialId);
    expect((await describeKey(local.kms, 'alias/aws/ebs'))?.KeyId).not.toBe(key?.KeyId);
  });

  test('does not exist in another account, or for a service that has none', async ({ local }) => {
    for (const KeyId of [s3Arn.replace('111122223333', '444455556666'), 'alias/aws/none', 'alias/aws/']) {
      expect(await errorOf(describeKey(local.kms, KeyId))).toMatchObject({ name: 'NotFoundException' });
    }
    expect(await keys(local.kms)).toEqual([]);
    // The same look-up finds a key that was made.
    await describeKey(local.kms, s3);
    expect(await keys(local.kms)).toHaveLength(1);
  });

  // CreateAlias, UpdateAlias and DeleteAlias in the KMS API reference: the prefix is reserved.
  test("can't be created, changed or deleted, with or without a key", async ({ local }) => {
    const { id } = await local.newKey();
    for (let time = 0; time < 2; time++) {
      for (const command of [
        new CreateAliasCommand({ AliasName: s3, TargetKeyId: id }),
        new UpdateAliasCommand({ AliasName: s3, TargetKeyId: id }),
        new DeleteAliasCommand({ AliasName: s3 }),
      ]) {
        expect(await errorOf(local.kms.send(command as DeleteAliasCommand))).toMatchObject({
          name: 'NotAuthorizedException',
        });
      }
      await describeKey(local.kms, s3);
    }
  });

  test('gets one key even if replicas lag behind', async () => {
    const local = await startUnderTest({
      faults: [{ fault: 'late-change', operation: 'CreateKey', seconds: 3 }],
    });
    try {
      const first = await describeKey(local.kms, s3);
      expect((await describeKey(local.kms, s3))?.KeyId).toBe(first?.KeyId);
      expect(await keys(local.kms)).toHaveLength(1);
    } finally {
      await local.aws.close();
    }
  });

  test('names the same key after a restart', async () => {
    const kept = await KeptLocalAws.create();
    const key = await describeKey((await kept.start()).kms, s3);
    const { kms } = await kept.start();
    expect(await describeKey(kms, s3)).toEqual(key);
    expect(key).toMatchObject({ KeyManager: 'AWS' });
  });
});

describe('an AWS managed key', () => {
  /** The calls that its key policy allows nobody. */
  const refused: Readonly<Record<string, (kms: KMSClient, KeyId: string) => Promise<unknown>>> = {
    CancelKeyDeletion: (kms, KeyId) => kms.send(new CancelKeyDeletionCommand({ KeyId })),
    CreateAlias: (kms, TargetKeyId) =>
      kms.send(new CreateAliasCommand({ AliasName: 'alias/mine', TargetKeyId })),
    CreateGrant: (kms, KeyId) =>
      kms.send(
        new CreateGrantCommand({
          KeyId,
          GranteePrincipal: userArn('administrator'),
          Operations: ['Decrypt'],
        }),
      ),
    DisableKey: (kms, KeyId) => kms.send(new DisableKeyCommand({ KeyId })),
    DisableKeyRotation: (kms, KeyId) => kms.send(new DisableKeyRotationCommand({ KeyId })),
    EnableKey: (kms, KeyId) => kms.send(new EnableKeyCommand({ KeyId })),
    EnableKeyRotation: (kms, KeyId) => kms.send(new EnableKeyRotationCommand({ KeyId })),
    Encrypt: (kms, KeyId) => kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x') })),
    GenerateDataKey: (kms, KeyId) => kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' })),
    Decrypt: (kms, KeyId) =>
      kms.send(new DecryptCommand({ KeyId, CiphertextBlob: Buffer.from('nothing that it sealed') })),
    PutKeyPolicy: (kms, KeyId) => kms.send(new PutKeyPolicyCommand({ KeyId, Policy: '{}' })),
    RotateKeyOnDemand: (kms, KeyId) => kms.send(new RotateKeyOnDemandCommand({ KeyId })),
    ScheduleKeyDeletion: (kms, KeyId) => kms.send(new ScheduleKeyDeletionCommand({ KeyId })),
    TagResource: (kms, KeyId) =>
      kms.send(new TagResourceCommand({ KeyId, Tags: [{ TagKey: 'a', TagValue: 'b' }] })),
    UntagResource: (kms, KeyId) => kms.send(new UntagResourceCommand({ KeyId, TagKeys: ['a'] })),
    UpdateKeyDescription: (kms, KeyId) =>
      kms.send(new UpdateKeyDescriptionCommand({ KeyId, Description: 'mine' })),
  };

  // The sentence is quoted in elastic/cloudbeat#1749, about the key of alias/aws/acm.
  test.for(Object.keys(refused))('refuses %s even to the administrator', async (operation, { local }) => {
    const { KeyId = '', Arn } = (await describeKey(local.kms, s3)) ?? {};
    const own = await local.newKey();
    // The same call for a key of the account's own gets past the policies.
    const outcome = await refused[operation]?.(local.kms, own.id).then(
      () => 'done',
      (error: Error) => error.name,
    );
    expect(outcome).not.toBe('AccessDeniedException');
    expect(await errorOf(refused[operation]?.(local.kms, KeyId) as Promise<unknown>)).toEqual({
      name: 'AccessDeniedException',
      message:
        `User: arn:aws:iam::111122223333:user/administrator is not authorized to perform: kms:${operation} ` +
        `on resource: ${Arn} because no resource-based policy allows the kms:${operation} action`,
      status: 400,
    });
  });

  test('can be described by callers whose own policies allow it', async () => {
    const { kms, as } = await startShared([{ userName: 'nobody', policies: [] }]);
    const { KeyId = '' } = (await describeKey(kms, s3)) ?? {};
    const { Policy = '' } = await kms.send(new GetKeyPolicyCommand({ KeyId }));
    expect(JSON.parse(Policy)).toMatchObject({
      Statement: [{ Condition: { StringEquals: { 'kms:ViaService': 's3.us-east-1.amazonaws.com' } } }, {}],
    });
    expect(await kms.send(new ListResourceTagsCommand({ KeyId }))).toMatchObject({ Tags: [] });
    expect(await errorOf(describeKey(as('nobody').kms, s3))).toMatchObject({ name: 'AccessDeniedException' });
  });
});
