import {
  CreateKeyCommand,
  GetKeyPolicyCommand,
  ListKeyPoliciesCommand,
  PutKeyPolicyCommand,
} from '@aws-sdk/client-kms';
import { constraint, type GoldenRow, golden, missing, source, startWorld } from './golden-answers.ts';

startWorld();

const { model, own, reference, reported } = source;
const noKey = '00000000-0000-4000-8000-000000000000';
const notFound = `NotFoundException: Key 'arn:aws:kms:us-east-1:111122223333:key/${noKey}' does not exist`;
const invalidPolicyName = constraint(
  "'my-policy' at 'policyName'",
  'satisfy regular expression pattern: [\\w]+',
);
const aliasRefused = 'InvalidArnException: Key Aliases are not supported for this operation.';
const noSuchPolicy = 'NotFoundException: No such policy exists';
const invalidMarker = 'InvalidMarkerException: Invalid marker: mine';

const malformed = (sentence: string) => `MalformedPolicyDocumentException: ${sentence}`;
const root = { AWS: 'arn:aws:iam::111122223333:root' };
const policyOf = (statement: object) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: root, Action: 'kms:*', Resource: '*' }, statement],
  });
const allowing = (principal: unknown) =>
  policyOf({ Effect: 'Allow', Principal: principal, Action: 'kms:*', Resource: '*' });

/** A policy that no key can have. `names` gives the whole input. */
const badPolicies = (input: (Policy: string, keyId: string) => object): readonly GoldenRow<object>[] =>
  (
    [
      [
        'a character that policies can not have',
        '"€"',
        constraint(
          `'"€"' at 'policy'`,
          'satisfy regular expression pattern: [\\u0009\\u000A\\u000D\\u0020-\\u00FF]+',
        ),
        model,
      ],
      ['no JSON', 'allow all', malformed('The policy is not valid JSON.'), own],
      ['no statement', '{}', malformed('Statement: is missing'), own],
      [
        'a statement without a principal',
        policyOf({ Effect: 'Allow', Action: 'kms:*', Resource: '*' }),
        malformed('Policy contains a statement with no principal.'),
        reported,
      ],
      [
        'a statement with an empty list of principals',
        allowing({ AWS: [] }),
        malformed('Policy contains a statement with no principal.'),
        reported,
      ],
      [
        'a user who is not there',
        allowing({ AWS: 'arn:aws:iam::111122223333:user/nobody' }),
        malformed('Policy contains a statement with one or more invalid principals.'),
        reported,
      ],
      [
        'a role that is not there',
        allowing({ AWS: ['arn:aws:iam::111122223333:role/nobody'] }),
        malformed('Policy contains a statement with one or more invalid principals.'),
        reported,
      ],
      [
        'a group, which can not be a principal',
        allowing({ AWS: 'arn:aws:iam::111122223333:group/all' }),
        'InvalidArnException: An ARN in the specified key policy is invalid.',
        reported,
      ],
      [
        'a wildcard in an ARN',
        allowing({ AWS: 'arn:aws:iam::*:root' }),
        'InvalidArnException: An ARN in the specified key policy is invalid.',
        reported,
      ],
      [
        'an unknown effect',
        policyOf({ Effect: 'Perhaps', Principal: root, Action: '*', Resource: '*' }),
        malformed('Statement.1.Effect: Invalid option: expected one of "Allow"|"Deny"'),
        own,
      ],
      [
        'an unknown operator',
        policyOf({ Effect: 'Deny', Principal: root, Condition: { StringIs: { 'aws:username': 'a' } } }),
        malformed("Statement.1.Condition.StringIs.aws:username: 'StringIs' is not a condition operator"),
        own,
      ],
      [
        'more than 32 KiB',
        `${allowing('*')}${' '.repeat(32_768)}`,
        `LimitExceededException: A key policy can have 32768 bytes; this one has ${allowing('*').length + 32_768}.`,
        own,
      ],
      [
        'a policy that locks the caller out',
        JSON.stringify({
          Version: '2012-10-17',
          Statement: { Effect: 'Allow', Principal: root, Action: 'kms:Encrypt', Resource: '*' },
        }),
        malformed('The new key policy will not allow you to update the key policy in the future.'),
        reported,
      ],
    ] as const
  ).map(([what, policy, answer, from]) => [what, ({ key }) => input(policy, key.id), answer, from]);

golden('CreateKey', (kms, input: CreateKeyCommand['input']) => kms.send(new CreateKeyCommand(input)), [
  ...badPolicies((Policy) => ({ Policy })),
]);

golden(
  'PutKeyPolicy',
  (kms, input: PutKeyPolicyCommand['input']) => kms.send(new PutKeyPolicyCommand(input)),
  [
    ['no key', () => ({ Policy: allowing('*') }), missing('keyId'), model],
    ['no policy', ({ key }) => ({ KeyId: key.id }), missing('policy'), model],
    ['a key that is not there', () => ({ KeyId: noKey, Policy: allowing('*') }), notFound, source.recorded],
    ['an alias', ({ alias }) => ({ KeyId: alias, Policy: allowing('*') }), aliasRefused, source.recorded],
    [
      'a policy name that can not be one',
      ({ key }) => ({ KeyId: key.id, PolicyName: 'my-policy', Policy: allowing('*') }),
      invalidPolicyName,
      model,
    ],
    [
      'another policy name',
      ({ key }) => ({ KeyId: key.id, PolicyName: 'other', Policy: allowing('*') }),
      noSuchPolicy,
      own,
    ],
    ...badPolicies((Policy, KeyId) => ({ KeyId, Policy })),
  ],
);

golden(
  'GetKeyPolicy',
  (kms, input: GetKeyPolicyCommand['input']) => kms.send(new GetKeyPolicyCommand(input)),
  [
    ['no key', () => ({}), missing('keyId'), model],
    ['a key that is not there', () => ({ KeyId: noKey }), notFound, source.recorded],
    ['another policy name', ({ key }) => ({ KeyId: key.id, PolicyName: 'other' }), noSuchPolicy, own],
    [
      'a policy name that can not be one',
      ({ key }) => ({ KeyId: key.id, PolicyName: 'my-policy' }),
      invalidPolicyName,
      model,
    ],
  ],
);

golden(
  'ListKeyPolicies',
  (kms, input: ListKeyPoliciesCommand['input']) => kms.send(new ListKeyPoliciesCommand(input)),
  [
    ['no key', () => ({}), missing('keyId'), model],
    ['a key that is not there', () => ({ KeyId: noKey }), notFound, source.recorded],
    [
      'a limit of 0',
      ({ key }) => ({ KeyId: key.id, Limit: 0 }),
      constraint("'0' at 'limit'", 'have value greater than or equal to 1'),
      model,
    ],
    [
      'a limit of 1001',
      ({ key }) => ({ KeyId: key.id, Limit: 1001 }),
      constraint("'1001' at 'limit'", 'have value less than or equal to 1000'),
      reference,
    ],
    ['a marker of something else', ({ key }) => ({ KeyId: key.id, Marker: 'mine' }), invalidMarker, own],
  ],
);
