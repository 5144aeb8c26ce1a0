import type { Account } from '../account.ts';

/** The policy of a key that was created without one: the account's IAM policies decide (KMS developer guide). */
export const defaultKeyPolicy = (account: Account): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Id: 'key-default-1',
    Statement: [
      {
        Sid: 'Enable IAM User Permissions',
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${account.accountId}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
    ],
  });
