import { randomUUID } from 'node:crypto';
import { CreateKeyCommand, KMSClient, KMSServiceException } from '@aws-sdk/client-kms';
import {
  callsWithKey,
  callsWithoutKey,
  scheduleDeletion,
  tagsOfTheWorkshop,
} from '../../run/endpoint/calls.ts';
import { closeLedger, enterInLedger, ledgerName } from '../../state/ledger.ts';
import type { Run } from '../../state/run.ts';
import { ask } from './ask.ts';
import {
  createKeyNowhere,
  type Excess,
  excessOfAccount,
  excessOfKey,
  excessOfOthersKey,
  lookForExcess,
} from './excess.ts';
import { type Finding, notChecked, ok, wrong } from './finding.ts';

/**
 * Asks for each permission that the workshop needs without making anything: with the names of a key, an alias and a
 * key store that don't exist. An answer that something wasn't found is no refusal. It is no proof of the permission
 * either: AWS looks for what is named before it looks at the permissions, at least for an alias
 * (https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-kms/pull/60).
 *
 * @param caller the ARN of whose permissions they are
 */
export async function* askPermissions(run: Run, caller: string): AsyncGenerator<Finding> {
  const kms = new KMSClient();
  const calls = {
    'kms:CreateKey': () => createKeyNowhere(kms, tagsOfTheWorkshop(run)),
    ...callsWithoutKey(kms),
    ...callsWithKey(kms, run, randomUUID()),
  };
  for (const [permission, call] of Object.entries(calls)) yield await ask(permission, caller, call);
  yield await lookForExcess(excessOfAccount(kms, run));
}

/**
 * Proves each permission that the workshop needs by a key for a moment: it is on the ledger before it is there, and
 * its deletion is scheduled at the end. AWS charges a key by the hour until then: https://aws.amazon.com/kms/pricing/
 *
 * @param caller as for `askPermissions`
 */
export async function* provePermissions(run: Run, caller: string): AsyncGenerator<Finding> {
  const kms = new KMSClient();
  const canDelete = await ask('kms:ScheduleKeyDeletion', caller, () => scheduleDeletion(kms, randomUUID()));
  if (canDelete.verdict !== 'ok') {
    yield canDelete;
    yield notChecked('The others', 'a key created for this check could not be removed');
    return;
  }
  enterInLedger(run, run.aliasName, process.pid);
  let keyId: string | undefined;
  let isRefused = false;
  yield await ask('kms:CreateKey', caller, async () => {
    try {
      const { KeyMetadata } = await kms.send(
        new CreateKeyCommand({ Description: run.description, Tags: tagsOfTheWorkshop(run) }),
      );
      keyId = KeyMetadata?.Arn;
    } catch (error) {
      isRefused = error instanceof KMSServiceException && error.$fault === 'client';
      throw error;
    }
  });
  const missing = new Set<string>();
  const calls = { ...callsWithoutKey(kms), ...(keyId && callsWithKey(kms, run, keyId)) };
  for (const [permission, call] of Object.entries(calls)) {
    const finding = await ask(permission, caller, call);
    if (finding.verdict !== 'ok') missing.add(permission);
    yield finding;
  }
  if (!keyId) {
    yield notChecked('The others', 'there is no key to check them with');
    if (isRefused) closeLedger(ledgerName(run));
    else
      yield wrong(
        'The key',
        'AWS did not answer whether it was created.',
        'npm run clean-up removes it if it was.',
      );
    return;
  }
  if (missing.has('kms:ScheduleKeyDeletion')) {
    yield wrong(
      'The key',
      `${keyId} is still there, and costs.`,
      'Once the permission is there: npm run clean-up',
    );
    return;
  }
  yield ok('The key', `${keyId} is gone in 7 days: its deletion is scheduled, and it costs no more`);
  // Its alias, if it can't be deleted, is left for the clean-up.
  if (!missing.has('kms:DeleteAlias')) closeLedger(ledgerName(run));
  yield await lookForExcess(await everyExcess(kms, run, keyId, missing));
}

async function everyExcess(kms: KMSClient, run: Run, keyId: string, missing: Set<string>): Promise<Excess[]> {
  const canLook = !missing.has('kms:ListKeys') && !missing.has('kms:ListResourceTags');
  return [
    ...excessOfAccount(kms, run),
    ...excessOfKey(kms, run, keyId),
    ...(canLook ? await excessOfOthersKey(kms, run) : []),
  ];
}
