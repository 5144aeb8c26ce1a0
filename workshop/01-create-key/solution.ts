import {
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  KMSClient,
  NotFoundException,
  ScheduleKeyDeletionCommand,
  type Tag,
} from '@aws-sdk/client-kms';

export interface KeyRequest {
  aliasName: string;
  description: string;
  tags: Tag[];
}

/** Your prediction: how many keys are there after `createKey` has run twice with the same alias? */
export function predictNumberOfKeys(): number {
  // 1. Predict.
  return 1;
}

/** Creates the KMS key behind the alias, unless it is already there. Returns the ARN of the key. */
export async function createKey({ aliasName, description, tags }: KeyRequest): Promise<string> {
  const kms = new KMSClient();

  // 2. Look for the key.
  const existingKey = await findKey(kms, aliasName);
  if (existingKey) return existingKey;

  // 3. Create the key.
  const { KeyMetadata } = await kms.send(
    new CreateKeyCommand({
      Description: description,
      KeySpec: 'SYMMETRIC_DEFAULT',
      KeyUsage: 'ENCRYPT_DECRYPT',
      Tags: tags,
    }),
  );

  try {
    // 4. Give it its alias.
    await kms.send(new CreateAliasCommand({ AliasName: aliasName, TargetKeyId: KeyMetadata?.KeyId }));
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
