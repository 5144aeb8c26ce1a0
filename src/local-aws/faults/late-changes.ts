import type { Operation } from '../api/operation.ts';
import type { Kms } from '../kms/kms.ts';
import { type ActiveRule, draw } from './active-rule.ts';
import { LaggingReplica } from './lagging-replica.ts';
import type { ChangeRule } from './rules.ts';

/**
 * Returns the operations of KMS with the rules applied that delay changes, as KMS's eventual consistency does (KMS developer
 * guide, programming-eventual-consistency.html). An operation that changes something works on the real state, every other
 * one on a replica that lags behind.
 */
export function withLateChanges(
  operations: readonly Operation<Kms>[],
  kms: Kms,
  rules: readonly ActiveRule<ChangeRule>[],
): readonly Operation<Kms>[] {
  if (rules.length === 0) return operations;
  const replica = new LaggingReplica();
  const lagging: Kms = { ...kms, state: replica.state };
  let delay = 0;
  for (const change of kms.state.changes()) replica.follow(change, kms.clock.now());
  kms.state.observe((change) => replica.follow(change, kms.clock.now() + delay));

  return operations.map((operation) => ({
    ...operation,
    perform(_, ...call) {
      if (operation.readOnly) {
        replica.catchUp(kms.clock.now());
        return operation.perform(lagging, ...call);
      }
      delay = delayMillisecondsOf(rules, operation.name);
      try {
        return operation.perform(kms, ...call);
      } finally {
        delay = 0;
      }
    },
  }));
}

/** Returns the delay of a call's change in milliseconds: the longest, if several rules match. */
function delayMillisecondsOf(rules: readonly ActiveRule<ChangeRule>[], operation: string): number {
  let delay = 0;
  for (const active of rules) {
    const random = active.decide({ service: 'kms', operation });
    if (random) delay = Math.max(delay, 1000 * draw(active.rule.seconds, random));
  }
  return delay;
}
