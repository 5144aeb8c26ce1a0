import type { Account } from '../account.ts';
import { operationsOf } from '../api/operation.ts';
import type { Clock } from '../clock.ts';
import type { EventStore } from './event-store.ts';
import type { RequestQuota } from './request-quota.ts';

/** State that CloudTrail's operations work on. */
export interface CloudTrail {
  readonly account: Account;
  readonly clock: Clock;
  readonly events: EventStore;
  readonly lookupQuota: RequestQuota;
}

export const cloudTrailOperation = operationsOf<CloudTrail>();
