import type { Operation } from '../api/operation.ts';
import type { Clock } from '../clock.ts';
import type { DeliverySchedule } from '../cloudtrail/delivery.ts';
import type { Kms } from '../kms/kms.ts';
import { ActiveRule } from './active-rule.ts';
import { CallFaultInjector } from './call-faults.ts';
import { checkFaults } from './check-faults.ts';
import { deliveryWithFaults } from './event-faults.ts';
import { withLateChanges } from './late-changes.ts';
import type { CallRule, ChangeRule, EventRule, FaultRule } from './rules.ts';

/** The rules of a local AWS at work, each in the place where it injects its faults. */
export interface FaultInjector {
  /** For the front door; undefined if no rule affects calls. */
  readonly calls: CallFaultInjector | undefined;
  /** Returns the operations with the rules applied that delay changes. */
  operations(operations: readonly Operation<Kms>[], kms: Kms): readonly Operation<Kms>[];
  /** Returns CloudTrail's delivery with the rules applied that affect events. */
  delivery(schedule: DeliverySchedule): DeliverySchedule;
}

/**
 * Makes the fault injector for a list of rules.
 *
 * @param seed the same seed repeats the same random decisions
 * @throws {TypeError} if a rule is invalid
 */
export function newFaultInjector(rules: readonly FaultRule[], seed: number, clock: Clock): FaultInjector {
  const callRules: ActiveRule<CallRule>[] = [];
  const changeRules: ActiveRule<ChangeRule>[] = [];
  const eventRules: ActiveRule<EventRule>[] = [];
  for (const [place, rule] of checkFaults(rules).entries()) {
    switch (rule.fault) {
      case 'late-change':
        changeRules.push(new ActiveRule(rule, seed, place));
        break;
      case 'late-event':
      case 'doubled-event':
        eventRules.push(new ActiveRule(rule, seed, place));
        break;
      default:
        callRules.push(new ActiveRule<CallRule>(rule, seed, place));
    }
  }
  return {
    calls: callRules.length > 0 ? new CallFaultInjector(callRules, clock) : undefined,
    operations: (operations, kms) => withLateChanges(operations, kms, changeRules),
    delivery: (schedule) => deliveryWithFaults(schedule, eventRules),
  };
}
