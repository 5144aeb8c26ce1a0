import { type Account, newAccount } from './account.ts';
import { newUser } from './authorization/principal.ts';
import { type Credential, newAccessKey } from './http/credentials.ts';
import type { LocalAwsOptions } from './options.ts';

/** Who a local AWS is: its account and Region, and the administrator's access key. A data directory keeps it. */
export interface Identity {
  readonly account: Account;
  readonly administrator: Credential;
}

/**
 * What the options say; where they say nothing, what it was before; else the defaults, and a new access key.
 *
 * @throws {TypeError} for an account id or a Region that AWS couldn't have
 * @throws if the account or the Region was another before: key ARNs name both, and are bound into every ciphertext
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
    `The data directory is of account ${before.accountId} in ${before.region}, not of account ${now.accountId} in ${now.region}. ` +
      'Leave the account and the Region away, or take another data directory.',
  );
}
