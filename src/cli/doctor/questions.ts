import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  GenerateDataKeyCommand,
  type KMSClient,
  ListAliasesCommand,
  ListKeysCommand,
  ListResourceTagsCommand,
  ScheduleKeyDeletionCommand,
  type Tag,
  TagResourceCommand,
} from '@aws-sdk/client-kms';
import type { Run } from '../../state/run.ts';

/** A permission that the workshop needs, and a call that is refused without it. */
export interface Question {
  permission: string;
  call: () => Promise<unknown>;
}

/** All the tags that the workshop gives to a key: the run's, and the one of step 1. */
export function tagsOfTheWorkshop(run: Run): Tag[] {
  return [...run.tags, { TagKey: 'workshop-try', TagValue: run.name }];
}

/** Can't make a key: there is no such key store. An endpoint that makes one all the same has it deleted. */
export async function createKeyNowhere(kms: KMSClient, Tags: Tag[]): Promise<void> {
  const { KeyMetadata } = await kms.send(
    new CreateKeyCommand({ Origin: 'AWS_CLOUDHSM', CustomKeyStoreId: 'cks-00000000000000000', Tags }),
  );
  await scheduleDeletion(kms, KeyMetadata?.KeyId);
}

export function scheduleDeletion(kms: KMSClient, KeyId: string | undefined): Promise<unknown> {
  return kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
}

export function questionsOfAccount(kms: KMSClient): Question[] {
  const cloudTrail = new CloudTrailClient();
  return [
    { permission: 'kms:ListKeys', call: () => kms.send(new ListKeysCommand({ Limit: 1 })) },
    { permission: 'kms:ListAliases', call: () => kms.send(new ListAliasesCommand({ Limit: 1 })) },
    {
      permission: 'cloudtrail:LookupEvents',
      call: () => cloudTrail.send(new LookupEventsCommand({ MaxResults: 1 })),
    },
  ];
}

/** In an order that works with a key that is there: the last one schedules its deletion. */
export function questionsOfKey(kms: KMSClient, run: Run, KeyId: string): Question[] {
  const AliasName = run.aliasName;
  const EncryptionContext = run.encryptionContext;
  let ciphertext: Uint8Array = Buffer.alloc(64);
  return [
    { permission: 'kms:DescribeKey', call: () => kms.send(new DescribeKeyCommand({ KeyId })) },
    {
      permission: 'kms:TagResource',
      call: () => kms.send(new TagResourceCommand({ KeyId, Tags: tagsOfTheWorkshop(run) })),
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
