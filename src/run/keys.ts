import {
  CreateAliasCommand,
  CreateKeyCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  type KeyMetadata,
  KMSClient,
  KMSInvalidStateException,
  ListResourceTagsCommand,
  NotFoundException,
  ScheduleKeyDeletionCommand,
  type Tag,
} from '@aws-sdk/client-kms';
import type { Run } from '../state/run.ts';

// A run creates and removes keys as steps 1 and 5 teach it, in code of its own: an edit of a lesson must not change what
// happens to real accounts. test/keys-of-a-run.test.ts compares the two.

/**
 * Creates the key of a run with its alias, unless the alias leads to a key already.
 *
 * @returns the key's ARN
 */
export async function createKeyWithAlias({ aliasName, description, tags }: Run): Promise<string> {
  const kms = new KMSClient();
  const existing = await describeKey(kms, aliasName);
  if (existing?.Arn) return existing.Arn;
  const { KeyMetadata: key } = await kms.send(new CreateKeyCommand({ Description: description, Tags: tags }));
  try {
    await kms.send(new CreateAliasCommand({ AliasName: aliasName, TargetKeyId: key?.KeyId }));
  } catch (error) {
    if (key?.KeyId) await scheduleDeletion(kms, key.KeyId);
    throw error;
  }
  return key?.Arn ?? '';
}

/**
 * Schedules the deletion of the key behind an alias, and deletes the alias last, because it leads a second try to the key.
 * Does nothing when there is no such alias.
 *
 * @param tags the key has to have all of them
 * @throws Error when it doesn't have them
 */
export async function removeKeyBehind(aliasName: string, tags: Tag[]): Promise<void> {
  const kms = new KMSClient();
  const key = await describeKey(kms, aliasName);
  if (!key?.KeyId) return;
  const { Tags = [] } = await kms.send(new ListResourceTagsCommand({ KeyId: key.KeyId }));
  const isOurs = tags.every(({ TagKey, TagValue }) =>
    Tags.some((tag) => tag.TagKey === TagKey && tag.TagValue === TagValue),
  );
  if (!isOurs) throw new Error('its key does not have the tags of the run, and was left alone');
  if (key.KeyState !== 'PendingDeletion') await scheduleDeletion(kms, key.KeyId);
  await kms.send(new DeleteAliasCommand({ AliasName: aliasName }));
}

/** Has KMS delete a key after 7 days, the shortest wait there is. A key whose deletion is scheduled already stays as it is. */
export async function scheduleDeletion(kms: KMSClient, KeyId: string): Promise<void> {
  try {
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
  } catch (error) {
    if (!(error instanceof KMSInvalidStateException)) throw error;
  }
}

/**
 * Asks KMS about a key.
 *
 * @param keyId an id, an ARN or the name of an alias
 * @returns undefined when there is no such key or alias
 */
export async function describeKey(kms: KMSClient, keyId: string): Promise<KeyMetadata | undefined> {
  try {
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: keyId }));
    return KeyMetadata;
  } catch (error) {
    if (error instanceof NotFoundException) return undefined;
    throw error;
  }
}
