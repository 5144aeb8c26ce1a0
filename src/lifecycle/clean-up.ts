import { rmdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  DeleteAliasCommand,
  DescribeKeyCommand,
  type KeyMetadata,
  type KMSClient,
  KMSInvalidStateException,
  NotFoundException,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { cleanUp } from '../../workshop/05-clean-up/solution.ts';
import { removeInside } from '../remove-inside.ts';
import { stateFolder } from '../steps/state-folder.ts';
import { closeLedger, enterChanging, isSamePlace, type Ledger, ledgerOf, openLedgers } from './ledger.ts';
import { filesOf, findLeftovers, type Leftovers } from './leftovers.ts';
import { filesOfLivingRuns, livingProcessOf } from './living-runs.ts';
import { patientKms, patiently, untilSeen } from './patience.ts';
import { forgetProgress } from './progress.ts';
import { outputFiles, type Run, scratchFolderOf } from './run.ts';
import { findTaggedKeys } from './tagged-keys.ts';

/**
 * Removes what a run created, proves that it is gone, and closes its ledger.
 *
 * @returns what was there, and is gone
 * @throws Error when something is still there afterwards; the ledger then stays
 */
export async function cleanUpRun(run: Run): Promise<Leftovers | undefined> {
  const ledger = ledgerOf(run);
  if (!ledger) {
    removeEmptyFolders(outputFiles(run));
    forgetRun(run.name);
    return undefined;
  }
  // A key that no alias leads to is gone with its local AWS anyway.
  const search = async () =>
    run.target === 'local' ? [] : (await findTaggedKeys(patientKms(), (name) => name === run.name)).keys;
  const leftovers = await findLeftovers(ledger, search, filesOfLivingRuns(run.name));
  await remove(leftovers, ledger);
  return leftovers;
}

/**
 * Removes what is left of a run, proves that it is gone, and closes its ledger. Keys are KMS's to delete: in 7 days.
 *
 * @param ledger none when the run was found by its tags alone
 * @throws Error when something is still there afterwards; the ledger then stays
 */
export async function remove(leftovers: Leftovers, ledger: Ledger | undefined): Promise<void> {
  // If this ends halfway, the keys that are there are not those that the ledger counted.
  if (ledger) enterChanging(ledger, 'clean-up');
  const kms = patientKms();
  for (const { aliasName, tags } of leftovers.aliases) {
    await patiently(() => cleanUp({ aliasName, tags, files: [] }));
  }
  for (const keyArn of leftovers.orphans) await scheduleDeletion(kms, keyArn);
  for (const aliasName of leftovers.unseenAliasNames) await deleteAlias(kms, aliasName);
  await proveGone(kms, leftovers);
  for (const file of leftovers.files) rmSync(file, { force: true });
  // Last: as long as the ledger is there, a second try can find the rest.
  if (!ledger || !livesElsewhere(ledger)) {
    if (ledger) removeEmptyFolders(filesOf(ledger.entries));
    forgetRun(leftovers.run);
  }
  if (ledger) closeLedger(ledger);
}

/** Removes each folder of the files in which nothing is left: the output of a run has a folder of its own. */
function removeEmptyFolders(files: string[]): void {
  for (const folder of new Set(files.map(dirname))) {
    try {
      rmdirSync(folder);
    } catch {
      // Something else is in it, or it is gone already. An empty folder that can't be removed does no harm.
    }
  }
}

/** Whether a run of the same name is alive in another place. */
function livesElsewhere({ run, place }: Ledger): boolean {
  return openLedgers().some(
    (other) => other.run === run && !isSamePlace(other.place, place) && livingProcessOf(other) !== undefined,
  );
}

/** Removes what a run kept for itself. */
function forgetRun(runName: string): void {
  forgetProgress(runName);
  removeInside(stateFolder, scratchFolderOf(runName), { recursive: true });
}

/** That the deletion is scheduled already may not be seen yet. */
async function scheduleDeletion(kms: KMSClient, KeyId: string): Promise<void> {
  try {
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
  } catch (error) {
    if (!(error instanceof KMSInvalidStateException)) throw error;
  }
}

async function deleteAlias(kms: KMSClient, AliasName: string): Promise<void> {
  try {
    await kms.send(new DeleteAliasCommand({ AliasName }));
  } catch (error) {
    if (!(error instanceof NotFoundException)) throw error;
  }
}

async function proveGone(kms: KMSClient, { aliases, orphans, unseenAliasNames }: Leftovers): Promise<void> {
  for (const keyArn of new Set([...aliases.map((alias) => alias.keyArn), ...orphans])) {
    await untilSeen(
      async () => (await describe(kms, keyArn))?.KeyState === 'PendingDeletion',
      `${keyArn} is not about to be deleted after the clean-up. Run "npm run clean-up" to try again.`,
    );
  }
  for (const aliasName of [...aliases.map((alias) => alias.aliasName), ...unseenAliasNames]) {
    await untilSeen(
      async () => (await describe(kms, aliasName)) === undefined,
      `${aliasName} is still there after the clean-up. Run "npm run clean-up" to try again.`,
    );
  }
}

async function describe(kms: KMSClient, KeyId: string): Promise<KeyMetadata | undefined> {
  try {
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }));
    return KeyMetadata;
  } catch (error) {
    if (error instanceof NotFoundException) return undefined;
    throw error;
  }
}
