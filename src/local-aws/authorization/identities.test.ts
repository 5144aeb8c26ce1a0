import { expect, test } from 'vitest';
import { Identities } from './identities.ts';
import { identityPolicy } from './policy.ts';
import { newRole, newRoleSession, newUser } from './principal.ts';

const account = '111122223333';
const alice = newUser(account, 'alice');
const session = newRoleSession(account, newRole(account, 'app'), 'job-1', 0);
const policy = identityPolicy({ Statement: { Effect: 'Allow', Action: '*', Resource: '*' } });

const identities = new Identities(account);
identities.add(alice, [policy]);
identities.add(session, []);

test.each([
  [`arn:aws:iam::${account}:root`, true],
  [`arn:aws:iam::${account}:user/alice`, true],
  [`arn:aws:iam::${account}:user/Alice`, false],
  [`arn:aws:iam::${account}:user/bob`, false],
  [`arn:aws:iam::${account}:role/app`, true],
  [`arn:aws:iam::${account}:role/other`, false],
  [`arn:aws:sts::${account}:assumed-role/app/job-1`, true],
  [`arn:aws:sts::${account}:assumed-role/app/any-other`, true],
  [`arn:aws:sts::${account}:assumed-role/other/job-1`, false],
  // Nothing is known of other accounts.
  ['arn:aws:iam::444455556666:root', true],
  ['arn:aws:iam::444455556666:user/anybody', true],
  ['arn:aws:sts::444455556666:assumed-role/any/session', true],
  // Accounts of one partition only can name each other.
  [`arn:aws-cn:iam::${account}:root`, false],
  [`arn:aws-cn:iam::${account}:user/alice`, false],
  [`arn:aws-cn:sts::${account}:assumed-role/app/job-1`, false],
  ['arn:aws-cn:iam::444455556666:root', false],
  ['arn:aws-us-gov:iam::444455556666:user/anybody', false],
  [`arn:aws:iam:us-east-1:${account}:user/alice`, false],
  [`arn:aws:sts::${account}:user/alice`, false],
  [`arn:aws:iam::${account}:group/all`, false],
  [`arn:aws:iam::*:root`, false],
  ['alice', false],
  ['', false],
])('%s is somebody: %j', (arn, expected) => {
  expect(identities.has(arn)).toBe(expected);
});

test('each principal has its own policies, and an unknown one has none', () => {
  expect(identities.policiesOf(alice)).toEqual([policy]);
  expect(identities.policiesOf(session)).toEqual([]);
  expect(identities.policiesOf(newUser(account, 'bob'))).toEqual([]);
});
