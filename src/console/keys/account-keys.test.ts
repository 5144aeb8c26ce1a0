import {
  CreateAliasCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  EnableKeyRotationCommand,
  KMSClient,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { describe, expect, test } from 'vitest';
import { withLocalClients } from '../../evidence/local-clients.ts';
import { allowing, startShared } from '../../local-aws/testing/principals-under-test.ts';
import { describeKeyInFull, listKeys, mostKeys } from './account-keys.ts';

async function newKey(kms: KMSClient, ...aliases: string[]): Promise<string> {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Tags: [{ TagKey: 'team', TagValue: 'a' }] }));
  const TargetKeyId = KeyMetadata?.KeyId ?? '';
  for (const AliasName of aliases) await kms.send(new CreateAliasCommand({ AliasName, TargetKeyId }));
  return TargetKeyId;
}

test('lists the customer managed keys with their aliases, status, rotation and tags, sorted by alias', () =>
  withLocalClients({}, async ({ kms }) => {
    const rotated = await newKey(kms, 'alias/b');
    const pending = await newKey(kms);
    const twice = await newKey(kms, 'alias/a', 'alias/c');
    await kms.send(new EnableKeyRotationCommand({ KeyId: rotated }));
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId: pending }));

    const { keys, ...rest } = await listKeys(kms, '');
    expect(rest).toEqual({ more: 0, refused: [], notThere: [] });
    expect(
      keys.map(({ id, aliases, rotates, tags }) => ({ id, aliases, rotates, tags: tags?.length })),
    ).toEqual([
      { id: twice, aliases: ['alias/a', 'alias/c'], rotates: false, tags: 1 },
      { id: rotated, aliases: ['alias/b'], rotates: true, tags: 1 },
      { id: pending, aliases: [], rotates: expect.anything(), tags: 1 },
    ]);
    expect(keys[2]?.metadata).toMatchObject({ KeyState: 'PendingDeletion', DeletionDate: expect.any(Date) });
    expect((await listKeys(kms, 'alias/c')).keys.map(({ id }) => id)).toEqual([twice]);
    expect((await listKeys(kms, 'z')).keys).toEqual([]);
  }));

test('asks about 50 keys at most, and says how many more there are', () =>
  withLocalClients({}, async ({ kms }) => {
    await Promise.all(Array.from({ length: mostKeys + 3 }, () => newKey(kms)));

    const { keys, more } = await listKeys(kms, '');
    expect(keys).toHaveLength(mostKeys);
    expect(more).toBe(3);
  }));

test('a key has its policy and its grants', () =>
  withLocalClients({}, async ({ kms }) => {
    const id = await newKey(kms, 'alias/a');
    const GranteePrincipal = 'arn:aws:iam::111122223333:root';
    await kms.send(new CreateGrantCommand({ KeyId: id, GranteePrincipal, Operations: ['Decrypt'] }));

    const key = await describeKeyInFull(kms, id);
    expect(key).toMatchObject({ id, aliases: ['alias/a'], refused: [], notThere: [] });
    expect(JSON.parse(key?.policy ?? '')).toHaveProperty('Statement');
    expect(key?.grants).toEqual([expect.objectContaining({ Operations: ['Decrypt'] })]);
    expect(await describeKeyInFull(kms, '00000000-0000-0000-0000-000000000000')).toBeUndefined();
  }));

describe('without some permissions', () => {
  test.each([
    [
      ['kms:ListKeys', 'kms:DescribeKey'],
      ['kms:GetKeyRotationStatus', 'kms:ListAliases', 'kms:ListResourceTags'],
    ],
    [
      ['kms:ListAliases', 'kms:DescribeKey', 'kms:ListResourceTags', 'kms:GetKeyRotationStatus'],
      ['kms:ListKeys'],
    ],
    [[], ['kms:ListAliases', 'kms:ListKeys']],
  ])('but %j the rest is shown, and the missing ones are named', async (allowed, refused) => {
    const shared = await startShared([
      { userName: 'ada', policies: allowed.length > 0 ? [allowing(allowed)] : [] },
    ]);
    const id = await newKey(shared.kms, 'alias/a');

    const list = await listKeys(shared.as('ada').kms, '');
    expect(list.refused).toEqual(refused);
    expect(list.keys.map((key) => key.id)).toEqual(allowed.length > 0 ? [id] : []);
    expect((await listKeys(shared.kms, '')).refused).toEqual([]);
  });

  test('a key is shown without its policy and grants', async () => {
    const shared = await startShared([{ userName: 'ada', policies: [allowing('kms:DescribeKey')] }]);
    const id = await newKey(shared.kms, 'alias/a');

    const key = await describeKeyInFull(shared.as('ada').kms, id);
    expect(key).toMatchObject({ metadata: { KeyId: id }, policy: undefined, grants: undefined });
    expect(key?.refused).toEqual(
      ['GetKeyPolicy', 'GetKeyRotationStatus', 'ListAliases', 'ListGrants', 'ListResourceTags'].map(
        (operation) => `kms:${operation}`,
      ),
    );
  });
});

test('an endpoint without an operation is told from one that does not answer', async () => {
  const answering = new KMSClient({
    maxAttempts: 1,
    region: 'eu-test-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  answering.middlewareStack.add(
    () => async () => {
      throw Object.assign(new Error('not implemented'), {
        name: 'UnknownOperationException',
        $metadata: { httpStatusCode: 400 },
      });
    },
    { step: 'deserialize' },
  );
  expect(await listKeys(answering, '')).toEqual({
    keys: [],
    more: 0,
    refused: [],
    notThere: ['kms:ListAliases', 'kms:ListKeys'],
  });

  const nobody = new KMSClient({
    maxAttempts: 1,
    region: 'eu-test-1',
    endpoint: 'http://127.0.0.1:9',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  await expect(listKeys(nobody, '')).rejects.toThrow('ECONNREFUSED');
});
