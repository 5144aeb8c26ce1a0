import {
  CreateKeyCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GetKeyPolicyCommand,
  type KMSClient,
  ListKeyPoliciesCommand,
  PutKeyPolicyCommand,
} from '@aws-sdk/client-kms';
import { describe, expect } from 'vitest';
import type { StatementInput } from '../authorization/policy-document.ts';
import { errorOf, test } from '../testing/local-aws-under-test.ts';
import {
  accountId,
  allowing,
  denying,
  rootArn,
  startShared,
  userArn,
} from '../testing/principals-under-test.ts';

const Plaintext = Buffer.from('x');
const refused = { name: 'AccessDeniedException' };
const lockout = {
  name: 'MalformedPolicyDocumentException',
  message: 'The new key policy will not allow you to update the key policy in the future.',
  status: 400,
};

const policyOf = (...Statement: StatementInput[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const allowingPrincipal = (name: string, Action: string | string[] = 'kms:*'): StatementInput => ({
  Effect: 'Allow',
  Principal: { AWS: name },
  Action,
  Resource: '*',
});
const delegating = allowingPrincipal(rootArn);

const put = (kms: KMSClient, KeyId: string, Policy: string, bypass?: boolean) =>
  kms.send(new PutKeyPolicyCommand({ KeyId, Policy, BypassPolicyLockoutSafetyCheck: bypass }));
const encrypt = (kms: KMSClient, KeyId: string) => kms.send(new EncryptCommand({ KeyId, Plaintext }));

describe('a key policy', () => {
  test('is the default one if none was given, formatted as AWS does', async ({ local }) => {
    const { id } = await local.newKey();
    const { Policy = '', PolicyName } = await local.kms.send(new GetKeyPolicyCommand({ KeyId: id }));
    expect(PolicyName).toBe('default');
    expect(Policy.split('\n').slice(0, 4)).toEqual([
      '{',
      '  "Version" : "2012-10-17",',
      '  "Id" : "key-default-1",',
      '  "Statement" : [ {',
    ]);
    expect(JSON.parse(Policy)).toEqual({
      Version: '2012-10-17',
      Id: 'key-default-1',
      Statement: [
        {
          Sid: 'Enable IAM User Permissions',
          Effect: 'Allow',
          Principal: { AWS: rootArn },
          Action: 'kms:*',
          Resource: '*',
        },
      ],
    });
    expect(await local.kms.send(new ListKeyPoliciesCommand({ KeyId: id }))).toMatchObject({
      PolicyNames: ['default'],
      Truncated: false,
    });
  });

  test('is returned as it was given to CreateKey or PutKeyPolicy', async ({ local }) => {
    const first = `  ${policyOf(delegating)}\n`;
    const { KeyMetadata } = await local.kms.send(new CreateKeyCommand({ Policy: first }));
    const KeyId = KeyMetadata?.KeyId ?? '';
    expect((await local.kms.send(new GetKeyPolicyCommand({ KeyId }))).Policy).toBe(first);
    const second = policyOf(delegating, allowingPrincipal('*', 'kms:DescribeKey'));
    await put(local.kms, KeyId, second);
    expect(await local.kms.send(new GetKeyPolicyCommand({ KeyId, PolicyName: 'default' }))).toMatchObject({
      Policy: second,
    });
  });

  test('that names a user allows that user, without a policy of the user', async () => {
    const { as, kms, newKey } = await startShared([
      { userName: 'alice', policies: [] },
      { userName: 'bob', policies: [] },
    ]);
    const { id } = await newKey();
    await put(kms, id, policyOf(delegating, allowingPrincipal(userArn('alice'), 'kms:Encrypt')));
    await encrypt(as('alice').kms, id);
    expect(await errorOf(as('alice').kms.send(new DescribeKeyCommand({ KeyId: id })))).toMatchObject(refused);
    expect(await errorOf(encrypt(as('bob').kms, id))).toMatchObject(refused);
  });

  test('without delegation leaves the policies of the users without effect, even of the administrator', async () => {
    const { as, kms, newKey } = await startShared([
      { userName: 'alice', policies: [] },
      { userName: 'bob', policies: [allowing('kms:*')] },
    ]);
    const { id, arn } = await newKey();
    await put(kms, id, policyOf(allowingPrincipal(userArn('alice'))), true);
    await encrypt(as('alice').kms, id);
    for (const [client, name] of [
      [as('bob').kms, 'bob'],
      [kms, 'administrator'],
    ] as const) {
      expect((await errorOf(encrypt(client, id))).message).toBe(
        `User: ${userArn(name)} is not authorized to perform: kms:Encrypt on resource: ${arn} because no resource-based policy allows the kms:Encrypt action`,
      );
    }
    // Only alice can mend it.
    await put(as('alice').kms, id, policyOf(delegating), true);
    await encrypt(kms, id);
  });

  test('that denies a user overrules every Allow', async () => {
    const { as, kms, newKey } = await startShared([{ userName: 'alice', policies: [allowing('kms:*')] }]);
    const { id, arn } = await newKey();
    const denial: StatementInput = { ...allowingPrincipal(userArn('alice'), 'kms:Encrypt'), Effect: 'Deny' };
    await put(kms, id, policyOf(delegating, allowingPrincipal(userArn('alice')), denial));
    expect((await errorOf(encrypt(as('alice').kms, id))).message).toBe(
      `User: ${userArn('alice')} is not authorized to perform: kms:Encrypt on resource: ${arn} with an explicit deny in a resource-based policy`,
    );
    await encrypt(kms, id);
  });

  test('may allow everybody under conditions', async () => {
    const { as, kms, newKey } = await startShared([{ userName: 'alice', policies: [] }]);
    const { id } = await newKey();
    const inAccount = (account: string): StatementInput => ({
      ...allowingPrincipal('*', 'kms:Encrypt'),
      Condition: { StringEquals: { 'kms:CallerAccount': account } },
    });
    await put(kms, id, policyOf(delegating, inAccount('444455556666')));
    expect(await errorOf(encrypt(as('alice').kms, id))).toMatchObject(refused);
    await put(kms, id, policyOf(delegating, inAccount(accountId)));
    await encrypt(as('alice').kms, id);
  });

  test('may have statements without effect, because something is missing in them', async ({ local }) => {
    const { id } = await local.newKey();
    const { Action, ...withoutAction } = allowingPrincipal('*');
    const { Resource, ...withoutResource } = allowingPrincipal('*');
    await put(local.kms, id, policyOf(delegating, withoutAction, withoutResource));
  });
});

describe('the lockout safety check', () => {
  test('refuses a policy under which the caller could not change it again', async () => {
    const { as, kms, newKey } = await startShared([{ userName: 'alice', policies: [allowing('kms:*')] }]);
    const { id } = await newKey();
    const alice = as('alice').kms;
    const toAlice = policyOf(allowingPrincipal(userArn('alice')));
    expect(await errorOf(put(kms, id, toAlice))).toEqual(lockout);
    expect(await errorOf(kms.send(new CreateKeyCommand({ Policy: toAlice })))).toEqual(lockout);
    expect(await errorOf(put(alice, id, policyOf(allowingPrincipal(rootArn, 'kms:Encrypt'))))).toEqual(
      lockout,
    );
    await put(alice, id, toAlice);
    await alice.send(new CreateKeyCommand({ Policy: toAlice }));
  });

  test("looks at the caller's own policies too", async () => {
    const { as, kms } = await startShared([
      { userName: 'alice', policies: [allowing('kms:CreateKey')] },
      { userName: 'bob', policies: [allowing('kms:*'), denying('kms:PutKeyPolicy')] },
    ]);
    const create = (client: KMSClient) => client.send(new CreateKeyCommand({ Policy: policyOf(delegating) }));
    await create(kms);
    expect(await errorOf(create(as('alice').kms))).toEqual(lockout);
    expect(await errorOf(create(as('bob').kms))).toEqual(lockout);
    // The default policy isn't checked.
    await as('alice').kms.send(new CreateKeyCommand({}));
  });

  test('can be bypassed with the permission', async () => {
    const { as, newKey } = await startShared([
      { userName: 'alice', policies: [] },
      {
        userName: 'careful',
        policies: [
          allowing('kms:*'),
          {
            Version: '2012-10-17',
            Statement: {
              Effect: 'Deny',
              Action: ['kms:PutKeyPolicy', 'kms:CreateKey'],
              Resource: '*',
              Condition: { Bool: { 'kms:BypassPolicyLockoutSafetyCheck': true } },
            },
          },
        ],
      },
    ]);
    const { id } = await newKey();
    const careful = as('careful').kms;
    const toAlice = policyOf(allowingPrincipal(userArn('alice')));
    expect(await errorOf(put(careful, id, toAlice, true))).toMatchObject(refused);
    expect(
      await errorOf(
        careful.send(new CreateKeyCommand({ Policy: toAlice, BypassPolicyLockoutSafetyCheck: true })),
      ),
    ).toMatchObject(refused);
    await put(careful, id, policyOf(delegating), false);
  });
});

test('reading and changing a policy is recorded', async ({ local }) => {
  const { id, arn } = await local.newKey();
  await local.kms.send(new GetKeyPolicyCommand({ KeyId: id }));
  const policy = policyOf(delegating);
  await put(local.kms, id, policy);
  await errorOf(put(local.kms, id, policyOf(allowingPrincipal(userArn('administrator'), 'kms:Encrypt'))));
  const resources = [{ ARN: arn, type: 'AWS::KMS::Key', accountId }];
  const [failed, changed, read] = await local.deliveredEvents();
  expect(read).toMatchObject({
    eventName: 'GetKeyPolicy',
    readOnly: true,
    requestParameters: { keyId: id, policyName: 'default' },
    responseElements: null,
    resources,
  });
  expect(changed).toMatchObject({
    eventName: 'PutKeyPolicy',
    readOnly: false,
    requestParameters: { keyId: id, policyName: 'default', policy, bypassPolicyLockoutSafetyCheck: false },
    responseElements: { keyId: arn },
    resources,
  });
  expect(failed).toMatchObject({ errorCode: lockout.name, errorMessage: lockout.message });
});
