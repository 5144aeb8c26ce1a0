import {
  CreateKeyCommand,
  DeleteAliasCommand,
  KMSClient,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { closeLedger, ledgerName } from '../state/ledger.ts';
import type { Run } from '../state/run.ts';
import { type Lack, lacking } from '../steps/lack.ts';
import type { Need } from '../steps/step-needs.ts';
import { LearnerError } from '../text/learner-error.ts';
import { enterKeysOf } from './clean-up/created-keys.ts';
import { patiently } from './clean-up/kms-retries.ts';
import { askOfKey } from './endpoint/ask-endpoint.ts';
import { whyNotThere } from './endpoint/why-not-there.ts';
import { createKeyWithAlias } from './keys.ts';

/** The key of a run. */
export interface RunKey {
  arn: string;
  /** The operations that the endpoint lacks, including those found with the key. */
  lacks: Lack[];
  /** Removes the key, as far as that is possible, if the ledger doesn't lead to it. */
  removeUnlisted(): Promise<void>;
}

/** The operations that the ledger and the clean-up rely on. */
export const needsOfCleanUp: readonly Need[] = [
  'kms:CreateKey (Tags)',
  'kms:CreateAlias',
  'kms:DescribeKey',
  'kms:ListKeys',
  'kms:ListAliases',
  'kms:ListResourceTags',
  'kms:ScheduleKeyDeletion',
  'kms:DeleteAlias',
];

/** True if the key has everything that the ledger and the clean-up rely on. */
export function canCleanUp(lacks: Lack[]): boolean {
  return lacking(needsOfCleanUp, lacks).length === 0;
}

/**
 * Creates the run's key. At an endpoint that lacks what a clean-up relies on, the key is not on
 * the ledger, which would lead the next run to a clean-up that can't be, and has no alias.
 *
 * @param lacks what the endpoint of the run is known to lack
 * @throws LearnerError when there is no CreateKey
 */
export async function createRunKey(run: Run, lacks: Lack[]): Promise<RunKey> {
  if (run.target !== 'endpoint') {
    const arn = await createCountedKey(run);
    return { arn, lacks, removeUnlisted: async () => {} };
  }
  const hasAlias = canCleanUp(lacks);
  const arn = await createAtEndpoint(() => (hasAlias ? createCountedKey(run) : createKeyWithoutAlias(run)));
  const all = [...lacks, ...(await askOfKey(run, arn, lacks))];
  if (canCleanUp(all)) return { arn, lacks: all, removeUnlisted: async () => {} };
  closeLedger(ledgerName(run));
  return { arn, lacks: all, removeUnlisted: () => removeDirectly(run, arn, hasAlias, all) };
}

/**
 * A class that starts at the same time is throttled: KMS creates five keys a second in an account. And the AWS SDK asks
 * again when an answer got lost: then there may be two keys, and the alias leads to one of them.
 */
async function createCountedKey(run: Run): Promise<string> {
  const stopCounting = enterKeysOf(run, 'set-up');
  const arn = await patiently(() => createKeyWithAlias(run));
  stopCounting();
  return arn;
}

async function createAtEndpoint(create: () => Promise<string>): Promise<string> {
  let arn: string;
  try {
    arn = await create();
  } catch (error) {
    const why = whyNotThere(error);
    if (why === undefined) throw error;
    throw new LearnerError(noKey(why));
  }
  if (!arn) throw new LearnerError(noKey('the answer is empty'));
  return arn;
}

function noKey(why: string): string {
  return [
    `No step is possible here, because no key can be created. This endpoint has no kms:CreateKey: ${why}`,
    'Check AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_KMS. Without WORKSHOP_TARGET, the workshop runs on the local AWS.',
  ].join('\n');
}

async function createKeyWithoutAlias({ description, tags }: Run): Promise<string> {
  const { KeyMetadata } = await new KMSClient().send(
    new CreateKeyCommand({ Description: description, Tags: tags }),
  );
  return KeyMetadata?.Arn ?? '';
}

async function removeDirectly(run: Run, keyArn: string, hasAlias: boolean, lacks: Lack[]): Promise<void> {
  const kms = new KMSClient();
  if (lacking(['kms:ScheduleKeyDeletion'], lacks).length === 0)
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId: keyArn, PendingWindowInDays: 7 }));
  if (hasAlias) await kms.send(new DeleteAliasCommand({ AliasName: run.aliasName }));
  // The steps' entries there lead to nothing.
  closeLedger(ledgerName(run));
}
