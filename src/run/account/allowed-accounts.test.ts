import { expect, test } from 'vitest';
import { readSettings } from '../../settings/settings.ts';
import { AccountError, requireAllowedAccount } from './allowed-accounts.ts';
import type { UnknownCaller } from './caller.ts';
import { describeCaller } from './describe-caller.ts';

const ada = { account: '111122223333', arn: 'arn:aws:iam::111122223333:user/ada' };
const nobody: UnknownCaller = { unknown: 'sts:GetCallerIdentity is not there: 404', cause: new Error() };

const settings = (environment = {}) =>
  readSettings('no folder', { WORKSHOP_TARGET: 'aws', AWS_REGION: 'eu-central-1', ...environment });
const allowing = (accounts: string) => settings({ WORKSHOP_ALLOWED_ACCOUNTS: accounts });

test('any account is allowed if the settings name none', () => {
  expect(() => requireAllowedAccount(settings(), ada)).not.toThrow();
  expect(() => requireAllowedAccount(settings(), nobody)).not.toThrow();
});

test('an account that the settings name is allowed', () => {
  expect(() => requireAllowedAccount(allowing('444455556666, 111122223333'), ada)).not.toThrow();
});

test('another account is refused, with its id and what to do', () => {
  const refusal = new AccountError(
    'The credentials belong to arn:aws:iam::111122223333:user/ada, whose account 111122223333 is not in WORKSHOP_ALLOWED_ACCOUNTS: 444455556666, 777788889999.',
    'Use other credentials, such as another AWS_PROFILE, or add the account.',
  );

  expect(() => requireAllowedAccount(allowing('444455556666,777788889999'), ada)).toThrow(refusal);
  expect(refusal.message).toContain(' Nothing was done there. Use other credentials');
});

test('an unknown account is refused if the settings name some', () => {
  expect(() => requireAllowedAccount(allowing('111122223333'), nobody)).toThrow(
    "Could not identify the account: sts:GetCallerIdentity is not there: 404. So it can't be found in",
  );
});

test.each([
  [{}, ada, 'The AWS account 111122223333 in eu-central-1,\nas arn:aws:iam::111122223333:user/ada'],
  [
    { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' },
    ada,
    'The AWS account 111122223333 in eu-central-1, at http://127.0.0.1:4566,\nas arn:aws:iam::111122223333:user/ada',
  ],
  [
    { WORKSHOP_TARGET: 'endpoint', AWS_ENDPOINT_URL_KMS: 'http://127.0.0.1:4566' },
    { ...nobody, unknown: `${nobody.unknown} InternalFailure: The service is not enabled` },
    'An account in eu-central-1, at http://127.0.0.1:4566.\nCould not identify it: sts:GetCallerIdentity is not there: 404\nInternalFailure: The service is not enabled.',
  ],
])('it is told where a run works, and as whom', (environment, caller, line) => {
  expect(describeCaller(settings(environment), caller)).toBe(line);
});
