import { setTimeout } from 'node:timers/promises';
import { DescribeKeyCommand, NotFoundException, type Tag } from '@aws-sdk/client-kms';
import type { Ledger, LedgerEntry } from '../../state/ledger.ts';
import { noOutput, type Output } from '../../state/output-folder.ts';
import { tagsOf } from '../../state/run.ts';
import { patientKms } from './kms-retries.ts';
import type { TaggedKey } from './tagged-keys.ts';

/** In milliseconds. */
const shownAfter = 10_000;

/** The keys, aliases and files that are left of a run. */
export interface Leftovers {
  run: string;
  aliases: LeftAlias[];
  /** The ARNs of keys to which no alias leads. */
  orphans: string[];
  /** Aliases to which the ledger leads but that can't be seen: AWS may be late to show them. */
  unseenAliasNames: string[];
  /** Output files that are there. */
  files: string[];
  /** Folders in the places of output files: no run makes them, and the clean-up leaves them alone. */
  folders: string[];
  /** Number of keys of the run that neither an alias in its ledger nor their tags lead to. */
  lostKeys: number;
}

/** An alias, and the key that it leads to. */
interface LeftAlias {
  aliasName: string;
  keyArn: string;
  isPendingDeletion: boolean;
  /** The tags that the key must have to be the run's. */
  tags: Tag[];
}

/**
 * Finds what is left of a run of which there is a ledger.
 *
 * @param search looks for keys by their tags: only asked when the aliases don't lead to all keys of the run
 * @param output the output of the run
 */
export async function findLeftovers(
  ledger: Ledger,
  search: () => Promise<TaggedKey[]>,
  output: Output,
): Promise<Leftovers> {
  await untilShown(ledger);
  const { run, entries, keys } = ledger;
  const byName = new Map(entries.map((entry) => [entry.aliasName, entry]));
  const seen = (await Promise.all([...byName.values()].map(lookBehind))).flat();
  const isComplete = keysOf(seen).size === keys;
  const found = isComplete ? [] : (await search()).filter((key) => key.run === run);
  const { aliases, orphans } = merge(run, seen, found);
  const seenNames = new Set(aliases.map(({ aliasName }) => aliasName));
  return {
    run,
    aliases,
    orphans,
    unseenAliasNames: orphans.length > 0 ? [...byName.keys()].filter((name) => !seenNames.has(name)) : [],
    ...output,
    lostKeys: Math.max(0, (keys ?? 0) - keysOf(aliases).size - orphans.length),
  };
}

/**
 * Waits until AWS shows what a run created right before it was killed, which takes it a few seconds as a rule: KMS
 * developer guide, accessing-kms.html#programming-eventual-consistency. Other endpoints have no such excuse.
 */
async function untilShown({ place, keys, writtenAt }: Ledger): Promise<void> {
  if (place.target !== 'aws' || keys !== undefined) return;
  // A clock that was put back makes the ledger one of the future.
  const age = Math.max(0, Date.now() - writtenAt.getTime());
  await setTimeout(Math.max(0, shownAfter - age));
}

/** Finds the leftovers of a run without a ledger by the tags of its keys. */
export function leftoversByTags(run: string, found: TaggedKey[]): Leftovers {
  return { ...merge(run, [], found), run, unseenAliasNames: [], ...noOutput, lostKeys: 0 };
}

/** Finds the leftovers of a run on a local AWS that has ended, and its keys with it. */
export function leftOutput({ run }: Ledger, output: Output): Leftovers {
  return { run, aliases: [], orphans: [], unseenAliasNames: [], ...output, lostKeys: 0 };
}

export function isNothing({ aliases, orphans, files, lostKeys }: Leftovers): boolean {
  return aliases.length + orphans.length + files.length + lostKeys === 0;
}

/** Adds the keys that were found by their tags to the aliases that the ledger leads to. */
function merge(run: string, seen: LeftAlias[], found: TaggedKey[]) {
  const seenNames = new Set(seen.map(({ aliasName }) => aliasName));
  const more = found.flatMap(({ arn, isPendingDeletion, aliasNames }) =>
    aliasNames
      .filter((aliasName) => !seenNames.has(aliasName))
      .map((aliasName): LeftAlias => ({ aliasName, keyArn: arn, isPendingDeletion, tags: tagsOf(run) })),
  );
  const aliases = [...seen, ...more];
  const withAlias = keysOf(aliases);
  const orphans = found.filter(({ arn, isPendingDeletion }) => !isPendingDeletion && !withAlias.has(arn));
  return { aliases, orphans: orphans.map(({ arn }) => arn) };
}

/** The keys whose deletion is not scheduled yet. */
function keysOf(aliases: LeftAlias[]): Set<string> {
  return new Set(aliases.filter((alias) => !alias.isPendingDeletion).map(({ keyArn }) => keyArn));
}

async function lookBehind({ aliasName, tags }: LedgerEntry): Promise<LeftAlias[]> {
  try {
    const { KeyMetadata } = await patientKms().send(new DescribeKeyCommand({ KeyId: aliasName }));
    const isPendingDeletion = KeyMetadata?.KeyState === 'PendingDeletion';
    return [{ aliasName, keyArn: KeyMetadata?.Arn ?? '', isPendingDeletion, tags }];
  } catch (error) {
    if (error instanceof NotFoundException) return [];
    throw error;
  }
}
