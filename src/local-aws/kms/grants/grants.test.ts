import {
  CreateGrantCommand,
  type CreateGrantCommandInput,
  DescribeKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  type KMSClient,
  ListGrantsCommand,
  ListRetirableGrantsCommand,
  PutKeyPolicyCommand,
  ReEncryptCommand,
  RetireGrantCommand,
  RevokeGrantCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { describe, expect, test } from 'vitest';
import { errorOf } from '../../testing/local-aws-under-test.ts';
import {
  accountId,
  allowing,
  denying,
  rootArn,
  startShared,
  userArn,
} from '../../testing/principals-under-test.ts';

const Plaintext = Buffer.from('x');
const refused = { name: 'AccessDeniedException' };
const alice = userArn('alice');
const dryRunSucceeded = { name: 'DryRunOperationException' };

const nobody = (...names: string[]) => names.map((userName) => ({ userName, policies: [] }));

/** Creates a grant, to alice unless the input says otherwise. */
const grant = (kms: KMSClient, KeyId: string, input: Partial<CreateGrantCommandInput> = {}) =>
  kms.send(new CreateGrantCommand({ KeyId, GranteePrincipal: alice, Operations: ['Encrypt'], ...input }));

const encrypt = (kms: KMSClient, KeyId: string, EncryptionContext?: Record<string, string>) =>
  kms.send(new EncryptCommand({ KeyId, Plaintext, ...(EncryptionContext ? { EncryptionContext } : {}) }));

describe('a grant', () => {
  test('allows its operations on its key to its grantee, beside all policies', async () => {
    const { as, kms, newKey } = await startShared(nobody('alice', 'bob'));
    const [key, other] = [await newKey(), await newKey()];
    await grant(kms, key.id, { Operations: ['Encrypt', 'DescribeKey'] });
    await encrypt(as('alice').kms, key.id);
    await as('alice').kms.send(new DescribeKeyCommand({ KeyId: key.id }));

    expect(await errorOf(encrypt(as('alice').kms, other.id))).toMatchObject(refused);
    expect(await errorOf(encrypt(as('bob').kms, key.id))).toMatchObject(refused);
    const generate = new GenerateDataKeyCommand({ KeyId: key.id, KeySpec: 'AES_256' });
    expect(await errorOf(as('alice').kms.send(generate))).toMatchObject(refused);
  });

  test('works where the key policy leaves nothing to the account', async () => {
    const { as, kms, newKey } = await startShared(nobody('alice'));
    const { id } = await newKey();
    await grant(kms, id);
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { AWS: userArn('administrator') },
        Action: 'kms:*',
        Resource: '*',
      },
    });
    await kms.send(new PutKeyPolicyCommand({ KeyId: id, Policy }));
    await encrypt(as('alice').kms, id);
  });

  test('to a role is for all its sessions, one to a session for that session', async () => {
    const sessions = ['job-1', 'job-2'].map((sessionName) => ({
      roleName: 'app',
      sessionName,
      policies: [],
    }));
    const { as, kms, newKey } = await startShared(sessions);
    const [ofRole, ofSession] = [await newKey(), await newKey()];
    await grant(kms, ofRole.id, { GranteePrincipal: `arn:aws:iam::${accountId}:role/app` });
    await grant(kms, ofSession.id, { GranteePrincipal: `arn:aws:sts::${accountId}:assumed-role/app/job-1` });
    await encrypt(as('job-1').kms, ofRole.id);
    await encrypt(as('job-2').kms, ofRole.id);
    await encrypt(as('job-1').kms, ofSession.id);
    expect(await errorOf(encrypt(as('job-2').kms, ofSession.id))).toMatchObject(refused);
  });

  test('is overruled by an explicit deny', async () => {
    const { as, kms, newKey } = await startShared([
      { userName: 'alice', policies: [denying('kms:Encrypt')] },
    ]);
    const { id } = await newKey();
    await grant(kms, id);
    expect((await errorOf(encrypt(as('alice').kms, id))).message).toContain('with an explicit deny');
  });

  test('for one end of ReEncrypt is not enough for the other', async () => {
    const { as, kms, newKey } = await startShared(nobody('alice'));
    const [source, destination] = [await newKey(), await newKey()];
    const { CiphertextBlob } = await encrypt(kms, source.id);
    const command = new ReEncryptCommand({ CiphertextBlob, DestinationKeyId: destination.id });
    await grant(kms, source.id, { Operations: ['ReEncryptFrom'] });
    expect((await errorOf(as('alice').kms.send(command))).message).toContain('kms:ReEncryptTo');
    await grant(kms, destination.id, { Operations: ['ReEncryptTo'] });
    await as('alice').kms.send(command);
  });

  test('ends with its key', async () => {
    const { kms, newKey, clock } = await startShared(nobody('alice'));
    const { id } = await newKey();
    await grant(kms, id, { RetiringPrincipal: alice });
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId: id, PendingWindowInDays: 7 }));
    const list = () => kms.send(new ListRetirableGrantsCommand({ RetiringPrincipal: alice }));
    expect((await list()).Grants).toHaveLength(1);
    clock.advance({ days: 7 });
    expect((await list()).Grants).toEqual([]);
  });
});

