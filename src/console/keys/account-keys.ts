import {
  DescribeKeyCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  type GrantListEntry,
  type KeyMetadata,
  type KMSClient,
  ListResourceTagsCommand,
  NotFoundException,
  paginateListAliases,
  paginateListGrants,
  paginateListKeys,
  type Tag,
  UnsupportedOperationException,
} from '@aws-sdk/client-kms';
import { whyNotThere } from '../../run/endpoint/why-not-there.ts';

/** A customer managed key. What could not be found out is undefined. */
export interface AccountKey {
  id: string;
  aliases: string[] | undefined;
  metadata: KeyMetadata | undefined;
  tags: Tag[] | undefined;
  /** True if KMS rotates the key once a year, or as often as was set. */
  rotates: boolean | undefined;
}

/** A key with what its page shows beside that. */
export interface KeyDetails extends AccountKey {
  policy: string | undefined;
  grants: GrantListEntry[] | undefined;
}

/** Why some operations gave no answer. */
export interface Missing {
  /** Operations that the credentials may not call, such as `kms:GetKeyPolicy`. */
  refused: string[];
  /** Operations that the endpoint doesn't have. */
  notThere: string[];
}

/** Number of keys that are asked about at the same time, and in all: each takes three requests. */
const atOnce = 8;
export const mostKeys = 50;

export interface KeyList extends Missing {
  keys: AccountKey[];
  /** Number of keys that were not asked about, because there are too many. */
  more: number;
}

/**
 * Lists the customer managed keys of the account, those with an alias first.
 *
 * @param alias a part of the names of the aliases that count; every key does if it is empty
 * @throws what the AWS SDK throws, if it isn't a missing permission or operation
 */
export async function listKeys(kms: KMSClient, alias: string): Promise<KeyList> {
  const questions = new Questions();
  const aliases = await questions.ask('ListAliases', () => aliasesByKey(kms));
  const ids = (await questions.ask('ListKeys', () => keyIds(kms))) ?? [...(aliases?.keys() ?? [])];
  const aliasesOf = (id: string) => aliases && (aliases.get(id) ?? []);
  const nameOf = (id: string) => aliasesOf(id)?.[0] ?? `without an alias: ${id}`;
  const wanted = ids
    .filter((id) => !aliasesOf(id)?.some((name) => name.startsWith('alias/aws/')))
    .filter((id) => alias === '' || aliasesOf(id)?.some((name) => name.includes(alias)))
    .sort((a, b) => nameOf(a).localeCompare(nameOf(b), 'en'));
  const asked = wanted.slice(0, mostKeys);
  const keys: AccountKey[] = [];
  for (let from = 0; from < asked.length; from += atOnce) {
    const some = asked.slice(from, from + atOnce).map((id) => questions.aboutKey(kms, id, aliasesOf(id)));
    keys.push(...(await Promise.all(some)).filter(isCustomerManaged));
  }
  return { keys, more: wanted.length - asked.length, ...questions.missing() };
}

/** AWS's own keys have no alias until they are used. Without the metadata, the key may be anybody's. */
function isCustomerManaged({ metadata }: AccountKey): boolean {
  return metadata?.KeyManager !== 'AWS';
}

/**
 * Asks about one key.
 *
 * @returns undefined if there is no such key
 * @throws as `listKeys`
 */
export async function describeKeyInFull(
  kms: KMSClient,
  id: string,
): Promise<(KeyDetails & Missing) | undefined> {
  const questions = new Questions();
  const aliases = await questions.ask('ListAliases', () => aliasesByKey(kms, id));
  const key = await questions.aboutKey(kms, id, aliases && (aliases.get(id) ?? []));
  if (questions.isGone) return undefined;
  const [policy, grants] = await Promise.all([
    questions.ask('GetKeyPolicy', () =>
      kms.send(new GetKeyPolicyCommand({ KeyId: id, PolicyName: 'default' })),
    ),
    questions.ask('ListGrants', () => grantsOf(kms, id)),
  ]);
  return { ...key, policy: policy?.Policy, grants, ...questions.missing() };
}

/** Asks KMS, and notes the questions that it doesn't answer. */
class Questions {
  /** True if KMS has said that there is no such key. */
  isGone = false;
  readonly #refused = new Set<string>();
  readonly #notThere = new Set<string>();

  async ask<Answer>(operation: string, question: () => Promise<Answer>): Promise<Answer | undefined> {
    try {
      return await question();
    } catch (error) {
      if ((error as Error).name === 'AccessDeniedException') this.#refused.add(`kms:${operation}`);
      else if (error instanceof NotFoundException) this.isGone = true;
      // A key that can't be rotated is asked, too: an asymmetric one, for example.
      else if (error instanceof UnsupportedOperationException) return undefined;
      else if (!(error as { code?: string }).code && whyNotThere(error))
        this.#notThere.add(`kms:${operation}`);
      else throw error;
      return undefined;
    }
  }

  async aboutKey(kms: KMSClient, id: string, aliases: AccountKey['aliases']): Promise<AccountKey> {
    const input = { KeyId: id };
    const [description, tags, rotation] = await Promise.all([
      this.ask('DescribeKey', () => kms.send(new DescribeKeyCommand(input))),
      this.ask('ListResourceTags', () => kms.send(new ListResourceTagsCommand(input))),
      this.ask('GetKeyRotationStatus', () => kms.send(new GetKeyRotationStatusCommand(input))),
    ]);
    return {
      id,
      aliases,
      metadata: description?.KeyMetadata,
      tags: tags && (tags.Tags ?? []),
      rotates: rotation?.KeyRotationEnabled,
    };
  }

  missing(): Missing {
    return { refused: [...this.#refused].sort(), notThere: [...this.#notThere].sort() };
  }
}

async function keyIds(kms: KMSClient): Promise<string[]> {
  const ids: string[] = [];
  for await (const { Keys = [] } of paginateListKeys({ client: kms, pageSize: 1000 }, {}))
    ids.push(...Keys.flatMap(({ KeyId }) => KeyId ?? []));
  return ids;
}

async function aliasesByKey(kms: KMSClient, KeyId?: string): Promise<Map<string, string[]>> {
  const byKey = new Map<string, string[]>();
  for await (const { Aliases = [] } of paginateListAliases({ client: kms, pageSize: 100 }, { KeyId })) {
    for (const { AliasName, TargetKeyId } of Aliases) {
      if (AliasName && TargetKeyId) byKey.set(TargetKeyId, [...(byKey.get(TargetKeyId) ?? []), AliasName]);
    }
  }
  return byKey;
}

async function grantsOf(kms: KMSClient, KeyId: string): Promise<GrantListEntry[]> {
  const grants: GrantListEntry[] = [];
  for await (const page of paginateListGrants({ client: kms, pageSize: 100 }, { KeyId }))
    grants.push(...(page.Grants ?? []));
  return grants;
}
