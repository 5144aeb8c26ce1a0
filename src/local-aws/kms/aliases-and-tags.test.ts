import {
  CreateAliasCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  ListAliasesCommand,
  ListResourceTagsCommand,
  paginateListAliases,
  paginateListResourceTags,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAliasCommand,
} from '@aws-sdk/client-kms';
import { describe, expect } from 'vitest';
import { customerAliases, errorOf, test } from '../testing/local-aws-under-test.ts';

const aliasArn = (name: string) => `arn:aws:kms:us-east-1:111122223333:${name}`;

describe('an alias', () => {
  test('names a key, then another one, then none', async ({ local }) => {
    const [first, second] = [await local.newKey(), await local.newKey()];
    const target = async () =>
      (await local.kms.send(new DescribeKeyCommand({ KeyId: 'alias/mine' }))).KeyMetadata?.KeyId;

    await local.kms.send(new CreateAliasCommand({ AliasName: 'alias/mine', TargetKeyId: first.id }));
    expect(await target()).toBe(first.id);
    await local.kms.send(new UpdateAliasCommand({ AliasName: 'alias/mine', TargetKeyId: second.arn }));
    expect(await target()).toBe(second.id);
    await local.kms.send(new DeleteAliasCommand({ AliasName: 'alias/mine' }));
    expect(await errorOf(target())).toMatchObject({ name: 'NotFoundException' });
  });

  test('is listed with its times', async ({ local }) => {
    const { id } = await local.newKey();
    const CreationDate = new Date(local.clock.now());
    await local.kms.send(new CreateAliasCommand({ AliasName: 'alias/mine', TargetKeyId: id }));
    local.clock.advance({ seconds: 5 });
    await local.kms.send(new UpdateAliasCommand({ AliasName: 'alias/mine', TargetKeyId: id }));
    expect(await customerAliases(local.kms)).toEqual([
      {
        AliasName: 'alias/mine',
        AliasArn: aliasArn('alias/mine'),
        TargetKeyId: id,
        CreationDate,
        LastUpdatedDate: new Date(local.clock.now()),
      },
    ]);
  });

  test('is taken by one key at a time', async ({ local }) => {
    const [first, second] = [await local.newKey(), await local.newKey()];
    const create = (TargetKeyId: string) =>
      local.kms.send(new CreateAliasCommand({ AliasName: 'alias/mine', TargetKeyId }));
    await create(first.id);
    expect(await errorOf(create(second.id))).toEqual({
      name: 'AlreadyExistsException',
      message: `An alias with the name ${aliasArn('alias/mine')} already exists`,
      status: 400,
    });
  });

  test.for<[string, string, string | RegExp]>([
    [
      'mine',
      'ValidationException',
      'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
    ],
    [
      'alias/mi ne',
      'ValidationException',
      "1 validation error detected: Value 'alias/mi ne' at 'aliasName' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$",
    ],
    ['alias/', 'ValidationException', 'alias/ contains invalid characters for an alias'],
    ['alias/mi:ne', 'ValidationException', 'alias/mi:ne contains invalid characters for an alias'],
    [`alias/${'x'.repeat(251)}`, 'ValidationException', /Member must have length less than or equal to 256$/],
    ['alias/aws/mine', 'NotAuthorizedException', 'UnknownError'],
  ])('can not be called %s', async ([AliasName, name, message], { local }) => {
    const { id } = await local.newKey();
    const error = await errorOf(local.kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: id })));
    expect(error).toEqual({
      name,
      message: typeof message === 'string' ? message : expect.stringMatching(message),
      status: 400,
    });
  });

  test('that does not exist can be neither changed nor deleted', async ({ local }) => {
    const { id } = await local.newKey();
    const notFound = {
      name: 'NotFoundException',
      message: `Alias ${aliasArn('alias/none')} is not found.`,
      status: 400,
    };
    const AliasName = 'alias/none';
    expect(await errorOf(local.kms.send(new DeleteAliasCommand({ AliasName })))).toEqual(notFound);
    expect(await errorOf(local.kms.send(new UpdateAliasCommand({ AliasName, TargetKeyId: id })))).toEqual(
      notFound,
    );
  });

  test("can't name another alias", async ({ local }) => {
    const { id } = await local.newKey();
    await local.kms.send(new CreateAliasCommand({ AliasName: 'alias/mine', TargetKeyId: id }));
    const create = new CreateAliasCommand({ AliasName: 'alias/second', TargetKeyId: 'alias/mine' });
    expect(await errorOf(local.kms.send(create))).toMatchObject({
      name: 'ValidationException',
      message: 'Aliases must refer to keys. Not aliases',
    });
  });

  // KMS developer guide, resource-limits.html; the sentence is AWS's.
  test('is one of at most 50 of its key, listed in order and page by page', async ({ local }) => {
    const [key, other] = [await local.newKey(), await local.newKey()];
    const names = Array.from({ length: 50 }, (_, index) => `alias/mine-${String(index).padStart(3, '0')}`);
    for (const AliasName of names.toReversed()) {
      await local.kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: key.id }));
    }
    await local.kms.send(new CreateAliasCommand({ AliasName: 'alias/other', TargetKeyId: other.id }));
    const pages: number[] = [];
    const seen: unknown[] = [];
    for await (const { Aliases = [] } of paginateListAliases(
      { client: local.kms, pageSize: 20 },
      { KeyId: key.id },
    )) {
      pages.push(Aliases.length);
      seen.push(...Aliases.map((alias) => alias.AliasName));
    }
    expect(pages).toEqual([20, 20, 10]);
    expect(seen).toEqual(names);
    const { Aliases, Truncated } = await local.kms.send(new ListAliasesCommand({}));
    expect([Aliases?.length, Truncated]).toEqual([50, true]);

    const tooMany = {
      name: 'LimitExceededException',
      message: 'Aliases per key quota for this account in this region is 50',
      status: 400,
    };
    const create = new CreateAliasCommand({ AliasName: 'alias/one-more', TargetKeyId: key.id });
    expect(await errorOf(local.kms.send(create))).toEqual(tooMany);
    const update = (AliasName: string) =>
      local.kms.send(new UpdateAliasCommand({ AliasName, TargetKeyId: key.id }));
    expect(await errorOf(update('alias/other'))).toEqual(tooMany);
    await expect(update('alias/mine-000')).resolves.toBeDefined();
    await local.kms.send(new DeleteAliasCommand({ AliasName: 'alias/mine-001' }));
    await expect(update('alias/other')).resolves.toBeDefined();
    expect(await errorOf(local.kms.send(new ListAliasesCommand({ Limit: 101 })))).toMatchObject({
      message:
        "1 validation error detected: Value '101' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 100",
    });
  });

  test('that is deleted between two pages shifts nothing', async ({ local }) => {
    const { id } = await local.newKey();
    for (const name of ['a', 'b', 'c', 'd']) {
      await local.kms.send(new CreateAliasCommand({ AliasName: `alias/${name}`, TargetKeyId: id }));
    }
    const first = await local.kms.send(new ListAliasesCommand({ KeyId: id, Limit: 2 }));
    expect(first.Truncated).toBe(true);
    await local.kms.send(new DeleteAliasCommand({ AliasName: 'alias/b' }));
    const second = await local.kms.send(
      new ListAliasesCommand({ KeyId: id, Limit: 2, Marker: first.NextMarker }),
    );
    expect(second.Aliases?.map((alias) => alias.AliasName)).toEqual(['alias/c', 'alias/d']);
    expect(second).toMatchObject({ Truncated: false });
    expect(second).not.toHaveProperty('NextMarker');
  });
});

