import pRetry from 'p-retry';
import type { Settings } from '../../src/settings/settings.ts';

/**
 * KMS shows a change after seconds as a rule, but sometimes after minutes (KMS developer guide,
 * accessing-kms.html#programming-eventual-consistency), and grants within five. The local AWS has no such excuse.
 */
const patience = {
  local: { retries: 0 },
  elsewhere: { retries: 100, minTimeout: 500, factor: 1.5, maxTimeout: 5000, maxRetryTime: 6 * 60_000 },
};

/** Repeats what depends on a change that was just made, until it no longer throws; gives its result. */
export function eventuallyAt<Result>(
  target: Settings['target'],
  action: () => Promise<Result>,
): Promise<Result> {
  return pRetry(action, target === 'local' ? patience.local : patience.elsewhere);
}
