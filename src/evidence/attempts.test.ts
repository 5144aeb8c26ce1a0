import { KMSClient } from '@aws-sdk/client-kms';
import { startLocalAws } from 'local-kms-cloudtrail';
import { expect, test } from 'vitest';
import { isAllowed, operations } from './attempts.ts';

const keyId = '1234abcd-12ab-34cd-56ef-1234567890ab';
const keyArn = `arn:aws:kms:us-east-1:111122223333:key/${keyId}`;

test.for(operations)('tells whether %s is allowed', async (operation) => {
  const Statement = { Effect: 'Allow' as const, Action: `kms:${operation}`, Resource: keyArn };
  const principals = [
    { userName: 'ada', policies: [{ Version: '2012-10-17' as const, Statement }] },
    { userName: 'bob', policies: [] },
  ];
  const aws = await startLocalAws({ keys: [{ keyId }], principals });
  const as = (name: string) => new KMSClient({ ...aws, credentials: aws.credentialsOf(name) });
  const attempt = { operation, keyArn, encryptionContext: { tenant: 'A' } };
  const owner = as('administrator');

  expect(await isAllowed(as('ada'), owner, attempt)).toBe(true);
  expect(await isAllowed(as('bob'), owner, attempt)).toBe(false);
  await expect(isAllowed(owner, owner, { ...attempt, keyArn: `${keyArn}0` })).rejects.toThrow();
  await aws.close();
});