describe('tags', () => {
  test('are added, changed, removed and paged through', async ({ local }) => {
    const { id, arn } = await local.newKey();
    const tag = (TagKey: string, TagValue: string) => ({ TagKey, TagValue });
    await local.kms.send(
      new TagResourceCommand({ KeyId: id, Tags: [tag('b', '1'), tag('a', '1'), tag('c', '1')] }),
    );
    await local.kms.send(new TagResourceCommand({ KeyId: arn, Tags: [tag('a', '2')] }));
    await local.kms.send(new UntagResourceCommand({ KeyId: id, TagKeys: ['b', 'never-there'] }));
    const { Tags, Truncated } = await local.kms.send(new ListResourceTagsCommand({ KeyId: id }));
    expect({ Tags, Truncated }).toEqual({ Tags: [tag('a', '2'), tag('c', '1')], Truncated: false });
    const seen: unknown[] = [];
    for await (const page of paginateListResourceTags({ client: local.kms, pageSize: 1 }, { KeyId: id })) {
      seen.push(page.Tags);
    }
    expect(seen).toEqual([[tag('a', '2')], [tag('c', '1')]]);
  });

  test('are limited to 50', async ({ local }) => {
    const { id } = await local.newKey();
    const tags = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) => ({ TagKey: `tag-${from + index}`, TagValue: '' }));
    await local.kms.send(new TagResourceCommand({ KeyId: id, Tags: tags(0, 50) }));
    await local.kms.send(new TagResourceCommand({ KeyId: id, Tags: tags(0, 1) }));
    expect(await errorOf(local.kms.send(new TagResourceCommand({ KeyId: id, Tags: tags(50, 1) })))).toEqual({
      name: 'TagException',
      message: 'Too many tags',
      status: 400,
    });
  });

  test('are required', async ({ local }) => {
    const { id } = await local.newKey();
    expect(
      await errorOf(local.kms.send(new TagResourceCommand({ KeyId: id, Tags: undefined }))),
    ).toMatchObject({
      message:
        "1 validation error detected: Value null at 'tags' failed to satisfy constraint: Member must not be null",
    });
  });
});
