import {
  DescribeKeyCommand,
  type KeyListEntry,
  type KMSClient,
  KMSServiceException,
  ListResourceTagsCommand,
  NotFoundException,
  paginateListAliases,
  paginateListKeys,
  type Tag,
} from '@aws-sdk/client-kms';
import { describeBadRunName, isRunName, runTagName, workshopTag } from '../../state/run.ts';

/** A key that has the workshop's tags. */
export interface TaggedKey {
  arn: string;
  /** The run whose tag it has. */
  run: string;
  /** True if its deletion is scheduled. */
  isPendingDeletion: boolean;
  /** The names of all of its aliases. */
  aliasNames: string[];
}

/** The result of a search. */
export interface TaggedKeys {
  keys: TaggedKey[];
  /** Keys whose tag names a run that can't be: one line each. Anyone who may tag a key can write there what they like. */
  notUnderstood: string[];
}

/** Number of keys described at the same time. KMS answers 2,000 such requests a second for the whole account. */
const atOnce = 8;

/**
 * Looks through the keys of the account for those with the workshop's tags. KMS can't be asked by tag: it takes a
 * request for each key, which is why this is for where nothing else leads to a key.
 *
 * @param isWanted says of which runs
 */
export async function findTaggedKeys(
  kms: KMSClient,
  isWanted: (run: string) => boolean,
): Promise<TaggedKeys> {
  const found: Omit<TaggedKey, 'aliasNames'>[] = [];
  // 1000 is the most: https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeys.html
  for await (const { Keys = [] } of endingList(paginateListKeys({ client: kms, pageSize: 1000 }, {}))) {
    for (let from = 0; from < Keys.length; from += atOnce) {
      const some = Keys.slice(from, from + atOnce).map((key) => lookAt(kms, key, isWanted));
      found.push(...(await Promise.all(some)).flat());
    }
  }
  const keys = found.filter(({ run }) => isRunName(run));
  const aliases = keys.length > 0 ? await aliasesByKey(kms) : new Map<string, string[]>();
  return {
    keys: keys.map((key) => ({ ...key, aliasNames: aliases.get(idOf(key.arn)) ?? [] })),
    notUnderstood: found
      .filter(({ run, isPendingDeletion }) => !isRunName(run) && !isPendingDeletion)
      .map(({ arn, run }) => `${arn}: its tag ${runTagName} is ${describeBadRunName(run)}`),
  };
}

/** More pages than any account fills. */
const mostPages = 10_000;

/**
 * Passes on the pages of a list.
 *
 * @throws Error if a marker repeats, or the pages don't end: an endpoint that goes in circles would hold up a run for ever
 */
async function* endingList<Page extends { NextMarker?: string | undefined }>(pages: AsyncIterable<Page>) {
  const markers = new Set<string>();
  for await (const page of pages) {
    const { NextMarker } = page;
    if (NextMarker && (markers.has(NextMarker) || markers.size === mostPages)) {
      throw new Error(
        'The endpoint lists keys or aliases without end: its markers repeat, or there are more than 10,000 pages. ' +
          'Check the endpoint: without its lists, no key can be found by its tags.',
      );
    }
    if (NextMarker) markers.add(NextMarker);
    yield page;
  }
}

async function lookAt(
  kms: KMSClient,
  { KeyId, KeyArn = '' }: KeyListEntry,
  isWanted: (run: string) => boolean,
): Promise<Omit<TaggedKey, 'aliasNames'>[]> {
  const run = runOfTags(await readTags(kms, KeyId));
  if (run === undefined || (isRunName(run) && !isWanted(run))) return [];
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }));
  return [{ arn: KeyArn, run, isPendingDeletion: KeyMetadata?.KeyState === 'PendingDeletion' }];
}

/** The run that a key is of, by its tags; undefined when it isn't the workshop's. */
function runOfTags(tags: Tag[]): string | undefined {
  const tagged = (name: string | undefined) => tags.find(({ TagKey }) => TagKey === name)?.TagValue;
  return tagged(workshopTag.TagKey) === workshopTag.TagValue ? tagged(runTagName) : undefined;
}

/** Keys of other people whose policies don't let us look are not ours, and keys that are gone by now are nobody's. */
async function readTags(kms: KMSClient, KeyId: string | undefined): Promise<Tag[]> {
  try {
    const { Tags = [] } = await kms.send(new ListResourceTagsCommand({ KeyId }));
    return Tags;
  } catch (error) {
    const isRefused = error instanceof KMSServiceException && error.name === 'AccessDeniedException';
    if (isRefused || error instanceof NotFoundException) return [];
    throw error;
  }
}

/** All aliases of the account, by the id of their key: a hundred a request, where the keys would take one each. */
async function aliasesByKey(kms: KMSClient): Promise<Map<string, string[]>> {
  const byKey = new Map<string, string[]>();
  for await (const { Aliases = [] } of endingList(paginateListAliases({ client: kms, pageSize: 100 }, {}))) {
    for (const { AliasName, TargetKeyId } of Aliases) {
      if (!AliasName || !TargetKeyId) continue;
      byKey.set(TargetKeyId, [...(byKey.get(TargetKeyId) ?? []), AliasName]);
    }
  }
  return byKey;
}

function idOf(keyArn: string): string {
  return keyArn.slice(keyArn.lastIndexOf('/') + 1);
}
