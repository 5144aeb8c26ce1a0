import {
  type AliasListEntry,
  CreateAliasCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  ListAliasesCommand,
  paginateListAliases,
  UpdateAliasCommand,
} from '@aws-sdk/client-kms';
import { beforeAll, describe, expect, test } from 'vitest';
import { key, kms, newAliasName, otherKey } from './clients.ts';
import { eventually } from './eventually.ts';
import { constraintBroken, refusal, refusalOf } from './refusal.ts';

const aliasArn = (aliasName: string) => key.aliasArn.replace(key.aliasName, aliasName);

async function aliasesOf(keyId: string, pageSize = 50): Promise<AliasListEntry[]> {
  const aliases: AliasListEntry[] = [];
  for await (const page of paginateListAliases({ client: kms, pageSize }, { KeyId: keyId })) {
    expect(page.Aliases?.length).toBeLessThanOrEqual(pageSize);
    aliases.push(...(page.Aliases ?? []));
  }
  return aliases;
}

const keyBehind = async (KeyId: string) =>
  (await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyId;

describe('an alias', () => {
  // recorded (test_create_list_delete_alias, test_update_alias); API reference, AliasListEntry
  test('is created, listed, given to another key, and deleted', async () => {
    const AliasName = newAliasName('of_its_own');
    await kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: key.id }));
    await eventually(async () => expect(await keyBehind(AliasName)).toBe(key.id));
    const entry = {
      AliasName,
      AliasArn: aliasArn(AliasName),
      CreationDate: expect.any(Date),
      LastUpdatedDate: expect.any(Date),
    };
    await eventually(async () =>
      expect(await aliasesOf(key.id)).toContainEqual({ ...entry, TargetKeyId: key.id }),
    );

    await kms.send(new UpdateAliasCommand({ AliasName, TargetKeyId: otherKey.arn }));
    await eventually(async () => expect(await keyBehind(aliasArn(AliasName))).toBe(otherKey.id));
    await eventually(async () => {
      expect(await aliasesOf(otherKey.id)).toContainEqual({ ...entry, TargetKeyId: otherKey.id });
      expect(await aliasesOf(key.id)).not.toContainEqual(expect.objectContaining({ AliasName }));
    });

    await kms.send(new DeleteAliasCommand({ AliasName }));
    await eventually(async () => {
      expect(await refusalOf(keyBehind(AliasName))).toMatchObject({ name: 'NotFoundException' });
    });
    expect(await keyBehind(otherKey.id)).toBe(otherKey.id);
  });

  // model: AliasNameType
  test('may have letters, digits, slashes, underscores and dashes in its name', async () => {
    const AliasName = newAliasName('with/Every_Kind-of/character-1');
    await kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: key.id }));
    await eventually(async () => expect(await keyBehind(AliasName)).toBe(key.id));
    await kms.send(new DeleteAliasCommand({ AliasName }));
  });
});

describe('ListAliases', () => {
  const AliasName = newAliasName('second_of_key');
  beforeAll(async () => {
    await kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: key.id }));
    await eventually(async () => expect(await keyBehind(AliasName)).toBe(key.id));
  });

  // API reference, ListAliases: Limit, Truncated, NextMarker; a page may have fewer items than the limit
  test('pages through the aliases of a key, each one once', () =>
    eventually(async () => {
      const names = (await aliasesOf(key.id, 1)).map(({ AliasName }) => AliasName);
      expect(names).toEqual(expect.arrayContaining([key.aliasName, AliasName]));
      expect(new Set(names).size).toBe(names.length);
    }));

  // API reference, ListAliases: without a key, the aliases of the account and Region
  test('has all aliases of the Region if no key is named', async () => {
    const { Aliases = [], Truncated } = await kms.send(new ListAliasesCommand({ Limit: 100 }));
    expect(Aliases.length).toBeLessThanOrEqual(100);
    if (!Truncated) expect(Aliases.map(({ AliasName }) => AliasName)).toContain(key.aliasName);
  });

  // API reference, ListAliases: 1 to 100
  test.each([0, 101])('refuses a limit of %i', async (Limit) => {
    const { name, message } = await refusalOf(kms.send(new ListAliasesCommand({ Limit })));
    expect(name).toBe('ValidationException');
    expect(message).toContain(`Value '${Limit}' at 'limit' failed to satisfy constraint`);
  });
});

describe('CreateAlias refuses', () => {
  const create = (AliasName: string, TargetKeyId = key.id) =>
    refusalOf(kms.send(new CreateAliasCommand({ AliasName, TargetKeyId })));

  // recorded (test_create_alias)
  test('a name without its prefix', async () => {
    expect(await create('conformance')).toEqual(
      refusal(
        'ValidationException',
        'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
      ),
    );
  });

  // model: AliasNameType, in the words of recorded answers
  test('a name with a space', async () => {
    expect(await create('alias/my key')).toEqual(
      constraintBroken(
        "'alias/my key' at 'aliasName'",
        'satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$',
      ),
    );
  });

  // API reference, CreateAlias: the prefix alias/aws/ is AWS's own. It doesn't say with what error.
  test("a name under AWS's own prefix", async () => {
    expect(await create('alias/aws/conformance')).toMatchObject({ status: 400 });
  });

  // API reference, CreateAlias: AlreadyExistsException; emulators agree that it names the alias by its ARN
  test.each([
    ['by another key', otherKey],
    ['by the same key', key],
  ])('a name that is taken %s', async (_by, target) => {
    const { name, message, status } = await create(key.aliasName, target.id);
    expect({ name, status }).toEqual({ name: 'AlreadyExistsException', status: 400 });
    expect(message).toContain(key.aliasArn);
  });

  // API reference, CreateAlias: TargetKeyId is a key id or a key ARN
  test('another alias as the key', async () => {
    expect(await create(newAliasName('of_alias'), key.aliasName)).toMatchObject({ status: 400 });
  });
});

// The sentence is quoted in public reports of AWS's answers.
describe('an alias that does not exist', () => {
  const AliasName = `${key.aliasName}_absent`;
  const notFound = refusal('NotFoundException', `Alias ${aliasArn(AliasName)} is not found.`);

  test('is not updated', async () => {
    const call = kms.send(new UpdateAliasCommand({ AliasName, TargetKeyId: key.id }));
    expect(await refusalOf(call)).toEqual(notFound);
  });

  test('is not deleted', async () => {
    expect(await refusalOf(kms.send(new DeleteAliasCommand({ AliasName })))).toEqual(notFound);
  });
});