describe('creating a grant', () => {
  test('twice under one name makes one grant, with another token', async () => {
    const { kms, newKey } = await startShared(nobody('alice'));
    const { id } = await newKey();
    const Constraints = { EncryptionContextSubset: { a: '1', b: '2' } };
    const first = await grant(kms, id, { Name: 'n', Operations: ['Encrypt', 'Decrypt'], Constraints });
    const again = await grant(kms, id, {
      Name: 'n',
      Operations: ['Decrypt', 'Encrypt', 'Encrypt'],
      Constraints: { EncryptionContextSubset: { b: '2', a: '1' } },
    });
    expect(again.GrantId).toBe(first.GrantId);
    expect(again.GrantToken).not.toBe(first.GrantToken);
    const others = [
      await grant(kms, id, { Name: 'n', Operations: ['Encrypt', 'Decrypt'] }),
      await grant(kms, id, { Operations: ['Encrypt'] }),
      await grant(kms, id, { Operations: ['Encrypt'] }),
    ];
    expect(new Set([first, ...others].map(({ GrantId }) => GrantId)).size).toBe(4);
    expect((await kms.send(new ListGrantsCommand({ KeyId: id }))).Grants).toHaveLength(4);
  });

  test('as a dry run makes none', async () => {
    const { kms, newKey } = await startShared(nobody('alice'));
    const { id } = await newKey();
    expect(await errorOf(grant(kms, id, { DryRun: true }))).toMatchObject(dryRunSucceeded);
    expect((await kms.send(new ListGrantsCommand({ KeyId: id }))).Grants).toEqual([]);
    const { GrantId } = await grant(kms, id);
    expect((await kms.send(new ListGrantsCommand({ KeyId: id }))).Grants).toMatchObject([{ GrantId }]);
  });

  test("can be limited by conditions on the grant's terms", async () => {
    const { as, newKey } = await startShared([
      ...nobody('alice', 'bob'),
      {
        userName: 'manager',
        policies: [
          allowing('kms:CreateGrant', '*', {
            'ForAllValues:StringEquals': { 'kms:GrantOperations': ['Encrypt', 'DescribeKey'] },
            StringEquals: {
              'kms:GranteePrincipal': alice,
              'kms:GrantConstraintType': 'EncryptionContextEquals',
            },
            StringLike: { 'kms:EncryptionContext:team': 'red-*' },
            Bool: { 'kms:GrantIsForAWSResource': false },
          }),
        ],
      },
    ]);
    const { id } = await newKey();
    const Constraints = { EncryptionContextEquals: { team: 'red-1' } };
    const create = (input: Partial<CreateGrantCommandInput> = {}) =>
      grant(as('manager').kms, id, { Constraints, ...input });
    await create();
    expect(await errorOf(create({ Operations: ['Encrypt', 'Decrypt'] }))).toMatchObject(refused);
    expect(await errorOf(create({ GranteePrincipal: userArn('bob') }))).toMatchObject(refused);
    expect(
      await errorOf(create({ Constraints: { EncryptionContextEquals: { team: 'blue' } } })),
    ).toMatchObject(refused);
    expect(
      await errorOf(create({ Constraints: { EncryptionContextSubset: { team: 'red-1' } } })),
    ).toMatchObject(refused);
  });

  test('is recorded, and so is its removal', async () => {
    const { kms, newKey, deliveredEvents } = await startShared(nobody('alice'));
    const { id, arn } = await newKey();
    const input = {
      RetiringPrincipal: alice,
      Constraints: { EncryptionContextSubset: { a: '1' } },
      Name: 'n',
    };
    const { GrantId, GrantToken } = await grant(kms, id, input);
    await kms.send(new RetireGrantCommand({ GrantToken }));
    const second = await grant(kms, id);
    await kms.send(new RevokeGrantCommand({ KeyId: id, GrantId: second.GrantId }));
    const resources = [{ ARN: arn, type: 'AWS::KMS::Key', accountId }];
    const [revoked, , retired, created] = await deliveredEvents();
    expect(created).toMatchObject({
      eventName: 'CreateGrant',
      readOnly: false,
      requestParameters: {
        keyId: id,
        granteePrincipal: alice,
        retiringPrincipal: alice,
        operations: ['Encrypt'],
        constraints: { encryptionContextSubset: { a: '1' } },
        name: 'n',
      },
      responseElements: { grantId: GrantId, keyId: arn },
      resources,
    });
    expect(retired).toMatchObject({
      eventName: 'RetireGrant',
      readOnly: false,
      requestParameters: null,
      responseElements: { keyId: arn },
      additionalEventData: { grantId: GrantId },
      resources,
    });
    expect(revoked).toMatchObject({
      eventName: 'RevokeGrant',
      readOnly: false,
      requestParameters: { keyId: id, grantId: second.GrantId },
      responseElements: { keyId: arn },
      resources,
    });
    expect(JSON.stringify([created, retired])).not.toContain(GrantToken);
  });
});

test("a grant to the account lets the account's policies decide", async () => {
  const { as, kms, newKey } = await startShared([
    ...nobody('bob'),
    { userName: 'alice', policies: [allowing('kms:Encrypt')] },
  ]);
  const { id } = await newKey();
  await grant(kms, id, { GranteePrincipal: rootArn });
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { AWS: userArn('administrator') },
      Action: 'kms:*',
      Resource: '*',
    },
  });
  await kms.send(new PutKeyPolicyCommand({ KeyId: id, Policy }));
  await encrypt(as('alice').kms, id);
  expect(await errorOf(encrypt(as('bob').kms, id))).toMatchObject(refused);
});
