import type { TrailEvent } from './trail-event.ts';

/**
 * Decides when an event becomes visible: one time for each delivery, in milliseconds since the epoch. CloudTrail
 * promises no order, and may deliver an event twice; two times stand for that.
 */
export type DeliverySchedule = (event: TrailEvent) => readonly number[];

/** Every event once, after the delay and a random part of the jitter, which is what puts events out of order. */
export function delayedDelivery(
  options: { delaySeconds: number; jitterSeconds: number },
  random: () => number,
): DeliverySchedule {
  return ({ time }) => [time + 1000 * (options.delaySeconds + random() * options.jitterSeconds)];
}
