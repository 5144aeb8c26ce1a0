import {
  ListResourceTagsCommand,
  paginateListResourceTags,
  type Tag,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-kms';
import { beforeAll, expect, inject, test } from 'vitest';
import { key, kms, newKey } from './clients.ts';
import { eventually } from './eventually.ts';
import { constraintBroken, refusal, refusalOf } from './refusal.ts';
import type { SuiteKey } from './suite-key.ts';

const runTags = inject('run').tags;

let tagged: SuiteKey;
beforeAll(async () => {
  tagged = await newKey('tagged');
});

const byKey = (one: Tag, other: Tag) => ((one.TagKey ?? '') < (other.TagKey ?? '') ? -1 : 1);

async function tagsOf(KeyId: string, pageSize = 50): Promise<Tag[]> {
  const tags: Tag[] = [];
  for await (const page of paginateListResourceTags({ client: kms, pageSize }, { KeyId })) {
    expect(page.Tags?.length).toBeLessThanOrEqual(pageSize);
    tags.push(...(page.Tags ?? []));
  }
  return tags.sort(byKey);
}

// recorded (test_update_and_add_tags_on_tagged_key, test_untag_key_partially); API reference, UntagResource: a key that
// isn't there is no error; ListResourceTags: Limit and NextMarker
test('tags are added, replaced, listed page by page, and removed', async () => {
  const add = (...Tags: Tag[]) => kms.send(new TagResourceCommand({ KeyId: tagged.arn, Tags }));
  const expectTags = (...tags: Tag[]) =>
    eventually(async () => expect(await tagsOf(tagged.id, 2)).toEqual([...runTags, ...tags].sort(byKey)));

  await add({ TagKey: 'stage', TagValue: 'first' }, { TagKey: 'empty', TagValue: '' });
  await expectTags({ TagKey: 'stage', TagValue: 'first' }, { TagKey: 'empty', TagValue: '' });
  await add({ TagKey: 'stage', TagValue: 'second' });
  await expectTags({ TagKey: 'stage', TagValue: 'second' }, { TagKey: 'empty', TagValue: '' });
  await kms.send(new UntagResourceCommand({ KeyId: tagged.id, TagKeys: ['empty', 'absent'] }));
  await expectTags({ TagKey: 'stage', TagValue: 'second' });
});

test('a key has the tags of its CreateKey call', () =>
  eventually(async () => expect(await tagsOf(key.id)).toEqual([...runTags].sort(byKey))));

// recorded (test_tag_key_with_duplicate_tag_keys_raises_error, test_tag_existing_key_with_invalid_tag_key, and those of
// CreateKey)
test.each<[string, Tag[], object]>([
  [
    'the same tag twice',
    [
      { TagKey: 'a', TagValue: '1' },
      { TagKey: 'a', TagValue: '2' },
    ],
    refusal('TagException', 'Duplicate tag keys'),
  ],
  [
    'a reserved tag',
    [{ TagKey: 'aws:reserved', TagValue: '' }],
    refusal('TagException', 'Tags beginning with aws: are reserved'),
  ],
  // reported (crossplane-contrib/provider-upjet-aws#922: what CloudTrail has of AWS's answer)
  ['an ampersand', [{ TagKey: 'Owner', TagValue: 'My & My Team' }], refusal('TagException', 'Invalid tag')],
  [
    'more than 50 tags',
    Array.from({ length: 51 }, (_, index) => ({ TagKey: `tag-${index}`, TagValue: '' })),
    refusal('TagException', 'Too many tags'),
  ],
  [
    'a key of 129 characters',
    [{ TagKey: 'k'.repeat(129), TagValue: '' }],
    constraintBroken(
      `'${'k'.repeat(129)}' at 'tags.1.member.tagKey'`,
      'have length less than or equal to 128',
    ),
  ],
])('TagResource refuses %s', async (_what, Tags, expected) => {
  expect(await refusalOf(kms.send(new TagResourceCommand({ KeyId: key.id, Tags })))).toEqual(expected);
});

// API reference, ListResourceTags: 1 to 50
test.each([0, 51])('ListResourceTags refuses a limit of %i', async (Limit) => {
  const { name, message } = await refusalOf(kms.send(new ListResourceTagsCommand({ KeyId: key.id, Limit })));
  expect(name).toBe('ValidationException');
  expect(message).toContain(`Value '${Limit}' at 'limit' failed to satisfy constraint`);
});
