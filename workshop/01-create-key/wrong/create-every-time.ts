// Wrong: it never looks for the key of an earlier run.
// Says: The second run failed
import {
  CreateAliasCommand,
  CreateKeyCommand,
  KMSClient,
  ScheduleKeyDeletionCommand,
  type Tag,
} from '@aws-sdk/client-kms';

export interface KeyRequest {
  aliasName: string;
  description: string;
  tags: Tag[];
}

/** Your prediction: how many keys are there after `createKey` ran twice with the same alias? */
export function predictNumberOfKeys(): number {
  // 1. Predict.
  return 1;
}

/** Creates the KMS key behind the alias, once. Gives the ARN of the key. */
export async function createKey({ aliasName, description, tags }: KeyRequest): Promise<string> {
  const kms = new KMSClient();

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
    // A key that nobody can find by its alias is an orphan: don't leave it behind.
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId: KeyMetadata?.KeyId, PendingWindowInDays: 7 }));
    throw error;
  }

  return KeyMetadata?.Arn ?? '';
}
