import { describe, expect, test } from 'vitest';
import { identityPolicy, resourcePolicy } from './policy.ts';
import { readPolicy } from './policy-document.ts';

const statement = { Effect: 'Allow', Action: 'kms:*', Resource: '*' } as const;

describe('a policy document', () => {
  test('is read with single values as lists', () => {
    const document = readPolicy({
      Version: '2012-10-17',
      Statement: {
        ...statement,
        Principal: { AWS: '111122223333' },
        Condition: { Bool: { 'kms:MultiRegion': false }, NumericLessThan: { 'aws:x': [1, '2'] } },
      },
    });
    expect(document.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: ['kms:*'],
        Resource: ['*'],
        Principal: { AWS: ['111122223333'] },
        Condition: { Bool: { 'kms:MultiRegion': ['false'] }, NumericLessThan: { 'aws:x': ['1', '2'] } },
      },
    ]);
  });

  test('is read from JSON', () => {
    expect(readPolicy(JSON.stringify({ Statement: [statement] }))).toMatchObject({ Version: '2008-10-17' });
  });

  test.each([
    ['not json', 'The policy is not valid JSON.'],
    ['[]', 'The policy'],
    ['{}', 'Statement'],
    ['{"Statement": []}', 'Statement: must have at least one statement'],
    ['{"Version": "2020-01-01", "Statement": []}', 'Version'],
    ['{"Statement": {"Effect": "Maybe", "Action": "*", "Resource": "*"}}', 'Statement.0.Effect'],
    ['{"Statement": {"Effect": "Allow", "Action": "Encrypt", "Resource": "*"}}', 'Statement.0.Action.0'],
    ['{"Statement": {"Effect": "Allow", "Action": "*", "Resource": 7}}', 'Statement.0.Resource.0'],
    ['{"Statement": {"Effect": "Allow", "Actions": "*"}}', 'Statement.0'],
    ['{"Statement": {"Effect": "Allow", "Principal": "alice"}}', 'Statement.0.Principal: must be "*"'],
    [
      '{"Statement": {"Effect": "Allow", "Condition": {"Bool": {"k": {}}}}}',
      'Statement.0.Condition.Bool.k.0',
    ],
  ])('%s is none', (json, message) => {
    expect(() => readPolicy(json)).toThrow(message);
  });
});

test.each([
  [{ ...statement, Principal: '*' }, 'Statement.0: a policy of a user or a role has no Principal'],
  [{ Effect: 'Allow', Resource: '*' }, 'Statement.0: needs Action or NotAction'],
  [{ Effect: 'Allow', Action: '*' }, 'Statement.0: needs Resource or NotResource'],
  [{ ...statement, NotAction: 'kms:*' }, "Statement.0: can't have both Action and NotAction"],
  [
    { ...statement, Condition: { StringIs: { k: 'a' } } },
    "Statement.0.Condition.StringIs.k: 'StringIs' is not a condition operator",
  ],
] as const)('%j is no statement of a policy of a user', (given, message) => {
  expect(() => identityPolicy({ Statement: given })).toThrow(message);
});

test.each([
  [statement, 'Statement.0: needs either Principal or NotPrincipal'],
  [
    { ...statement, Principal: '*', NotPrincipal: '*' },
    'Statement.0: needs either Principal or NotPrincipal',
  ],
  [
    { ...statement, Principal: '*', NotResource: '*' },
    "Statement.0: can't have both Resource and NotResource",
  ],
] as const)('%j is no statement of a policy of a resource', (given, message) => {
  expect(() => resourcePolicy(readPolicy({ Statement: given }))).toThrow(message);
});
