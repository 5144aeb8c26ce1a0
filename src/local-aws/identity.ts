import { type Account, newAccount } from './account.ts';
import { newUser } from './authorization/principal.ts';
import { type Credential, newAccessKey } from './http/credentials.ts';
import type { LocalAwsOptions } from './options.ts';

/** The account and Region of a local AWS, and its administrator's access key. A data directory keeps them. */
export interface Identity {
  readonly account: Account;
  readonly administrator: Credential;
}

/**
 * Takes each part from the options; if they lack it, from the earlier identity; otherwise the default or a new access key.
 *
 * @throws {TypeError} if the account id or the Region is invalid
 * @throws if the account or the Region differs from the earlier one: key ARNs name both, and are bound into every ciphertext
 */
export function identityOf(options: LocalAwsOptions, before?: Identity): Identity {
  const account = newAccount(
    options.accountId ?? before?.account.accountId ?? '111122223333',
    options.region ?? before?.account.region ?? 'us-east-1',
  );
  if (before) requireSameAccount(account, before.account);
  const accessKey = options.credentials ?? before?.administrator ?? newAccessKey();
  const principal = before?.administrator.principal ?? newUser(account.accountId, 'administrator');
  return { account, administrator: { ...accessKey, principal } };
}

function requireSameAccount(now: Account, before: Account): void {
  if (now.accountId === before.accountId && now.region === before.region) return;
  throw new Error(
    `The data directory belongs to account ${before.accountId} in ${before.region}, not to account ${now.accountId} in ${now.region}. ` +
      'Omit the account and the Region, or choose another data directory.',
  );
}
