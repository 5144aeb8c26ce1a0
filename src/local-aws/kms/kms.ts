import type { Account } from '../account.ts';
import type { Identities } from '../authorization/identities.ts';
import type { Clock } from '../clock.ts';
import type { KmsState } from './state.ts';

/** State that KMS's operations work on. */
export interface Kms {
  readonly account: Account;
  readonly clock: Clock;
  readonly state: KmsState;
  /** The newest state, which `state` follows with a delay. */
  readonly newestState: KmsState;
  readonly identities: Identities;
}
