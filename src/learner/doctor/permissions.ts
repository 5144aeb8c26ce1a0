import { randomUUID } from 'node:crypto';
import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  GenerateDataKeyCommand,
  KMSClient,
  ListKeysCommand,
  ListResourceTagsCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
} from '@aws-sdk/client-kms';
import { closeLedger, enterInLedger, placeOf } from '../../lifecycle/ledger.ts';
import type { Run } from '../../lifecycle/run.ts';
import { ask } from './ask.ts';
import { type Finding, notChecked, wrong } from './finding.ts';

/** A permission that the workshop needs, and a call that is refused without it. */
interface Question {
  permission: string;
  call: () => Promise<unknown>;
}

/**
 * Asks for each permission that the workshop needs without making anything: with the names of a key, an alias and a
 * key store that don't exist. An answer that something wasn't found is no refusal. It is no proof of the permission
 * either: AWS doesn't say whether it looks for the key or at the permissions first.
 *
 * @param caller the ARN of whose permissions they are
 */
export async function* askPermissions(run: Run, caller: string): AsyncGenerator<Finding> {
  const kms = new KMSClient();
  const names = { keyId: randomUUID(), aliasName: run.aliasName };
  const questions = [
    { permission: 'kms:CreateKey', call: () => createKeyNowhere(kms, run) },
    ...questionsOfAccount(kms),
    ...questionsOfKey(kms, run, names),
  ];
  for (const question of questions) yield await ask(question.permission, caller, question.call);
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
    yield notChecked('The others', 'a key that is made for this could not be removed');
    return;
  }
  enterInLedger(run, run.aliasName, [], process.pid);
  let keyId: string | undefined;
  yield await ask('kms:CreateKey', caller, async () => {
    const { KeyMetadata } = await kms.send(
      new CreateKeyCommand({ Description: run.description, Tags: run.tags }),
    );
    keyId = KeyMetadata?.Arn;
  });
  for (const { permission, call } of questionsOfAccount(kms)) yield await ask(permission, caller, call);
  if (!keyId) {
    closeLedger({ run: run.name, place: placeOf(run) });
    yield notChecked('The others', 'there is no key to ask them with');
    return;
  }
  let last: Finding | undefined;
  for (const { permission, call } of questionsOfKey(kms, run, { keyId, aliasName: run.aliasName })) {
    last = await ask(permission, caller, call);
    yield last;
  }
  if (last?.verdict === 'ok') closeLedger({ run: run.name, place: placeOf(run) });
  else
    yield wrong(
      'The key',
      `${keyId} is still there, and costs.`,
      'Once the permission is there: npm run clean-up',
    );
}

/** Can't make a key: there is no such key store. An endpoint that makes one all the same has it deleted. */
async function createKeyNowhere(kms: KMSClient, run: Run): Promise<void> {
  const { KeyMetadata } = await kms.send(
    new CreateKeyCommand({
      Origin: 'AWS_CLOUDHSM',
      CustomKeyStoreId: 'cks-00000000000000000',
      Tags: run.tags,
    }),
  );
  await scheduleDeletion(kms, KeyMetadata?.KeyId);
}

function scheduleDeletion(kms: KMSClient, KeyId: string | undefined): Promise<unknown> {
  return kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
}

function questionsOfAccount(kms: KMSClient): Question[] {
  const cloudTrail = new CloudTrailClient();
  return [
    { permission: 'kms:ListKeys', call: () => kms.send(new ListKeysCommand({ Limit: 1 })) },
    {
      permission: 'cloudtrail:LookupEvents',
      call: () => cloudTrail.send(new LookupEventsCommand({ MaxResults: 1 })),
    },
  ];
}

/** In an order that works with a key that is there: the last one schedules its deletion. */
function questionsOfKey(kms: KMSClient, run: Run, names: { keyId: string; aliasName: string }): Question[] {
  const KeyId = names.keyId;
  const AliasName = names.aliasName;
  const EncryptionContext = run.encryptionContext;
  let ciphertext: Uint8Array = Buffer.alloc(64);
  return [
    { permission: 'kms:DescribeKey', call: () => kms.send(new DescribeKeyCommand({ KeyId })) },
    {
      permission: 'kms:TagResource',
      call: () => kms.send(new TagResourceCommand({ KeyId, Tags: run.tags })),
    },
    { permission: 'kms:ListResourceTags', call: () => kms.send(new ListResourceTagsCommand({ KeyId })) },
    {
      permission: 'kms:CreateAlias',
      call: () => kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: KeyId })),
    },
    {
      permission: 'kms:GenerateDataKey',
      call: async () => {
        const request = { KeyId, EncryptionContext, KeySpec: 'AES_256' as const };
        const { CiphertextBlob } = await kms.send(new GenerateDataKeyCommand(request));
        ciphertext = CiphertextBlob ?? ciphertext;
      },
    },
    {
      permission: 'kms:Decrypt',
      call: () => kms.send(new DecryptCommand({ KeyId, EncryptionContext, CiphertextBlob: ciphertext })),
    },
    { permission: 'kms:DeleteAlias', call: () => kms.send(new DeleteAliasCommand({ AliasName })) },
    { permission: 'kms:ScheduleKeyDeletion', call: () => scheduleDeletion(kms, KeyId) },
  ];
}
