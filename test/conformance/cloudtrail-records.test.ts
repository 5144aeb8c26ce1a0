import { beforeAll, describe, expect, inject, test } from 'vitest';
import { type AuditedCalls, auditedContext, makeAuditedCalls } from './audited-calls.ts';
import { key, kms, otherKey } from './clients.ts';
import type { TrailRecord } from './trail.ts';

const account = key.arn.split(':')[4];
const region = key.arn.split(':')[3];

let calls: AuditedCalls;

beforeAll(async () => {
  calls = await makeAuditedCalls();
  expect(calls.shown).not.toEqual([]);
});

const recordOf = (what: string): TrailRecord => {
  const found = calls.shown.find(({ record }) => record.requestID === calls.requestIds[what]);
  if (!found) throw new Error(`There is no record of ${what}.`);
  return found.record;
};

// CloudTrail user guide, cloudtrail-event-reference-record-contents.html and …-user-identity.html
test('every record has the call, the caller, the place and the time', async () => {
  const { accessKeyId } = await kms.config.credentials();
  for (const { record } of calls.shown) {
    expect(record).toMatchObject({
      eventVersion: expect.stringMatching(/^1\.\d+$/),
      eventTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      eventSource: 'kms.amazonaws.com',
      awsRegion: region,
      sourceIPAddress: expect.stringMatching(/./),
      userAgent: expect.stringContaining('aws-sdk-js'),
      userIdentity: {
        arn: calls.caller.Arn,
        principalId: calls.caller.UserId,
        accountId: account,
        accessKeyId,
      },
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
  for (const { event, record } of calls.shown) {
    expect(record.resources).toContainEqual(
      expect.objectContaining({ ARN: calls.subject.arn, accountId: account }),
    );
    expect(event.Resources?.map(({ ResourceName }) => ResourceName)).toContain(calls.subject.arn);
  }
});

test('no record has a plaintext or a data key', () => {
  expect(calls.secrets).not.toEqual([]);
  for (const { event } of calls.shown) {
    expect(event.CloudTrailEvent).toContain(calls.subject.id);
    for (const one of calls.secrets)
      expect(event.CloudTrailEvent?.includes(one), event.EventName).toBe(false);
  }
});

test('parameters are in camelCase', () => {
  for (const { record } of calls.shown) {
    for (const name of Object.keys({ ...record.requestParameters, ...record.responseElements })) {
      expect(name).toMatch(/^[a-z]/);
    }
  }
});

// CloudTrail API reference, Event
test('an event repeats what its record says', async () => {
  const { accessKeyId } = await kms.config.credentials();
  for (const { event, record } of calls.shown) {
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
        keyId: calls.subject.aliasArn,
        keySpec: 'AES_256',
        encryptionContext: auditedContext,
      },
    }),
  ],
  [
    'dataKeyWithoutPlaintext',
    () => ({
      eventName: 'GenerateDataKeyWithoutPlaintext',
      requestParameters: { keyId: calls.subject.id, numberOfBytes: 64 },
    }),
  ],
  [
    'encrypted',
    () => ({
      eventName: 'Encrypt',
      requestParameters: {
        keyId: calls.subject.arn,
        encryptionAlgorithm: 'SYMMETRIC_DEFAULT',
        encryptionContext: auditedContext,
      },
    }),
  ],
  [
    'decrypted',
    () => ({
      eventName: 'Decrypt',
      requestParameters: { encryptionAlgorithm: 'SYMMETRIC_DEFAULT', encryptionContext: auditedContext },
    }),
  ],
  [
    'reEncrypted',
    () => ({
      eventName: 'ReEncrypt',
      requestParameters: {
        sourceEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
        sourceEncryptionContext: auditedContext,
        destinationKeyId: otherKey.id,
        destinationEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
        destinationEncryptionContext: { moved: 'yes' },
      },
    }),
  ],
  ['described', () => ({ eventName: 'DescribeKey', requestParameters: { keyId: calls.subject.id } })],
  ['policyRead', () => ({ eventName: 'GetKeyPolicy' })],
])('%s: a record that only reads', (what, expected) => {
  expect(recordOf(what)).toMatchObject({ ...expected(), readOnly: true, responseElements: null });
  expect(recordOf(what)).not.toHaveProperty('errorCode');
  expect(recordOf('refused')).toHaveProperty('errorCode');
});

// developer guide, ct-createkey.html, ct-createalias.html, ct-tagresource.html, ct-enablekeyrotation.html …; since
// December 2022 the answer in the record has the key's ARN, though the operation doesn't give it
describe('a record of a change', () => {
  test('created', () => {
    const created = calls.shown.find(({ record }) => record.eventName === 'CreateKey')?.record;
    expect(created).toMatchObject({
      readOnly: false,
      requestParameters: { description: inject('run').description, keyUsage: 'ENCRYPT_DECRYPT' },
      responseElements: {
        keyMetadata: { arn: calls.subject.arn, keyId: calls.subject.id, keyState: 'Enabled' },
      },
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
      requestParameters: { keyId: calls.subject.id, ...requestParameters },
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
      calls.subject.aliasArn.replace(calls.subject.aliasName, aliasName),
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
      requestParameters: { keyId: calls.subject.arn, encryptionAlgorithm: 'SYMMETRIC_DEFAULT' },
      responseElements: null,
      readOnly: true,
    });
  });

  test('refused: the key is disabled', () => {
    expect(recordOf('refused')).toMatchObject({
      eventName: 'GenerateDataKey',
      errorCode: 'DisabledException',
      errorMessage: `${calls.subject.arn} is disabled.`,
      responseElements: null,
      readOnly: true,
    });
  });
});
