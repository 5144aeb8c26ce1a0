import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { expect, test } from 'vitest';
import { key, sts } from './clients.ts';

test('GetCallerIdentity says whose credentials were used', async () => {
  const { Account, Arn, UserId } = await sts.send(new GetCallerIdentityCommand());

  expect(Account).toMatch(/^\d{12}$/);
  // An IAM user, a role's session, or the root user: STS API reference, GetCallerIdentity.
  expect(Arn).toMatch(
    new RegExp(
      `^arn:aws[a-z-]*:(iam::${Account}:(user/.+|root)|sts::${Account}:(assumed-role|federated-user)/.+)$`,
    ),
  );
  expect(UserId).toMatch(/\w/);
  expect(key.arn.split(':')[4]).toBe(Account);
});
