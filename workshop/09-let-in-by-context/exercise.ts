import { CreateGrantCommand, type KMSClient, RetireGrantCommand } from '@aws-sdk/client-kms';
import { todo } from '#todo';

/** Your prediction: a writer has a data key in its cache, and loses its permission. What becomes of its next message? */
export function predictNextMessage(): 'encrypted' | 'refused' {
  // TODO 1: predict, before you go on. 'encrypted' or 'refused'.
  return todo('TODO 1: predict what becomes of the next message');
}

/** Returns the policy of a writer, who may make data keys for a tenant. */
export function writerPolicy(keyArn: string, tenant: string): object {
  // TODO 2: allow kms:GenerateDataKey with this key, and only if the pair "tenant" of the encryption context is this tenant.
  const statement = todo('TODO 2: write the statement for the writer');

  return { Version: '2012-10-17', Statement: [statement] };
}

/** Returns the policy of a reader, who may decrypt the data keys of a tenant. */
export function readerPolicy(keyArn: string, tenant: string): object {
  // TODO 3: allow kms:Decrypt with this key, under the same condition.
  const statement = todo('TODO 3: write the statement for the reader');

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
  // TODO 4: create a grant that lets the helper call Decrypt with this key, and only if the pair "tenant" is this tenant.
  const { GrantId, GrantToken } = todo('TODO 4: create the grant');

  try {
    return await work(GrantToken);
  } finally {
    // TODO 5: take the grant back, whether the work succeeded or not.
    todo('TODO 5: take the grant back');
  }
}
