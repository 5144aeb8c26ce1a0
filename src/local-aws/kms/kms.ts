import type { Account } from '../account.ts';
import { operationsOf, type TrailResource } from '../api/operation.ts';
import type { Clock } from '../clock.ts';
import type { KmsState } from './state.ts';

/** What a KMS operation works on. */
export interface Kms {
  readonly account: Account;
  readonly clock: Clock;
  readonly state: KmsState;
}

export const kmsOperation = operationsOf<Kms>();

/** Keys and aliases alike are of this type in CloudTrail's records. */
export const trailResource = (subject: { readonly arn: string }): TrailResource => ({
  ARN: subject.arn,
  type: 'AWS::KMS::Key',
});
