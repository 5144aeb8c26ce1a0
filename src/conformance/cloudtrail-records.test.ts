import {
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
  GenerateDataKeyWithoutPlaintextCommand,
  GetKeyPolicyCommand,
  ReEncryptCommand,
  RevokeGrantCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAliasCommand,
} from '@aws-sdk/client-kms';
import { GetCallerIdentityCommand, type GetCallerIdentityCommandOutput } from '@aws-sdk/client-sts';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { key, kms, newAliasName, newKey, otherKey, sts } from './clients.ts';
import { eventually } from './eventually.ts';
import { refusalOf } from './refusal.ts';
import type { SuiteKey } from './suite-key.ts';
import { requestIdOf, type ShownCall, type TrailRecord, waitForCalls } from './trail.ts';

const secret = 'a secret that no record may have';
const EncryptionContext = { purpose: 'conformance', tenant: 'a' };
const account = key.arn.split(':')[4];
const region = key.arn.split(':')[3];

let subject: SuiteKey;
let caller: GetCallerIdentityCommandOutput;
let shown: ShownCall[];
/** What must be in no record. */
const secrets = new Set([secret, Buffer.from(secret).toString('base64')]);
/** The ids of the requests, by what they are for. */
const requestIds: Record<string, string> = {};

// All calls first, because CloudTrail takes its time: then one wait for all of them.
beforeAll(async () => {
  subject = await newKey('audited');
  caller = await sts.send(new GetCallerIdentityCommand());
  await useKey();
  await changeKey();
  await misuseKey();
  requestIds.scheduled = await requestIdOf(
    kms.send(new ScheduleKeyDeletionCommand({ KeyId: subject.id, PendingWindowInDays: 7 })),
  );
  shown = await waitForCalls(subject.arn, Object.values(requestIds));
});

async function useKey(): Promise<void> {
  const KeyId = subject.aliasArn;
  const dataKey = await kms.send(
    new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256', EncryptionContext }),
  );
  requestIds.dataKey = dataKey.$metadata.requestId ?? '';
  secrets.add(Buffer.from(dataKey.Plaintext ?? []).toString('base64'));
  requestIds.dataKeyWithoutPlaintext = await requestIdOf(
    kms.send(new GenerateDataKeyWithoutPlaintextCommand({ KeyId: subject.id, NumberOfBytes: 64 })),
  );
  const Plaintext = Buffer.from(secret);
  const encrypted = await kms.send(new EncryptCommand({ KeyId: subject.arn, Plaintext, EncryptionContext }));
  requestIds.encrypted = encrypted.$metadata.requestId ?? '';
  const { CiphertextBlob } = encrypted;
  requestIds.decrypted = await requestIdOf(
    kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext })),
  );
  requestIds.reEncrypted = await requestIdOf(
    kms.send(
      new ReEncryptCommand({
        CiphertextBlob,
        SourceEncryptionContext: EncryptionContext,
        DestinationKeyId: otherKey.id,
        DestinationEncryptionContext: { moved: 'yes' },
      }),
    ),
  );
  requestIds.described = await requestIdOf(kms.send(new DescribeKeyCommand({ KeyId: subject.id })));
  requestIds.policyRead = await requestIdOf(kms.send(new GetKeyPolicyCommand({ KeyId: subject.id })));
}

async function changeKey(): Promise<void> {
  const KeyId = subject.id;
  const AliasName = newAliasName('audited_too');
  const inTurn: Record<string, () => Promise<{ $metadata: { requestId?: string } }>> = {
    aliasCreated: () => kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: KeyId })),
    aliasUpdated: () => kms.send(new UpdateAliasCommand({ AliasName, TargetKeyId: KeyId })),
    aliasDeleted: () => kms.send(new DeleteAliasCommand({ AliasName })),
    tagged: () =>
      kms.send(new TagResourceCommand({ KeyId, Tags: [{ TagKey: 'stage', TagValue: 'audited' }] })),
    untagged: () => kms.send(new UntagResourceCommand({ KeyId, TagKeys: ['stage'] })),
    rotationEnabled: () => kms.send(new EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: 180 })),
    rotationDisabled: () => kms.send(new DisableKeyRotationCommand({ KeyId })),
  };
  for (const [what, call] of Object.entries(inTurn)) {
    requestIds[what] = (await eventually(call)).$metadata.requestId ?? '';
  }
  const grant = await kms.send(
    new CreateGrantCommand({ KeyId, GranteePrincipal: caller.Arn, Operations: ['Decrypt'], Name: 'audited' }),
  );
  requestIds.granted = grant.$metadata.requestId ?? '';
  const revoked = await eventually(() => kms.send(new RevokeGrantCommand({ KeyId, GrantId: grant.GrantId })));
  requestIds.revoked = revoked.$metadata.requestId ?? '';
}

