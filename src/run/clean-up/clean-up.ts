import { join } from 'node:path';
import { inspect } from 'node:util';
import {
  DeleteAliasCommand,
  type KMSClient,
  KMSServiceException,
  NotFoundException,
} from '@aws-sdk/client-kms';
import { closeLedger, enterChanging, type Ledger, ledgerOf } from '../../state/ledger.ts';
import { livesElsewhere } from '../../state/living-runs.ts';
import {
  outputOf,
  outputParent,
  outputSetting,
  removeOutput,
  removeOutputFolder,
  shown,
} from '../../state/output-folder.ts';
import { forgetProgress } from '../../state/passed-in-run.ts';
import { removeInside } from '../../state/remove-inside.ts';
import { type Run, scratchFolderOf } from '../../state/run.ts';
import { stateFolder } from '../../state/state-folder.ts';
import { describeKey, removeKeyBehind, scheduleDeletion } from '../keys.ts';
import { patientKms, patiently, untilSeen } from './kms-retries.ts';
import { findLeftovers, type Leftovers } from './leftovers.ts';
import { findTaggedKeys } from './tagged-keys.ts';

/** Something of a run could not be removed. The message has a line for each. */
export class NotRemovedError extends Error {
  override name = 'NotRemovedError';
}

/**
 * Removes what a run created, proves that it is gone, and closes its ledger.
 *
 * @returns what was there, and is gone
 * @throws NotRemovedError when something is still there afterwards; the ledger then stays
 */
export async function cleanUpRun(run: Run): Promise<Leftovers | undefined> {
  const ledger = ledgerOf(run);
  if (!ledger) {
    removeOutput(run);
    forgetRun(run.root, run.name);
    return undefined;
  }
  // A key that no alias leads to is gone with its local AWS anyway.
  const search = async () =>
    run.target === 'local' ? [] : (await findTaggedKeys(patientKms(), (name) => name === run.name)).keys;
  const leftovers = await findLeftovers(ledger, search, outputOf(outputParent(run), run.name));
  await remove(leftovers, ledger, run);
  return leftovers;
}

/**
 * Removes what is left of a run, proves that it is gone, and closes its ledger. Keys are KMS's to delete: in 7 days. What
 * can't be removed doesn't stop the removal of the rest.
 *
 * @param ledger none when the run was found by its tags alone
 * @param here the run of this process
 * @throws NotRemovedError when something is still there afterwards; the ledger then stays
 */
export async function remove(leftovers: Leftovers, ledger: Ledger | undefined, here: Run): Promise<void> {
  const { root } = here;
  const failures: string[] = [];
  const attempt = async (what: string, action: () => unknown) => {
    try {
      await action();
    } catch (error) {
      const { name, message } = error as Error;
      failures.push(`${what}: ${error instanceof KMSServiceException ? `${name}: ` : ''}${message}`);
    }
  };
  // If this ends halfway, the keys that are there are not those that the ledger counted.
  if (ledger) await attempt('its ledger', () => enterChanging(ledger, 'clean-up'));
  if (failures.length > 0) throw new NotRemovedError(failures.join('\n'));
  await removeFromAws(leftovers, attempt);
  if (failures.length === 0) await attempt('its keys', () => proveGone(patientKms(), leftovers));
  for (const file of leftovers.files)
    await attempt(shown(file), () => removeInside(outputParent(here), file));
  const elsewhere = ledger?.entries.find(({ outputFolder }) => outputFolder !== outputSetting(here));
  if (elsewhere)
    failures.push(`its files: WORKSHOP_OUTPUT_FOLDER was ${inspect(elsewhere.outputFolder)}. Set it again`);
  if (failures.length === 0 && !(ledger && livesElsewhere(ledger))) {
    await attempt('its output folder', () => removeOutputFolder(outputParent(here), leftovers.run));
    await attempt(`its folders in ${stateFolder}`, () => forgetRun(root, leftovers.run));
  }
  // Last: as long as the ledger is there, a second try can find the rest.
  if (ledger && failures.length === 0) await attempt('its ledger', () => closeLedger(ledger));
  if (failures.length > 0) throw new NotRemovedError(failures.join('\n'));
}

type Attempt = (what: string, action: () => unknown) => Promise<void>;

async function removeFromAws(leftovers: Leftovers, attempt: Attempt): Promise<void> {
  const kms = patientKms();
  for (const { aliasName, tags } of leftovers.aliases)
    await attempt(aliasName, () => patiently(() => removeKeyBehind(aliasName, tags)));
  for (const keyArn of leftovers.orphans) await attempt(keyArn, () => scheduleDeletion(kms, keyArn));
  for (const aliasName of leftovers.unseenAliasNames)
    await attempt(aliasName, () => deleteAlias(kms, aliasName));
}

/** Removes what a run kept for itself. */
function forgetRun(root: string, name: string): void {
  forgetProgress({ root, name });
  removeInside(join(root, stateFolder), scratchFolderOf(root, name), { recursive: true });
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
      async () => (await describeKey(kms, keyArn))?.KeyState === 'PendingDeletion',
      `${keyArn} is not about to be deleted after the clean-up. Run "npm run clean-up" to try again.`,
    );
  }
  for (const aliasName of [...aliases.map((alias) => alias.aliasName), ...unseenAliasNames]) {
    await untilSeen(
      async () => (await describeKey(kms, aliasName)) === undefined,
      `${aliasName} is still there after the clean-up. Run "npm run clean-up" to try again.`,
    );
  }
}
