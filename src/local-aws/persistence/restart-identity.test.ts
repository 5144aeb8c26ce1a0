import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { expect, test } from 'vitest';
import { KeptLocalAws } from '../testing/kept-local-aws.ts';

test('the access key that was exported is still the administrator, and the same one in the records', async () => {
  const kept = await KeptLocalAws.create();
  const before = await kept.start({ accountId: '012345678901', region: 'eu-central-1' });
  const identity = await before.sts.send(new GetCallerIdentityCommand({}));

  const after = await kept.start();
  expect(after.aws.credentials.secretAccessKey).toBe(before.aws.credentials.secretAccessKey);
  expect(after.aws.credentials.accessKeyId).toBe(before.aws.credentials.accessKeyId);
  expect(after.aws).toMatchObject({ accountId: '012345678901', region: 'eu-central-1' });
  expect(await after.sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
    UserId: identity.UserId,
    Account: '012345678901',
    Arn: identity.Arn,
  });
});

test('an access key that is given takes the place of the one that was kept, for good', async () => {
  const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'given' };
  const kept = await KeptLocalAws.create();
  const { aws: before } = await kept.start();
  expect((await kept.start({ credentials })).aws.credentials).toEqual(credentials);
  const { aws: after } = await kept.start();
  expect(after.credentials).toEqual(credentials);
  expect(after.credentials).not.toEqual(before.credentials);
});

test('another account or Region is refused, and the files stay unchanged', async () => {
  const kept = await KeptLocalAws.create();
  const { id } = await (await kept.start()).newKey();
  await expect(kept.start({ region: 'eu-west-1' })).rejects.toThrow(
    'The data directory belongs to account 111122223333 in us-east-1, not to account 111122223333 in eu-west-1. ' +
      'Omit the account and the Region, or choose another data directory.',
  );
  await expect(kept.start({ accountId: '444455556666' })).rejects.toThrow('not to account 444455556666');

  const local = await kept.start({ region: 'us-east-1', accountId: '111122223333' });
  await local.kms.send(new DescribeKeyCommand({ KeyId: id }));
});
