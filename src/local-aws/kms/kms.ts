import type { Account } from '../account.ts';
import type { Identities } from '../authorization/identities.ts';
import type { Clock } from '../clock.ts';
import type { KmsState } from './state.ts';

/** What a KMS operation works on. */
export interface Kms {
  readonly account: Account;
  readonly clock: Clock;
  readonly state: KmsState;
  /** Where `state` lags behind: what it is going to be. */
  readonly newestState: KmsState;
  readonly identities: Identities;
}
