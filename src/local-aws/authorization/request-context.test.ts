import {
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  ListKeysCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
} from '@aws-sdk/client-kms';
import { describe, expect, test } from 'vitest';
import { errorOf } from '../testing/local-aws-under-test.ts';
import { accountId, allowing, startShared } from '../testing/principals-under-test.ts';

const Plaintext = Buffer.from('x');

describe('condition keys', () => {
  test('the encryption context, by pair and by key', async () => {
    const { as, newKey } = await startShared([
      {
        userName: 'alice',
        policies: [
          allowing('kms:GenerateDataKey', '*', {
            StringEquals: { 'kms:EncryptionContext:owner': `\${aws:username}` },
            'ForAllValues:StringEquals': { 'kms:EncryptionContextKeys': ['owner', 'purpose'] },
          }),
        ],
      },
    ]);
    const { id } = await newKey();
    const generate = (EncryptionContext?: Record<string, string>) =>
      as('alice').kms.send(new GenerateDataKeyCommand({ KeyId: id, KeySpec: 'AES_256', EncryptionContext }));
    await generate({ owner: 'alice' });
    await generate({ owner: 'alice', purpose: 'test' });
    const refused = { name: 'AccessDeniedException' };
    expect(await errorOf(generate())).toMatchObject(refused);
    expect(await errorOf(generate({ owner: 'bob' }))).toMatchObject(refused);
    expect(await errorOf(generate({ owner: 'alice', other: 'x' }))).toMatchObject(refused);
  });

  test('the alias that the request names, and all aliases that the key has', async () => {
    const { as, kms, newKey } = await startShared([
      {
        userName: 'by-request',
        policies: [allowing('kms:DescribeKey', '*', { StringEquals: { 'kms:RequestAlias': 'alias/app' } })],
      },
      {
        userName: 'by-key',
        policies: [
          allowing('kms:DescribeKey', '*', {
            'ForAnyValue:StringLike': { 'kms:ResourceAliases': 'alias/app*' },
          }),
        ],
      },
    ]);
    const { id, arn } = await newKey();
    const other = await newKey();
    await kms.send(new CreateAliasCommand({ AliasName: 'alias/app', TargetKeyId: id }));
    const aliasArn = arn.replace(/key\/.*/, 'alias/app');
    const describeAs = (name: string, KeyId: string) => as(name).kms.send(new DescribeKeyCommand({ KeyId }));

    await describeAs('by-request', 'alias/app');
    await describeAs('by-request', aliasArn);
    expect(await errorOf(describeAs('by-request', id))).toMatchObject({ name: 'AccessDeniedException' });
    await describeAs('by-key', id);
    await describeAs('by-key', 'alias/app');
    expect(await errorOf(describeAs('by-key', other.id))).toMatchObject({ name: 'AccessDeniedException' });
  });

  test("the key's tags, and those that the request brings", async () => {
    const { as, kms, newKey } = await startShared([
      {
        userName: 'alice',
        policies: [
          allowing('kms:Encrypt', '*', { StringEquals: { 'aws:ResourceTag/team': 'red' } }),
          allowing('kms:TagResource', '*', {
            StringEquals: { 'aws:RequestTag/team': ['red', 'blue'] },
            'ForAllValues:StringEquals': { 'aws:TagKeys': 'team' },
          }),
        ],
      },
    ]);
    const alice = as('alice').kms;
    const { id } = await newKey();
    const tag = (...tags: [string, string][]) =>
      new TagResourceCommand({ KeyId: id, Tags: tags.map(([TagKey, TagValue]) => ({ TagKey, TagValue })) });
    const encrypt = new EncryptCommand({ KeyId: id, Plaintext });

    expect(await errorOf(alice.send(encrypt))).toMatchObject({ name: 'AccessDeniedException' });
    expect(await errorOf(alice.send(tag(['team', 'green'])))).toMatchObject({
      name: 'AccessDeniedException',
    });
    expect(await errorOf(alice.send(tag(['team', 'red'], ['x', 'y'])))).toMatchObject({
      name: 'AccessDeniedException',
    });
    await alice.send(tag(['team', 'red']));
    await alice.send(encrypt);
    await kms.send(tag(['team', 'blue']));
    expect(await errorOf(alice.send(encrypt))).toMatchObject({ name: 'AccessDeniedException' });
  });

  test("the key's properties, even before its creation", async () => {
    const symmetric = {
      StringEquals: {
        'kms:KeySpec': 'SYMMETRIC_DEFAULT',
        'kms:KeyUsage': 'ENCRYPT_DECRYPT',
        'kms:KeyOrigin': 'AWS_KMS',
      },
    };
    const { as } = await startShared([
      { userName: 'alice', policies: [allowing(['kms:CreateKey', 'kms:DescribeKey'], '*', symmetric)] },
    ]);
    const { KeyMetadata } = await as('alice').kms.send(new CreateKeyCommand({}));
    await as('alice').kms.send(new DescribeKeyCommand({ KeyId: KeyMetadata?.KeyId }));
    expect(
      await errorOf(
        as('alice').kms.send(new CreateKeyCommand({ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' })),
      ),
    ).toMatchObject({ name: 'AccessDeniedException' });
  });

  test('numbers and dates', async () => {
    const { as, newKey, clock } = await startShared([
      {
        userName: 'alice',
        policies: [
          allowing('kms:ScheduleKeyDeletion', '*', {
            NumericGreaterThanEquals: { 'kms:ScheduleKeyDeletionPendingWindowInDays': 14 },
          }),
        ],
      },
      {
        userName: 'guest',
        policies: [
          allowing('kms:ListKeys', '*', {
            DateLessThan: { 'aws:CurrentTime': new Date(Date.now() + 3_600_000).toISOString() },
            IpAddress: { 'aws:SourceIp': '127.0.0.0/8' },
            Bool: { 'aws:SecureTransport': true },
          }),
        ],
      },
    ]);
    const { id } = await newKey();
    const schedule = (PendingWindowInDays: number) =>
      as('alice').kms.send(new ScheduleKeyDeletionCommand({ KeyId: id, PendingWindowInDays }));
    expect(await errorOf(schedule(7))).toMatchObject({ name: 'AccessDeniedException' });
    await schedule(14);

    await as('guest').kms.send(new ListKeysCommand({}));
    clock.advance({ seconds: 3601 });
    expect(await errorOf(as('guest').kms.send(new ListKeysCommand({})))).toMatchObject({
      name: 'AccessDeniedException',
    });
  });

  test('the role behind a session, and when the session began', async () => {
    const { as } = await startShared([
      {
        roleName: 'app',
        sessionName: 'job-1',
        policies: [
          allowing('kms:ListKeys', '*', {
            ArnEquals: { 'aws:PrincipalArn': `arn:aws:iam::${accountId}:role/app` },
            StringEquals: { 'aws:PrincipalType': 'AssumedRole', 'aws:PrincipalAccount': accountId },
            StringLike: { 'aws:userid': '*:job-1' },
            Null: { 'aws:TokenIssueTime': false, 'aws:username': true, 'kms:ViaService': true },
          }),
        ],
      },
    ]);
    await as('job-1').kms.send(new ListKeysCommand({}));
  });
});
