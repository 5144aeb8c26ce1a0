import { GetKeyPolicyCommand, ListKeyPoliciesCommand, PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import { beforeAll, describe, expect, test } from 'vitest';
import { key, kms, newKey } from './clients.ts';
import { eventually } from './eventually.ts';
import { refusalOf } from './refusal.ts';
import type { SuiteKey } from './suite-key.ts';

const [, partition, , , account] = key.arn.split(':');
const root = `arn:${partition}:iam::${account}:root`;

/** That of a key which was created without one: API reference, GetKeyPolicy. */
const defaultPolicy = {
  Version: '2012-10-17',
  Id: 'key-default-1',
  Statement: [
    {
      Sid: 'Enable IAM User Permissions',
      Effect: 'Allow',
      Principal: { AWS: root },
      Action: 'kms:*',
      Resource: '*',
    },
  ],
};

let subject: SuiteKey;
beforeAll(async () => {
  subject = await newKey('with_policy');
});

const policyOf = async (KeyId: string) =>
  JSON.parse((await kms.send(new GetKeyPolicyCommand({ KeyId, PolicyName: 'default' }))).Policy ?? '');
const put = (policy: object | string, more: object = {}) =>
  kms.send(
    new PutKeyPolicyCommand({
      KeyId: subject.id,
      PolicyName: 'default',
      Policy: typeof policy === 'string' ? policy : JSON.stringify(policy),
      ...more,
    }),
  );

test('a key has the default policy until it gets another one', async () => {
  expect(await policyOf(key.arn)).toEqual(defaultPolicy);
});

// recorded (test_get_put_list_key_policies)
test('ListKeyPolicies has the one policy', async () => {
  const { PolicyNames, Truncated } = await kms.send(new ListKeyPoliciesCommand({ KeyId: key.id }));
  expect({ PolicyNames, Truncated }).toEqual({ PolicyNames: ['default'], Truncated: false });
});

// recorded (test_get_put_list_key_policies); API reference: the name of the policy may be left out
test('PutKeyPolicy replaces the policy', async () => {
  const policy = {
    ...defaultPolicy,
    Statement: [
      ...defaultPolicy.Statement,
      {
        Sid: 'No random plaintexts for anybody',
        Effect: 'Deny',
        Principal: '*',
        Action: 'kms:GenerateDataKeyPair',
        Resource: '*',
      },
    ],
  };
  await put(policy, { PolicyName: undefined });
  await eventually(async () => expect(await policyOf(subject.id)).toEqual(policy));
  const { PolicyName } = await kms.send(new GetKeyPolicyCommand({ KeyId: subject.id }));
  expect(PolicyName).toBe('default');
});

describe('PutKeyPolicy refuses', () => {
  const statement = defaultPolicy.Statement[0];
  const malformed = { name: 'MalformedPolicyDocumentException', status: 400 };

  // API reference, PutKeyPolicy: MalformedPolicyDocumentException
  test.each([
    ['what is no JSON', '{"Version": '],
    ['a policy without statements', { Version: '2012-10-17' }],
    ['an effect that is none', { ...defaultPolicy, Statement: [{ ...statement, Effect: 'Perhaps' }] }],
    [
      'a principal that is not there',
      {
        ...defaultPolicy,
        Statement: [
          statement,
          {
            ...statement,
            Sid: 'Nobody',
            Principal: { AWS: `${root.replace(/root$/, 'user')}/nobody-of-conformance` },
          },
        ],
      },
    ],
  ])('%s', async (_what, policy) => {
    expect(await refusalOf(put(policy))).toMatchObject(malformed);
  });

  // API reference, PutKeyPolicy: the lockout safety check. Only PutKeyPolicy is missing here: a key with this policy
  // could still be deleted.
  test('a policy under which the caller could not replace it', async () => {
    const { Action: _, ...rest } = statement ?? {};
    const policy = { ...defaultPolicy, Statement: [{ ...rest, NotAction: 'kms:PutKeyPolicy' }] };
    expect(await refusalOf(put(policy))).toMatchObject(malformed);
  });

  test('and leaves the policy as it was', async () => {
    const before = await policyOf(subject.id);
    await refusalOf(put('no policy'));
    expect(await policyOf(subject.id)).toEqual(before);
  });
});

// API reference, GetKeyPolicy: the only valid value is default
test('GetKeyPolicy finds no policy of another name', async () => {
  const call = kms.send(new GetKeyPolicyCommand({ KeyId: key.id, PolicyName: 'other' }));
  expect(await refusalOf(call)).toMatchObject({ name: 'NotFoundException', status: 400 });
});
