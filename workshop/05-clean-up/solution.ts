import { rm } from 'node:fs/promises';
import {
  DeleteAliasCommand,
  DescribeKeyCommand,
  type KeyMetadata,
  KMSClient,
  ListResourceTagsCommand,
  NotFoundException,
  ScheduleKeyDeletionCommand,
  type Tag,
} from '@aws-sdk/client-kms';

export interface CleanUpRequest {
  aliasName: string;
  /** The tags that mark a key as this run's. */
  tags: Tag[];
  /** The output files of this run. */
  files: string[];
}

/** Your prediction: can the key still decrypt while its deletion is pending? */
export function predictDecryptWhilePending(): boolean {
  // 1. Predict.
  return false;
}

/** Removes what this run created, and nothing else. It may run twice. */
export async function cleanUp({ aliasName, tags, files }: CleanUpRequest): Promise<void> {
  const kms = new KMSClient();

  const key = await findKey(kms, aliasName);
  if (key) {
    // 2. Make sure that the key is this run's.
    const { Tags = [] } = await kms.send(new ListResourceTagsCommand({ KeyId: key.KeyId }));
    const isOurs = tags.every(({ TagKey, TagValue }) =>
      Tags.some((tag) => tag.TagKey === TagKey && tag.TagValue === TagValue),
    );
    if (!isOurs) throw new Error(`The key behind ${aliasName} is not this run's: it has other tags.`);

    // 3. Schedule the key's deletion, unless it is scheduled already.
    if (key.KeyState !== 'PendingDeletion') {
      await kms.send(new ScheduleKeyDeletionCommand({ KeyId: key.KeyId, PendingWindowInDays: 7 }));
    }

    // 4. Delete the alias last: as long as it is there, a second try can find the key.
    await kms.send(new DeleteAliasCommand({ AliasName: aliasName }));
  }

  // 5. Delete the output files.
  for (const file of files) await rm(file, { force: true });
}

/** Returns the key behind an alias, or undefined if there is no such alias. */
async function findKey(kms: KMSClient, aliasName: string): Promise<KeyMetadata | undefined> {
  try {
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: aliasName }));
    return KeyMetadata;
  } catch (error) {
    if (error instanceof NotFoundException) return undefined;
    throw error;
  }
}
