import type { Operation } from '../api/operation.ts';
import type { Clock } from '../clock.ts';
import type { DeliverySchedule } from '../cloudtrail/delivery.ts';
import type { Kms } from '../kms/kms.ts';
import { ActiveRule } from './active-rule.ts';
import { CallWeather } from './call-faults.ts';
import { checkWeather } from './check-weather.ts';
import { weatheredDelivery } from './event-faults.ts';
import { withLateChanges } from './late-changes.ts';
import type { CallRule, ChangeRule, EventRule, WeatherRule } from './rules.ts';

/** The rules of a local AWS at work, each where its faults are made. */
export interface Weather {
  /** At the front door; undefined if no rule is about calls. */
  readonly calls: CallWeather | undefined;
  /** At the keys and aliases: gives the operations under the rules about changes. */
  operations(operations: readonly Operation<Kms>[], kms: Kms): readonly Operation<Kms>[];
  /** At CloudTrail: gives the delivery under the rules about events. */
  delivery(schedule: DeliverySchedule): DeliverySchedule;
}

/**
 * Puts rules to work.
 *
 * @param seed repeats what chance decides
 * @throws {TypeError} if there is a mistake in a rule
 */
export function newWeather(rules: readonly WeatherRule[], seed: number, clock: Clock): Weather {
  const callRules: ActiveRule<CallRule>[] = [];
  const changeRules: ActiveRule<ChangeRule>[] = [];
  const eventRules: ActiveRule<EventRule>[] = [];
  for (const [place, rule] of checkWeather(rules).entries()) {
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
    calls: callRules.length > 0 ? new CallWeather(callRules, clock) : undefined,
    operations: (operations, kms) => withLateChanges(operations, kms, changeRules),
    delivery: (schedule) => weatheredDelivery(schedule, eventRules),
  };
}
