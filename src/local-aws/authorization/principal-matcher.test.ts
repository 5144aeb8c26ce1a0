import { expect, test } from 'vitest';
import { newRole, newRoleSession, newUser } from './principal.ts';
import { principalMatcher } from './principal-matcher.ts';

const account = '111122223333';
const alice = newUser(account, 'alice');
const session = newRoleSession(account, newRole(account, 'app'), 'job-1', 0);

test.each([
  [account, 'account'],
  [`arn:aws:iam::${account}:root`, 'account'],
  [`arn:aws:iam::${account}:user/alice`, 'caller'],
  // Each part of an ARN counts.
  [`arn:aws-cn:iam::${account}:root`, 'none'],
  [`arn:aws:sts::${account}:root`, 'none'],
  [`arn:aws:iam:us-east-1:${account}:root`, 'none'],
  ['arn:aws:iam::444455556666:root', 'none'],
  [`arn:aws-cn:iam::${account}:user/alice`, 'none'],
  ['arn:aws:iam::444455556666:user/alice', 'none'],
  [`arn:aws:iam::${account}:role/alice`, 'none'],
])('to alice, a statement about %s says: %s', (name, relation) => {
  expect(principalMatcher({ AWS: [name] })(alice)).toBe(relation);
});

test.each([
  [`arn:aws:iam::${account}:role/app`, 'caller'],
  [`arn:aws:sts::${account}:assumed-role/app/job-1`, 'caller'],
  [`arn:aws:sts::${account}:assumed-role/app/job-2`, 'none'],
  [`arn:aws-cn:sts::${account}:assumed-role/app/job-1`, 'none'],
  [`arn:aws-cn:iam::${account}:role/app`, 'none'],
])('to a session of a role, a statement about %s says: %s', (name, relation) => {
  expect(principalMatcher({ AWS: [name] })(session)).toBe(relation);
});
