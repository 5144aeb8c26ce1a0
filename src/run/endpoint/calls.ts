import { randomBytes } from 'node:crypto';
import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import {
  CreateAliasCommand,
  DecryptCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  GenerateDataKeyCommand,
  KMSClient,
  ListAliasesCommand,
  ListKeysCommand,
  ListResourceTagsCommand,
  ScheduleKeyDeletionCommand,
  type Tag,
  TagResourceCommand,
} from '@aws-sdk/client-kms';
import type { Run } from '../../state/run.ts';

/** Calls by the permission that each needs. They return what an answer of AWS always has. */
type Calls<Permission extends string> = Record<Permission, () => Promise<unknown>>;

/** All the tags that the workshop gives to a key: the run's, and the one of step 1. */
export function tagsOfTheWorkshop(run: Run): Tag[] {
  return [...run.tags, { TagKey: 'workshop-try', TagValue: run.name }];
}

/** The workshop's calls that need no key. */
export function callsWithoutKey(kms = new KMSClient()) {
  const cloudTrail = new CloudTrailClient();
  return {
    'kms:ListKeys': async () => (await kms.send(new ListKeysCommand({ Limit: 1 }))).Keys,
    'kms:ListAliases': async () => (await kms.send(new ListAliasesCommand({ Limit: 1 }))).Aliases,
    'cloudtrail:LookupEvents': async () =>
      (await cloudTrail.send(new LookupEventsCommand({ MaxResults: 1 }))).Events,
  } satisfies Calls<string>;
}

/** The workshop's calls with a key, in an order that works if it exists: the last one schedules its deletion. */
export function callsWithKey(kms: KMSClient, run: Run, KeyId: string, AliasName = run.aliasName) {
  const EncryptionContext = run.encryptionContext;
  let ciphertext: Uint8Array = randomBytes(64);
  return {
    'kms:DescribeKey': async () => (await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata,
    'kms:TagResource': () => kms.send(new TagResourceCommand({ KeyId, Tags: tagsOfTheWorkshop(run) })),
    'kms:ListResourceTags': async () => (await kms.send(new ListResourceTagsCommand({ KeyId }))).Tags,
    'kms:CreateAlias': () => kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: KeyId })),
    'kms:GenerateDataKey': async () => {
      const request = { KeyId, EncryptionContext, KeySpec: 'AES_256' as const };
      const { CiphertextBlob } = await kms.send(new GenerateDataKeyCommand(request));
      ciphertext = CiphertextBlob ?? ciphertext;
      return CiphertextBlob;
    },
    'kms:Decrypt': async () => {
      const request = { KeyId, EncryptionContext, CiphertextBlob: ciphertext };
      return (await kms.send(new DecryptCommand(request))).Plaintext;
    },
    'kms:DeleteAlias': () => kms.send(new DeleteAliasCommand({ AliasName })),
    'kms:ScheduleKeyDeletion': async () => (await scheduleDeletion(kms, KeyId)).KeyId,
  } satisfies Calls<string>;
}

export function scheduleDeletion(kms: KMSClient, KeyId: string | undefined) {
  return kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
}
