import { KMSClient, ListKeysCommand } from '@aws-sdk/client-kms';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, test } from 'vitest';
import { startLocalAws } from './index.ts';
import { errorOf } from './testing/local-aws-under-test.ts';
import { accountId, allowing, startShared, userArn } from './testing/principals-under-test.ts';

describe('the principals of the account', () => {
  test('STS says of each principal', async () => {
    const { as, aws, sts } = await startShared([
      { userName: 'alice', policies: [] },
      { roleName: 'app', sessionName: 'job-1', policies: [] },
    ]);
    expect(await as('alice').sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
      UserId: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/),
      Account: accountId,
      Arn: userArn('alice'),
    });
    expect(await as('job-1').sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
      UserId: expect.stringMatching(/^AROA[A-Z2-7]{17}:job-1$/),
      Account: accountId,
      Arn: `arn:aws:sts::${accountId}:assumed-role/app/job-1`,
    });
    expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({ Arn: userArn('administrator') });
    const { accessKeyId } = aws.credentials;
    expect(aws.credentialsOf('administrator')).toMatchObject({ accessKeyId });
  });

  test('a session has temporary credentials, which need their token', async () => {
    const { as, aws, clientSettings } = await startShared([
      { roleName: 'app', sessionName: 'job-1', policies: [allowing('kms:*')] },
    ]);
    const { sessionToken, ...withoutToken } = aws.credentialsOf('job-1');
    expect(withoutToken.accessKeyId).toMatch(/^ASIA/);
    await as('job-1').kms.send(new ListKeysCommand({}));
    const client = new KMSClient({ ...clientSettings, credentials: withoutToken });
    expect(await errorOf(client.send(new ListKeysCommand({})))).toMatchObject({
      name: 'UnrecognizedClientException',
    });
    client.destroy();
  });

  test('credentials may be given', async () => {
    const credentials = { accessKeyId: 'AKIAALICEALICEALICE1', secretAccessKey: 'secret-of-alice' };
    const { as, aws } = await startShared([{ userName: 'alice', policies: [], credentials }]);
    expect(aws.credentialsOf('alice')).toEqual(credentials);
    await as('alice').sts.send(new GetCallerIdentityCommand({}));
  });

  test.each([
    [[{ userName: 'a b', policies: [] }], "'a b' is not a valid name of a principal"],
    [[{ userName: 'administrator', policies: [] }], "Two principals have the name 'administrator'"],
    [
      [
        {
          roleName: 'app',
          sessionName: 'job',
          policies: [],
          credentials: { accessKeyId: 'A', secretAccessKey: 'B' },
        },
      ],
      "The credentials of the session 'job' have no sessionToken",
    ],
    [
      ['alice', 'bob'].map((userName) => ({
        userName,
        policies: [],
        credentials: { accessKeyId: 'A', secretAccessKey: 'B' },
      })),
      "The access key of 'bob' belongs to another principal, too",
    ],
    [
      [{ userName: 'alice', policies: [allowing('kms:*'), '{"Statement": {"Effect": "Perhaps"}}'] }],
      "Policy 1 of 'alice' is invalid. Statement.0.Effect",
    ],
  ])('%j is refused', async (principals, message) => {
    await expect(startLocalAws({ principals })).rejects.toThrow(message);
  });

  test('credentialsOf names the known principals when it is asked for an unknown one', async () => {
    const { aws } = await startShared([{ userName: 'alice', policies: [] }]);
    expect(() => aws.credentialsOf('bob')).toThrow(
      "Unknown principal 'bob'; the principals are administrator, alice.",
    );
  });
});
