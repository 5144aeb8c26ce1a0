import {
  CreateAliasCommand,
  DeleteAliasCommand,
  EncryptCommand,
  type KMSClient,
  ReEncryptCommand,
  UpdateAliasCommand,
} from '@aws-sdk/client-kms';
import { describe, expect, test } from 'vitest';
import { errorOf } from '../testing/local-aws-under-test.ts';
import { accountId, allowing, startShared } from '../testing/principals-under-test.ts';

const Plaintext = Buffer.from('x');

describe('an alias', () => {
  const aliasArn = (name: string) => `arn:aws:kms:us-east-1:${accountId}:alias/${name}`;

  test('can be changed with permissions on it and on both keys', async () => {
    const actions = ['kms:CreateAlias', 'kms:UpdateAlias', 'kms:DeleteAlias'];
    const { as, kms, newKey } = await startShared([
      { userName: 'alice', policies: [allowing(actions, [aliasArn('app-*'), 'arn:aws:kms:*:*:key/*'])] },
      { userName: 'only-alias', policies: [allowing(actions, aliasArn('*'))] },
      { userName: 'only-key', policies: [allowing(actions, 'arn:aws:kms:*:*:key/*')] },
    ]);
    const [key, other] = [await newKey(), await newKey()];
    const create = (name: string) => (kms: KMSClient) =>
      kms.send(new CreateAliasCommand({ AliasName: `alias/${name}`, TargetKeyId: key.id }));
    const refusedOn = async (name: string, call: (kms: KMSClient) => Promise<unknown>) => {
      const { message } = await errorOf(call(as(name).kms));
      return /on resource: (\S+)/.exec(message)?.[1];
    };

    await create('app-1')(as('alice').kms);
    expect(await refusedOn('alice', create('other'))).toBe(aliasArn('other'));
    expect(await refusedOn('only-key', create('app-2'))).toBe(aliasArn('app-2'));
    expect(await refusedOn('only-alias', create('app-2'))).toBe(key.arn);

    const update = (kms: KMSClient) =>
      kms.send(new UpdateAliasCommand({ AliasName: 'alias/app-1', TargetKeyId: other.id }));
    expect(await refusedOn('only-alias', update)).toBe(key.arn);
    expect(await refusedOn('only-key', update)).toBe(aliasArn('app-1'));
    await update(as('alice').kms);

    const remove = (kms: KMSClient) => kms.send(new DeleteAliasCommand({ AliasName: 'alias/app-1' }));
    expect(await refusedOn('only-alias', remove)).toBe(other.arn);
    expect(await refusedOn('only-key', remove)).toBe(aliasArn('app-1'));
    await remove(as('alice').kms);
    await create('app-1')(kms);
  });
});

test('ReEncrypt needs a permission on each of the two keys', async () => {
  const [from, to] = ['kms:ReEncryptFrom', 'kms:ReEncryptTo'];
  const { as, kms, newKey } = await startShared([
    { userName: 'both', policies: [allowing('kms:ReEncrypt*')] },
    { userName: 'from', policies: [allowing(from)] },
    { userName: 'to', policies: [allowing(to)] },
  ]);
  const [source, destination] = [await newKey(), await newKey()];
  const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId: source.id, Plaintext }));
  const command = new ReEncryptCommand({ CiphertextBlob, DestinationKeyId: destination.id });
  await as('both').kms.send(command);
  expect((await errorOf(as('from').kms.send(command))).message).toContain(
    `${to} on resource: ${destination.arn}`,
  );
  expect((await errorOf(as('to').kms.send(command))).message).toContain(
    `${from} on the resource associated with this ciphertext`,
  );
});
