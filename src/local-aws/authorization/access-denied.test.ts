import { LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import {
  CreateKeyCommand,
  DecryptCommand,
  EncryptCommand,
  GenerateRandomCommand,
  ListAliasesCommand,
  ListKeysCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { describe, expect, test } from 'vitest';
import { errorOf } from '../testing/local-aws-under-test.ts';
import { accountId, allowing, denying, startShared, userArn } from '../testing/principals-under-test.ts';

const Plaintext = Buffer.from('x');

describe("AWS's sentences", () => {
  test('name the user, the action, the key and the policy that is missing or denies', async () => {
    const { as, kms, newKey } = await startShared([
      { userName: 'alice', policies: [] },
      { userName: 'bob', policies: [allowing('kms:*'), denying('kms:Encrypt')] },
    ]);
    const { arn } = await newKey();
    const command = new EncryptCommand({ KeyId: arn, Plaintext });
    const prefix = (name: string) =>
      `User: ${userArn(name)} is not authorized to perform: kms:Encrypt on resource: ${arn}`;

    expect(await errorOf(as('alice').kms.send(command))).toEqual({
      name: 'AccessDeniedException',
      message: `${prefix('alice')} because no identity-based policy allows the kms:Encrypt action`,
      status: 400,
    });
    expect(await errorOf(as('bob').kms.send(command))).toEqual({
      name: 'AccessDeniedException',
      message: `${prefix('bob')} with an explicit deny in an identity-based policy`,
      status: 400,
    });
    await kms.send(command);
  });

  test('name * where KMS has no resource, and nothing where CloudTrail has none', async () => {
    const { as } = await startShared([{ userName: 'alice', policies: [allowing('kms:CreateKey')] }]);
    const { kms, cloudTrail } = as('alice');
    const sentence = (action: string, resource = '') =>
      `User: ${userArn('alice')} is not authorized to perform: ${action}${resource} because no identity-based policy allows the ${action} action`;

    for (const [call, action] of [
      [kms.send(new ListKeysCommand({})), 'kms:ListKeys'],
      [kms.send(new ListAliasesCommand({})), 'kms:ListAliases'],
      [kms.send(new GenerateRandomCommand({ NumberOfBytes: 1 })), 'kms:GenerateRandom'],
    ] as const) {
      expect((await errorOf(call)).message).toBe(sentence(action, ' on resource: *'));
    }
    const tagged = new CreateKeyCommand({ Tags: [{ TagKey: 'a', TagValue: 'b' }] });
    expect((await errorOf(kms.send(tagged))).message).toBe(sentence('kms:TagResource'));
    expect(await errorOf(cloudTrail.send(new LookupEventsCommand({})))).toMatchObject({
      name: 'AccessDeniedException',
      message: sentence('cloudtrail:LookupEvents'),
    });
  });

  test('name the ciphertext if the request does not name the key', async () => {
    const { as, kms, newKey, clock } = await startShared([{ userName: 'alice', policies: [] }]);
    const alice = as('alice').kms;
    const { id, arn } = await newKey();
    const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId: id, Plaintext }));
    const sentence = `User: ${userArn('alice')} is not authorized to perform: kms:Decrypt on`;
    const noPolicy = 'because no identity-based policy allows the kms:Decrypt action';

    expect((await errorOf(alice.send(new DecryptCommand({ CiphertextBlob })))).message).toBe(
      `${sentence} the resource associated with this ciphertext ${noPolicy}`,
    );
    expect((await errorOf(alice.send(new DecryptCommand({ CiphertextBlob, KeyId: id })))).message).toBe(
      `${sentence} resource: ${arn} ${noPolicy}`,
    );

    await kms.send(new ScheduleKeyDeletionCommand({ KeyId: id, PendingWindowInDays: 7 }));
    clock.advance({ days: 7 });
    const gone =
      'because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access';
    expect(await errorOf(alice.send(new DecryptCommand({ CiphertextBlob })))).toMatchObject({
      name: 'AccessDeniedException',
      message: `${sentence} the resource associated with this ciphertext ${gone}`,
    });
  });
});

describe('a refused call', () => {
  test('is recorded, with the caller and the refused action', async () => {
    const { as, newKey, deliveredEvents } = await startShared([
      { roleName: 'app', sessionName: 'job-1', policies: [] },
    ]);
    const { arn } = await newKey();
    const { message } = await errorOf(
      as('job-1').kms.send(new EncryptCommand({ KeyId: arn, Plaintext, EncryptionContext: { a: 'b' } })),
    );
    const [record] = await deliveredEvents({
      LookupAttributes: [{ AttributeKey: 'Username', AttributeValue: 'job-1' }],
    });
    expect(record).toMatchObject({
      eventName: 'Encrypt',
      errorCode: 'AccessDenied',
      errorMessage: message,
      requestParameters: { keyId: arn, encryptionContext: { a: 'b' } },
      responseElements: null,
      readOnly: true,
      resources: [{ ARN: arn, type: 'AWS::KMS::Key' }],
      userIdentity: {
        type: 'AssumedRole',
        principalId: expect.stringMatching(/^AROA.*:job-1$/),
        arn: `arn:aws:sts::${accountId}:assumed-role/app/job-1`,
        accountId,
        accessKeyId: expect.stringMatching(/^ASIA/),
        sessionContext: {
          sessionIssuer: {
            type: 'Role',
            principalId: expect.stringMatching(/^AROA[A-Z2-7]{17}$/),
            arn: `arn:aws:iam::${accountId}:role/app`,
            accountId,
            userName: 'app',
          },
          attributes: { creationDate: expect.stringMatching(/^20.*Z$/), mfaAuthenticated: 'false' },
        },
      },
    });
    expect(JSON.stringify(record)).not.toContain(Plaintext.toString('base64'));
  });
});
