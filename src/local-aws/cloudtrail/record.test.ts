import type { LookupAttribute } from '@aws-sdk/client-cloudtrail';
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DisableKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  ListAliasesCommand,
  ListKeysCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect } from 'vitest';
import { errorOf, test } from '../testing/local-aws-under-test.ts';

const EncryptionContext = { purpose: 'test' };
const by = (AttributeKey: LookupAttribute['AttributeKey'], AttributeValue: string) => ({
  LookupAttributes: [{ AttributeKey, AttributeValue }],
});

describe('the record', () => {
  test('of GenerateDataKey is as AWS documents it', async ({ local }) => {
    const { id, arn } = await local.newKey();
    const time = new Date(local.clock.now()).toISOString();
    const dataKey = await local.kms.send(
      new GenerateDataKeyCommand({ KeyId: id, KeySpec: 'AES_256', EncryptionContext }),
    );
    const [record] = await local.deliveredEvents(by('EventName', 'GenerateDataKey'));
    expect(record).toEqual({
      eventVersion: '1.11',
      userIdentity: {
        type: 'IAMUser',
        principalId: expect.stringMatching(/^AIDA/),
        arn: 'arn:aws:iam::111122223333:user/administrator',
        accountId: '111122223333',
        accessKeyId: local.aws.credentials.accessKeyId,
        userName: 'administrator',
      },
      eventTime: `${time.slice(0, 19)}Z`,
      eventSource: 'kms.amazonaws.com',
      eventName: 'GenerateDataKey',
      awsRegion: 'us-east-1',
      sourceIPAddress: '127.0.0.1',
      userAgent: expect.stringContaining('aws-sdk-js/'),
      requestParameters: { keyId: id, keySpec: 'AES_256', encryptionContext: EncryptionContext },
      responseElements: null,
      additionalEventData: { keyMaterialId: dataKey.KeyMaterialId },
      requestID: dataKey.$metadata.requestId,
      eventID: expect.stringMatching(/^[0-9a-f-]{36}$/),
      readOnly: true,
      resources: [{ accountId: '111122223333', type: 'AWS::KMS::Key', ARN: arn }],
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: '111122223333',
      eventCategory: 'Management',
    });
  });

  test('has no plaintext, ciphertext or data key in it', async ({ local }) => {
    const { id } = await local.newKey();
    const secret = Buffer.from('a secret that nobody else may see');
    const { CiphertextBlob = new Uint8Array() } = await local.kms.send(
      new EncryptCommand({ KeyId: id, Plaintext: secret, EncryptionContext }),
    );
    await local.kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }));
    const dataKey = await local.kms.send(new GenerateDataKeyCommand({ KeyId: id, KeySpec: 'AES_256' }));
    const records = await local.deliveredEvents();
    expect(records.map((record) => record.eventName)).toEqual([
      'GenerateDataKey',
      'Decrypt',
      'Encrypt',
      'CreateKey',
    ]);
    const trail = JSON.stringify(records);
    expect(trail).toContain(local.aws.credentials.accessKeyId);
    for (const bytes of [secret, CiphertextBlob, dataKey.Plaintext, dataKey.CiphertextBlob]) {
      const encoded = Buffer.from(bytes ?? []);
      expect(trail).not.toContain(encoded.toString('base64').slice(0, 20));
      expect(trail).not.toContain(encoded.toString('hex').slice(0, 20));
    }
    expect(trail).not.toContain(secret.toString());
    expect(trail).not.toContain(local.aws.credentials.secretAccessKey);
  });

  test('of Decrypt and Encrypt names the algorithm, the context and the key', async ({ local }) => {
    const { id, arn } = await local.newKey();
    const { CiphertextBlob } = await local.kms.send(
      new EncryptCommand({ KeyId: id, Plaintext: Buffer.from('x'), EncryptionContext }),
    );
    await local.kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }));
    const [decrypt, encrypt] = await local.deliveredEvents();
    const requestParameters = {
      encryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      encryptionContext: EncryptionContext,
    };
    expect(decrypt).toMatchObject({ eventName: 'Decrypt', readOnly: true, requestParameters });
    expect(encrypt).toMatchObject({
      eventName: 'Encrypt',
      readOnly: true,
      requestParameters: { ...requestParameters, keyId: id },
    });
    for (const record of [decrypt, encrypt]) {
      expect(record).toMatchObject({ responseElements: null, resources: [{ ARN: arn }] });
    }
  });

  test('of CreateKey has the metadata, that of an alias has both ARNs', async ({ local }) => {
    local.clock.advance({ seconds: 0 });
    const { KeyMetadata } = await local.kms.send(
      new CreateKeyCommand({ Description: 'mine', Tags: [{ TagKey: 'a', TagValue: 'b' }] }),
    );
    await local.kms.send(
      new CreateAliasCommand({ AliasName: 'alias/mine', TargetKeyId: KeyMetadata?.KeyId }),
    );
    const [createAlias, createKey] = await local.deliveredEvents();
    expect(createKey).toMatchObject({
      readOnly: false,
      requestParameters: {
        description: 'mine',
        keyUsage: 'ENCRYPT_DECRYPT',
        keySpec: 'SYMMETRIC_DEFAULT',
        origin: 'AWS_KMS',
        tags: [{ tagKey: 'a', tagValue: 'b' }],
      },
      responseElements: {
        keyMetadata: {
          AWSAccountId: '111122223333',
          keyId: KeyMetadata?.KeyId,
          arn: KeyMetadata?.Arn,
          creationDate: expect.stringMatching(/^[A-Z][a-z]{2} \d{1,2}, \d{4}, \d{1,2}:\d\d:\d\d [AP]M$/),
          keyState: 'Enabled',
        },
      },
      resources: [{ ARN: KeyMetadata?.Arn }],
    });
    expect(createAlias).toMatchObject({
      readOnly: false,
      requestParameters: { aliasName: 'alias/mine', targetKeyId: KeyMetadata?.KeyId },
      responseElements: { keyId: KeyMetadata?.Arn },
      resources: [{ ARN: KeyMetadata?.Arn }, { ARN: 'arn:aws:kms:us-east-1:111122223333:alias/mine' }],
    });
  });

  test('of ScheduleKeyDeletion has the answer', async ({ local }) => {
    const { id, arn } = await local.newKey();
    await local.kms.send(new ScheduleKeyDeletionCommand({ KeyId: id, PendingWindowInDays: 20 }));
    const [record] = await local.deliveredEvents();
    expect(record).toMatchObject({
      requestParameters: { keyId: id, pendingWindowInDays: 20 },
      responseElements: { keyId: arn, keyState: 'PendingDeletion', pendingWindowInDays: 20 },
    });
  });

  test('of a call without parameters has none', async ({ local }) => {
    await local.kms.send(new ListKeysCommand({}));
    await local.kms.send(new ListAliasesCommand({ Limit: 5 }));
    await local.sts.send(new GetCallerIdentityCommand({}));
    const [identity, aliases, keys] = await local.deliveredEvents();
    expect(keys).toMatchObject({ eventName: 'ListKeys', requestParameters: null });
    expect(aliases).toMatchObject({ eventName: 'ListAliases', requestParameters: { limit: 5 } });
    expect(identity).toMatchObject({ eventSource: 'sts.amazonaws.com', requestParameters: null });
  });
});

