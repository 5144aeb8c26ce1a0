import { ListKeysCommand } from '@aws-sdk/client-kms';
import { expect, test } from 'vitest';
import { countRefusals, withPrincipals } from './principals.ts';

test('counts the calls that were refused to one principal, and no others', async () => {
  const Statement = { Effect: 'Allow', Action: 'kms:ListKeys', Resource: '*' };
  const ada = { Version: '2012-10-17', Statement };
  const bob = { Version: '2012-10-17', Statement: { ...Statement, Effect: 'Deny' } };

  await withPrincipals([], { ada, bob }, async (as) => {
    const call = (name: string) => as(name).kms.send(new ListKeysCommand());
    await call('ada');
    await call('owner');
    await expect(call('bob')).rejects.toThrow('not authorized');
    await expect(call('bob')).rejects.toThrow('not authorized');

    expect(await countRefusals(as, 'bob')).toBe(2);
    expect(await countRefusals(as, 'ada')).toBe(0);
  });
});
