import { existsSync, rmSync } from 'node:fs';
import {
  DescribeKeyCommand,
  KMSClient,
  KMSInvalidStateException,
  KMSServiceException,
  ListResourceTagsCommand,
  NotFoundException,
  paginateListKeys,
  ScheduleKeyDeletionCommand,
  type Tag,
} from '@aws-sdk/client-kms';
import pRetry from 'p-retry';
import { cleanUp } from '../../workshop/05-clean-up/solution.ts';
import { closeLedger, type LedgerEntry, readLedger, runsInLedger } from './ledger.ts';
import { forgetProgress } from './progress.ts';
import { scratchFolderOf } from './run.ts';

/** What was removed, for people to read. */
export interface Removed {
  aliases: string[];
  /** Keys that were found by their tags alone, because their alias was never created or is gone. */
  orphans: string[];
  /** Output files that were there. */
  files: string[];
  /** Runs whose resources can't be reached from here, and why. */
  left: string[];
}

/**
 * Removes what a run created, proves that it is gone, and closes its ledger.
 *
 * @param filesInUse files of other runs, which stay although this run has written them too
 * @throws Error when something is still there afterwards; the ledger then stays
 */
export async function cleanUpRun(runName: string, filesInUse = new Set<string>()): Promise<Removed> {
  const entries = readLedger(runName);
  const aliases = new Map(entries.map((entry) => [entry.aliasName, entry]));
  const removed = nothingRemoved();
  for (const entry of aliases.values()) {
    const files = entry.files.filter((file) => !filesInUse.has(file));
    removed.files.push(...files.filter((file) => existsSync(file)));
    await cleanUp({ ...entry, files });
    await proveAliasGone(entry.aliasName);
    removed.aliases.push(entry.aliasName);
  }
  const { tags = [] } = entries.find((entry) => entry.tags.length > 0) ?? {};
  removed.orphans = await scheduleDeletionByTags(tags);
  closeLedger(runName);
  return removed;
}

/**
 * Removes what earlier runs left behind because they were killed. A run whose process is alive is left alone.
 *
 * @param here where the target of this run is: other targets' and Regions' ledgers are left for a run there
 */
export async function reclaim(here: Pick<LedgerEntry, 'target' | 'region'>): Promise<Removed> {
  const removed = nothingRemoved();
  const filesInUse = filesOfLivingRuns();
  for (const runName of runsInLedger()) {
    const entries = readLedger(runName);
    const entry = entries.at(-1);
    if (!entry || (entry.target === 'local' && !isAlive(entry.process))) {
      // The keys of a local AWS were in the memory of the process that is gone; the files are still there.
      const files = entries.flatMap((each) => each.files).filter((file) => !filesInUse.has(file));
      removed.files.push(...files.filter((file) => existsSync(file)));
      for (const file of files) rmSync(file, { force: true });
      closeLedger(runName);
      forgetRun(runName);
    } else if (isAlive(entry.process)) {
      removed.left.push(`${runName}: it is still running, as process ${entry.process}`);
    } else if (entry.target !== here.target || entry.region !== here.region) {
      removed.left.push(
        `${runName}: it ran elsewhere; WORKSHOP_TARGET=${entry.target} AWS_REGION=${entry.region} npm run clean-up`,
      );
    } else {
      const { aliases, orphans, files } = await cleanUpRun(runName, filesInUse);
      removed.aliases.push(...aliases);
      removed.orphans.push(...orphans);
      removed.files.push(...files);
      forgetRun(runName);
    }
  }
  return removed;
}

function nothingRemoved(): Removed {
  return { aliases: [], orphans: [], files: [], left: [] };
}

/** Removes what a run kept for itself. */
function forgetRun(runName: string): void {
  forgetProgress(runName);
  rmSync(scratchFolderOf(runName), { recursive: true, force: true });
}

/** Runs that are alive may write the same files as one that was killed. */
function filesOfLivingRuns(): Set<string> {
  const living = runsInLedger()
    .map(readLedger)
    .filter((entries) => entries.some((entry) => isAlive(entry.process)));
  return new Set(living.flatMap((entries) => entries.flatMap((entry) => entry.files)));
}

function isAlive(process_: number): boolean {
  try {
    return process.kill(process_, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A deleted alias may be seen for seconds more (KMS developer guide, accessing-kms.html#programming-eventual-consistency). */
function proveAliasGone(aliasName: string): Promise<void> {
  const kms = new KMSClient();
  return pRetry(
    async () => {
      try {
        await kms.send(new DescribeKeyCommand({ KeyId: aliasName }));
      } catch (error) {
        if (error instanceof NotFoundException) return;
        throw error;
      }
      throw new Error(`${aliasName} is still there after the clean-up. Run "npm run clean-up" to try again.`);
    },
    {
      retries: 12,
      minTimeout: 250,
      factor: 1.5,
      maxTimeout: 5000,
      shouldRetry: ({ error }) => !(error instanceof KMSServiceException),
    },
  );
}

/** A key that was created but never got its alias can only be found by its tags. Without tags, none is. */
async function scheduleDeletionByTags(tags: Tag[]): Promise<string[]> {
  if (tags.length === 0) return [];
  const kms = new KMSClient();
  const scheduled: string[] = [];
  for await (const { Keys = [] } of paginateListKeys({ client: kms }, {})) {
    for (const { KeyId } of Keys) {
      if (!(await hasTags(kms, KeyId, tags))) continue;
      const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }));
      if (KeyMetadata?.KeyState === 'PendingDeletion') continue;
      if (await scheduleDeletion(kms, KeyId)) scheduled.push(KeyMetadata?.Arn ?? '');
    }
  }
  return scheduled;
}

/** Gives false if the deletion was scheduled already: for a while, DescribeKey may not tell. */
async function scheduleDeletion(kms: KMSClient, KeyId: string | undefined): Promise<boolean> {
  try {
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    return true;
  } catch (error) {
    if (error instanceof KMSInvalidStateException) return false;
    throw error;
  }
}

async function hasTags(kms: KMSClient, KeyId: string | undefined, tags: Tag[]): Promise<boolean> {
  try {
    const { Tags = [] } = await kms.send(new ListResourceTagsCommand({ KeyId }));
    // Without this, no tags at all would be the tags of every key in the account.
    if (tags.length === 0) return false;
    return tags.every((tag) =>
      Tags.some((has) => has.TagKey === tag.TagKey && has.TagValue === tag.TagValue),
    );
  } catch (error) {
    // Keys of other people whose policies don't let us look are not ours.
    if (error instanceof KMSServiceException && error.name === 'AccessDeniedException') return false;
    throw error;
  }
}
