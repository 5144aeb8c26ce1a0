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
import { todo } from '#todo';

export interface CleanUpRequest {
  aliasName: string;
  /** The tags that mark a key as this run's. */
  tags: Tag[];
  /** The output files of this run. */
  files: string[];
}

/** Your prediction: can the key still decrypt while its deletion is pending? */
export function predictDecryptWhilePending(): boolean {
  // TODO 1: predict, before you go on. true or false.
  return todo('TODO 1: predict whether the key can decrypt');
}

/** Removes what this run created, and nothing else. It may run twice. */
export async function cleanUp({ aliasName, tags, files }: CleanUpRequest): Promise<void> {
  const kms = new KMSClient();

  const key = await findKey(kms, aliasName);
  if (key) {
    // TODO 2: make sure that the key is this run's: it has each of the tags. Throw an error if not.
    todo('TODO 2: compare the tags');

    // TODO 3: schedule the key's deletion in 7 days, unless it is scheduled already.
    todo('TODO 3: schedule the deletion');

    // TODO 4: delete the alias. Why last?
    todo('TODO 4: delete the alias');
  }

  // TODO 5: delete the output files. A file that is gone already is no error; anything else is.
  todo('TODO 5: delete the output files');
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
