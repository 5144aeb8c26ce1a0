import {
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  KMSClient,
  NotFoundException,
  ScheduleKeyDeletionCommand,
  type Tag,
} from '@aws-sdk/client-kms';
import { todo } from '#todo';

export interface KeyRequest {
  aliasName: string;
  description: string;
  tags: Tag[];
}

/** Your prediction: how many keys are there after `createKey` has run twice with the same alias? */
export function predictNumberOfKeys(): number {
  // TODO 1: predict, before you go on. A number.
  return todo('TODO 1: predict the number of keys');
}

/** Creates the KMS key behind the alias, unless it is already there. Returns the ARN of the key. */
export async function createKey({ aliasName, description, tags }: KeyRequest): Promise<string> {
  const kms = new KMSClient();

  // TODO 2: look for the key that an earlier run created (findKey, below, does that). Return its ARN if it is there.
  const existingKey = todo('TODO 2: look for the key');

  // TODO 3: create the key. It is symmetric, for encrypting and decrypting, and has the description and the tags.
  const { KeyMetadata } = todo('TODO 3: create the key');

  try {
    // TODO 4: give the key its alias.
    todo('TODO 4: give the key its alias');
  } catch (error) {
    // Nobody can find a key without an alias: don't leave an orphan behind.
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId: KeyMetadata?.KeyId, PendingWindowInDays: 7 }));
    throw error;
  }

  return KeyMetadata?.Arn ?? '';
}

/** Returns the ARN of the key behind an alias, or undefined when there is no such alias. */
async function findKey(kms: KMSClient, aliasName: string): Promise<string | undefined> {
  try {
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: aliasName }));
    return KeyMetadata?.Arn;
  } catch (error) {
    if (error instanceof NotFoundException) return undefined;
    throw error;
  }
}
