import type { Settings } from '../../settings/settings.ts';
import { LearnerError } from '../../text/learner-error.ts';
import { askCaller, type Caller, type UnknownCaller } from './caller.ts';

/** Says that an account isn't one of those that the settings allow. */
export class AccountError extends LearnerError {
  override name = 'AccountError';
  readonly problem: string;
  readonly fix: string;

  constructor(problem: string, fix: string) {
    super(`${problem} Nothing was done there. ${fix}`);
    this.problem = problem;
    this.fix = fix;
  }
}

/**
 * Asks who is calling, before anything is done in the account.
 *
 * @throws AccountError if the settings don't allow the account, or if it isn't known; else as `askCaller`
 */
export async function askAllowedCaller(settings: Settings): Promise<Caller | UnknownCaller> {
  const caller = await askCaller(settings);
  requireAllowedAccount(settings, caller);
  return caller;
}

/** @throws AccountError if the settings don't allow the account of the caller, or if it isn't known */
export function requireAllowedAccount({ allowedAccounts }: Settings, caller: Caller | UnknownCaller): void {
  if (!allowedAccounts) return;
  const list = `WORKSHOP_ALLOWED_ACCOUNTS: ${allowedAccounts.join(', ')}.`;
  if ('unknown' in caller) {
    throw new AccountError(
      `Could not identify the account: ${caller.unknown}. So it can't be found in ${list}`,
      'Unset WORKSHOP_ALLOWED_ACCOUNTS for this endpoint.',
    );
  }
  if (allowedAccounts.includes(caller.account)) return;
  throw new AccountError(
    `The credentials belong to ${caller.arn}, whose account ${caller.account} is not in ${list}`,
    'Use other credentials, such as another AWS_PROFILE, or add the account.',
  );
}