describe('a call that failed', () => {
  test('because of the key state is recorded with its key', async ({ local }) => {
    const { id, arn } = await local.newKey();
    await local.kms.send(new DisableKeyCommand({ KeyId: id }));
    await errorOf(
      local.kms.send(new GenerateDataKeyCommand({ KeyId: id, KeySpec: 'AES_256', EncryptionContext })),
    );
    const [record] = await local.deliveredEvents(by('ResourceName', arn));
    expect(record).toMatchObject({
      eventName: 'GenerateDataKey',
      errorCode: 'DisabledException',
      errorMessage: `${arn} is disabled.`,
      requestParameters: { keyId: id, encryptionContext: EncryptionContext },
      responseElements: null,
    });
    expect(record).not.toHaveProperty('additionalEventData');
  });

  test('because of the encryption context is recorded with its key', async ({ local }) => {
    const { id, arn } = await local.newKey();
    const { CiphertextBlob } = await local.kms.send(
      new EncryptCommand({ KeyId: id, Plaintext: Buffer.from('x') }),
    );
    await errorOf(local.kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext })));
    const [record] = await local.deliveredEvents();
    expect(record).toMatchObject({ errorCode: 'InvalidCiphertextException', resources: [{ ARN: arn }] });
  });

  test('because there is no such key is recorded without one', async ({ local }) => {
    await errorOf(local.kms.send(new GenerateDataKeyCommand({ KeyId: 'nope', KeySpec: 'AES_256' })));
    const [record] = await local.deliveredEvents();
    expect(record).toMatchObject({ errorCode: 'NotFoundException', requestParameters: { keyId: 'nope' } });
    expect(record).not.toHaveProperty('resources');
    const { arn } = await local.newKey();
    expect((await local.deliveredEvents(by('ResourceName', arn)))[0]).toHaveProperty('resources');
  });

  test('with a long text is cut short', async ({ local }) => {
    await errorOf(local.kms.send(new CreateKeyCommand({ Description: 'd'.repeat(500_000) })));
    const [record] = await local.deliveredEvents();
    expect(record?.errorMessage).toHaveLength(1024);
  });
});
