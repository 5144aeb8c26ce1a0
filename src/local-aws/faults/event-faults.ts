import type { DeliverySchedule } from '../cloudtrail/delivery.ts';
import { type ActiveRule, draw, type Random } from './active-rule.ts';
import type { EventRule } from './rules.ts';

/** Returns CloudTrail's delivery with the rules applied that delay or double events. */
export function deliveryWithFaults(
  schedule: DeliverySchedule,
  rules: readonly ActiveRule<EventRule>[],
): DeliverySchedule {
  if (rules.length === 0) return schedule;
  return (event) => {
    const call = { service: event.source.replace('.amazonaws.com', ''), operation: event.name };
    let deliveries = schedule(event);
    for (const active of rules) {
      const random = active.decide(call);
      if (random) deliveries = withFault(active.rule, deliveries, random);
    }
    return deliveries;
  };
}

function withFault(rule: EventRule, deliveries: readonly number[], random: Random): readonly number[] {
  if (rule.fault === 'late-event') {
    const delay = 1000 * draw(rule.seconds, random);
    return deliveries.map((time) => time + delay);
  }
  const apart = 1000 * draw(rule.secondsApart ?? 0, random);
  return deliveries.flatMap((time) => [time, time + apart]);
}