async function misuseKey(): Promise<void> {
  const KeyId = subject.id;
  const ofOtherKey = await kms.send(
    new EncryptCommand({ KeyId: otherKey.id, Plaintext: Buffer.from(secret) }),
  );
  requestIds.incorrectKey = await requestIdOf(
    kms.send(new DecryptCommand({ KeyId: subject.arn, CiphertextBlob: ofOtherKey.CiphertextBlob })),
  );
  requestIds.disabled = await requestIdOf(kms.send(new DisableKeyCommand({ KeyId })));
  const generate = () => kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_128' }));
  await eventually(() => refusalOf(generate()));
  requestIds.refused = await requestIdOf(generate());
  requestIds.enabled = await requestIdOf(kms.send(new EnableKeyCommand({ KeyId })));
}

const recordOf = (what: string): TrailRecord => {
  const found = shown.find(({ record }) => record.requestID === requestIds[what]);
  if (!found) throw new Error(`There is no record of ${what}.`);
  return found.record;
};

// CloudTrail user guide, cloudtrail-event-reference-record-contents.html and …-user-identity.html
test('every record says what was called, by whom, where and when', async () => {
  const { accessKeyId } = await kms.config.credentials();
  for (const { record } of shown) {
    expect(record).toMatchObject({
      eventVersion: expect.stringMatching(/^1\.\d+$/),
      eventTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      eventSource: 'kms.amazonaws.com',
      awsRegion: region,
      sourceIPAddress: expect.stringMatching(/./),
      userAgent: expect.stringContaining('aws-sdk-js'),
      userIdentity: { arn: caller.Arn, principalId: caller.UserId, accountId: account, accessKeyId },
      requestID: expect.stringMatching(/./),
      eventID: expect.stringMatching(/./),
      eventType: 'AwsApiCall',
      eventCategory: 'Management',
      managementEvent: true,
      recipientAccountId: account,
    });
  }
});

// developer guide, logging-using-cloudtrail.html: its examples name the key in resources
test('every record names the key', () => {
  for (const { event, record } of shown) {
    expect(record.resources).toContainEqual(
      expect.objectContaining({ ARN: subject.arn, accountId: account }),
    );
    expect(event.Resources?.map(({ ResourceName }) => ResourceName)).toContain(subject.arn);
  }
});

test('no record has a plaintext or a data key', () => {
  for (const { event } of shown) {
    for (const one of secrets) expect(event.CloudTrailEvent?.includes(one), event.EventName).toBe(false);
  }
});

test('parameters are in camelCase', () => {
  for (const { record } of shown) {
    for (const name of Object.keys({ ...record.requestParameters, ...record.responseElements })) {
      expect(name).toMatch(/^[a-z]/);
    }
  }
});

// CloudTrail API reference, Event
test('an event repeats what its record says', async () => {
  const { accessKeyId } = await kms.config.credentials();
  for (const { event, record } of shown) {
    expect(event).toMatchObject({
      EventId: record.eventID,
      EventName: record.eventName,
      EventSource: 'kms.amazonaws.com',
      EventTime: new Date(record.eventTime),
      ReadOnly: String(record.readOnly),
      AccessKeyId: accessKeyId,
      Username: expect.stringMatching(/./),
    });
  }
});

