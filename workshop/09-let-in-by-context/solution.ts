import { CreateGrantCommand, type KMSClient, RetireGrantCommand } from '@aws-sdk/client-kms';

/** Your prediction: a writer has a data key in its cache, and loses its permission. What becomes of its next message? */
export function predictNextMessage(): 'encrypted' | 'refused' {
  // 1. The data key is in memory already, and nobody asks KMS.
  return 'encrypted';
}

/** Returns the policy of a writer, who may make data keys for a tenant. */
export function writerPolicy(keyArn: string, tenant: string): object {
  // 2. One operation, one key, and one pair that has to be in the encryption context.
  const statement = {
    Effect: 'Allow',
    Action: 'kms:GenerateDataKey',
    Resource: keyArn,
    Condition: { StringEquals: { 'kms:EncryptionContext:tenant': tenant } },
  };

  return { Version: '2012-10-17', Statement: [statement] };
}

/** Returns the policy of a reader, who may decrypt the data keys of a tenant. */
export function readerPolicy(keyArn: string, tenant: string): object {
  // 3. The same condition for another operation.
  const statement = {
    Effect: 'Allow',
    Action: 'kms:Decrypt',
    Resource: keyArn,
    Condition: { StringEquals: { 'kms:EncryptionContext:tenant': tenant } },
  };

  return { Version: '2012-10-17', Statement: [statement] };
}

export interface Loan {
  keyArn: string;
  tenant: string;
  /** The ARN of the helper, who has no permission of its own. */
  helperArn: string;
}

/** Lets a helper decrypt the data keys of a tenant while it works. Returns what the work returns. */
export async function lendTo<Result>(
  kms: KMSClient,
  { keyArn, tenant, helperArn }: Loan,
  work: (grantToken?: string) => Promise<Result>,
): Promise<Result> {
  // 4. A grant is a permission on one key for one principal.
  const { GrantId, GrantToken } = await kms.send(
    new CreateGrantCommand({
      KeyId: keyArn,
      GranteePrincipal: helperArn,
      Operations: ['Decrypt'],
      Constraints: { EncryptionContextSubset: { tenant } },
    }),
  );

  try {
    return await work(GrantToken);
  } finally {
    // 5. The work is over, whether it succeeded or not.
    await kms.send(new RetireGrantCommand({ KeyId: keyArn, GrantId }));
  }
}