// developer guide, ct-generatedatakey.html, ct-encrypt.html, ct-decrypt.html, ct-reencrypt.html …
test.each<[string, () => Partial<TrailRecord>]>([
  [
    'dataKey',
    () => ({
      eventName: 'GenerateDataKey',
      requestParameters: {
        keyId: subject.aliasArn,
        keySpec: 'AES_256',
        encryptionContext: EncryptionContext,
      },
    }),
  ],
  [
    'dataKeyWithoutPlaintext',
    () => ({
      eventName: 'GenerateDataKeyWithoutPlaintext',
      requestParameters: { keyId: subject.id, numberOfBytes: 64 },
    }),
  ],
  [
    'encrypted',
    () => ({
      eventName: 'Encrypt',
      requestParameters: {
        keyId: subject.arn,
        encryptionAlgorithm: 'SYMMETRIC_DEFAULT',
        encryptionContext: EncryptionContext,
      },
    }),
  ],
  [
    'decrypted',
    () => ({
      eventName: 'Decrypt',
      requestParameters: { encryptionAlgorithm: 'SYMMETRIC_DEFAULT', encryptionContext: EncryptionContext },
    }),
  ],
  [
    'reEncrypted',
    () => ({
      eventName: 'ReEncrypt',
      requestParameters: {
        sourceEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
        sourceEncryptionContext: EncryptionContext,
        destinationKeyId: otherKey.id,
        destinationEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
        destinationEncryptionContext: { moved: 'yes' },
      },
    }),
  ],
  ['described', () => ({ eventName: 'DescribeKey', requestParameters: { keyId: subject.id } })],
  ['policyRead', () => ({ eventName: 'GetKeyPolicy' })],
])('%s: a record that only reads', (what, expected) => {
  expect(recordOf(what)).toMatchObject({ ...expected(), readOnly: true, responseElements: null });
  expect(recordOf(what)).not.toHaveProperty('errorCode');
});

// developer guide, ct-createkey.html, ct-createalias.html, ct-tagresource.html, ct-enablekeyrotation.html …; since
// December 2022 the answer in the record has the key's ARN, though the operation doesn't give it
describe('a record of a change', () => {
  test('created', () => {
    const created = shown.find(({ record }) => record.eventName === 'CreateKey')?.record;
    expect(created).toMatchObject({
      readOnly: false,
      requestParameters: { description: inject('run').description, keyUsage: 'ENCRYPT_DECRYPT' },
      responseElements: { keyMetadata: { arn: subject.arn, keyId: subject.id, keyState: 'Enabled' } },
    });
  });

  test.each<[string, string, object]>([
    ['tagged', 'TagResource', { tags: [{ tagKey: 'stage', tagValue: 'audited' }] }],
    ['untagged', 'UntagResource', { tagKeys: ['stage'] }],
    ['rotationEnabled', 'EnableKeyRotation', { rotationPeriodInDays: 180 }],
    ['rotationDisabled', 'DisableKeyRotation', {}],
    ['granted', 'CreateGrant', { operations: ['Decrypt'], name: 'audited' }],
    ['revoked', 'RevokeGrant', {}],
    ['disabled', 'DisableKey', {}],
    ['enabled', 'EnableKey', {}],
    ['scheduled', 'ScheduleKeyDeletion', { pendingWindowInDays: 7 }],
  ])('%s: %s', (what, eventName, requestParameters) => {
    expect(recordOf(what)).toMatchObject({
      eventName,
      readOnly: false,
      requestParameters: { keyId: subject.id, ...requestParameters },
    });
  });

  test.each([
    ['aliasCreated', 'CreateAlias'],
    ['aliasUpdated', 'UpdateAlias'],
    ['aliasDeleted', 'DeleteAlias'],
  ])('%s: %s', (what, eventName) => {
    const aliasName = `${inject('run').aliasName}_audited_too`;
    const record = recordOf(what);
    expect(record).toMatchObject({ eventName, readOnly: false, requestParameters: { aliasName } });
    expect(record.resources?.map(({ ARN }) => ARN)).toContain(
      subject.aliasArn.replace(subject.aliasName, aliasName),
    );
  });
});

// developer guide, ct-decrypt.html: a failed call has its errorCode and errorMessage
describe('a record of a failure', () => {
  test('incorrectKey: the ciphertext is of another key', () => {
    expect(recordOf('incorrectKey')).toMatchObject({
      eventName: 'Decrypt',
      errorCode: 'IncorrectKeyException',
      errorMessage: 'The key ID in the request does not identify a CMK that can perform this operation.',
      requestParameters: { keyId: subject.arn, encryptionAlgorithm: 'SYMMETRIC_DEFAULT' },
      responseElements: null,
      readOnly: true,
    });
  });

  test('refused: the key is disabled', () => {
    expect(recordOf('refused')).toMatchObject({
      eventName: 'GenerateDataKey',
      errorCode: 'DisabledException',
      errorMessage: `${subject.arn} is disabled.`,
      responseElements: null,
      readOnly: true,
    });
  });
});
