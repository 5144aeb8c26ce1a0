import { describe, expect, test } from 'vitest';
import { seededRandom } from '../seeded-random.ts';
import { type DeliverySchedule, delayedDelivery } from './delivery.ts';
import { type EventQuery, EventStore } from './event-store.ts';
import type { TrailEvent } from './trail-event.ts';

const atOnce: DeliverySchedule = ({ time }) => [time];

function event(time: number, changes: Partial<TrailEvent> = {}): TrailEvent {
  return {
    time,
    source: 'kms.amazonaws.com',
    name: 'Encrypt',
    readOnly: true,
    requestParameters: null,
    responseElements: null,
    resources: [],
    ...changes,
  };
}

const names = (store: EventStore, query: Partial<EventQuery> = {}, now = 1e9) =>
  store.find({ limit: 50, ...query }, now).events.map((found) => found.event.name);

/** `first`, `second`, … recorded at seconds 1, 2, … */
function storeOf(count: number, capacity = 100): EventStore {
  const store = new EventStore(atOnce, capacity);
  for (let number = 1; number <= count; number++)
    store.record(event(number * 1000, { name: `event-${number}` }));
  return store;
}

describe('order and bounds', () => {
  test('newest first', () => {
    expect(names(storeOf(3))).toEqual(['event-3', 'event-2', 'event-1']);
  });

  test('times are inclusive', () => {
    expect(names(storeOf(5), { from: 2, to: 4 })).toEqual(['event-4', 'event-3', 'event-2']);
    expect(names(storeOf(5), { from: 3, to: 3 })).toEqual(['event-3']);
    expect(names(storeOf(5), { from: 6 })).toEqual([]);
  });

  test('a page ends where the next one begins, whatever comes in between', () => {
    const store = storeOf(5);
    const first = store.find({ limit: 2 }, 1e9);
    store.record(event(9000, { name: 'new' }));
    const second = store.find({ limit: 2, before: first.next }, 1e9);
    const third = store.find({ limit: 2, before: second.next }, 1e9);
    const shown = [first, second, third].map((page) => page.events.map((found) => found.event.name));
    expect(shown).toEqual([['event-5', 'event-4'], ['event-3', 'event-2'], ['event-1']]);
    expect(third).not.toHaveProperty('next');
  });

  test('a last page that is full is not followed by an empty one', () => {
    expect(storeOf(3).find({ limit: 2 }, 1e9)).toHaveProperty('next');
    expect(storeOf(2).find({ limit: 2 }, 1e9)).not.toHaveProperty('next');
  });

  test('a clock that is set back a little does not change the order', () => {
    const store = storeOf(3);
    store.record(event(1000, { name: 'late' }));
    expect(names(store, { from: 3 })).toEqual(['late', 'event-3']);
  });
});

describe('a clock that was far ahead', () => {
  const year = 365 * 24 * 60 * 60;
  const yearAhead = (store: EventStore, name: string, changes = {}) =>
    store.record(event((year + 1) * 1000, { name, ...changes }));
  /** Two events a year ahead between `event-1` to `event-3` and later ones. */
  function disordered(capacity = 100): EventStore {
    const store = storeOf(3, capacity);
    yearAhead(store, 'ahead-1', { readOnly: false });
    yearAhead(store, 'ahead-2');
    for (const second of [4, 5]) store.record(event(second * 1000, { name: `event-${second}` }));
    return store;
  }
  const all = ['ahead-2', 'ahead-1', 'event-5', 'event-4', 'event-3', 'event-2', 'event-1'];
  const later = 1000 * (year + 10);

  test('does not date what comes later, and the newest still comes first', () => {
    const store = disordered();
    const found = store
      .find({ limit: 50 }, later)
      .events.map(({ event: { name, time } }) => [name, time / 1000]);
    expect(found.map(([name]) => name)).toEqual(all);
    expect(found.slice(2, 4)).toEqual([
      ['event-5', 5],
      ['event-4', 4],
    ]);
  });

  test('keeps every range of times, attribute and id complete', () => {
    const store = disordered();
    expect(names(store, { from: 3, to: 4 }, later)).toEqual(['event-4', 'event-3']);
    expect(names(store, { from: 6 }, later)).toEqual(['ahead-2', 'ahead-1']);
    expect(names(store, { attribute: { key: 'ReadOnly', value: 'true' }, to: 10 }, later)).toEqual(
      all.slice(2),
    );
    for (const { eventId, event: one } of store.find({ limit: 50 }, later).events) {
      expect(names(store, { attribute: { key: 'EventId', value: eventId } }, later)).toEqual([one.name]);
    }
  });

  test('leaves out what is not delivered yet', () => {
    expect(names(disordered(), {}, 10_000)).toEqual(all.slice(2));
  });

  test('lets pages follow each other without a gap', () => {
    const store = disordered();
    const shown: string[] = [];
    let before: number | undefined;
    do {
      const page = store.find({ limit: 2, before }, later);
      shown.push(...page.events.map((found) => found.event.name));
      before = page.next;
    } while (before !== undefined);
    expect(shown).toEqual(all);
  });

  test('has no effect after its events have been dropped', () => {
    const store = disordered(4);
    expect(names(store, {}, later)).toEqual(['ahead-2', 'ahead-1', 'event-5', 'event-4']);
    for (const second of [6, 7]) store.record(event(second * 1000, { name: `event-${second}` }));
    expect(names(store, { to: 6 }, later)).toEqual(['event-6', 'event-5', 'event-4']);
  });

  test('has the same effect in a store that is rebuilt from its changes', () => {
    const store = disordered();
    const copy = new EventStore(atOnce, 100);
    for (const change of store.changes()) copy.apply(change);
    copy.record(event(6000, { name: 'event-6' }));
    expect(names(copy, { to: 10 }, later)).toEqual(['event-6', ...all.slice(2)]);
  });
});

describe('capacity', () => {
  test('the oldest make room, in every index', () => {
    const store = new EventStore(atOnce, 3);
    for (let number = 1; number <= 10; number++) {
      store.record(event(number * 1000, { name: `event-${number}`, readOnly: number % 2 === 0 }));
    }
    expect(names(store)).toEqual(['event-10', 'event-9', 'event-8']);
    expect(names(store, { attribute: { key: 'ReadOnly', value: 'true' } })).toEqual(['event-10', 'event-8']);
    expect(names(store, { attribute: { key: 'EventName', value: 'event-7' } })).toEqual([]);
    expect(names(store, { from: 1, to: 8 })).toEqual(['event-8']);
  });

  test('a page token outlives the events it was at', () => {
    const store = storeOf(5, 5);
    const { next } = store.find({ limit: 2 }, 1e9);
    expect(names(store, { before: next })).toEqual(['event-3', 'event-2', 'event-1']);
    for (let number = 6; number <= 9; number++) store.record(event(number * 1000));
    expect(names(store, { before: next })).toEqual([]);
  });
});

describe('delivery', () => {
  test('an event is visible from its delivery on, and no sooner', () => {
    const store = new EventStore(({ time }) => [time + 2000], 10);
    store.record(event(1000));
    expect(names(store, {}, 2999)).toEqual([]);
    expect(names(store, {}, 3000)).toEqual(['Encrypt']);
  });

  test('a later event can be visible before an earlier one; then both are, in the order of their times', () => {
    const visibleAt: Record<number, number> = { 1000: 9000, 2000: 3000 };
    const store = new EventStore(({ time }) => [visibleAt[time] ?? 0], 10);
    store.record(event(1000, { name: 'slow' }));
    store.record(event(2000, { name: 'fast' }));
    expect(names(store, {}, 3000)).toEqual(['fast']);
    expect(names(store, {}, 9000)).toEqual(['fast', 'slow']);
  });

  test('an event that is delivered twice occurs twice, under one id', () => {
    const store = new EventStore(({ time }) => [time, time + 5000], 10);
    store.record(event(1000));
    store.record(event(2000));
    const ids = (now: number) => store.find({ limit: 50 }, now).events.map((found) => found.eventId);
    expect(ids(2000)).toHaveLength(2);
    expect(ids(9000)).toHaveLength(4);
    expect(new Set(ids(9000)).size).toBe(2);
    const value = ids(9000)[3] as string;
    expect(store.find({ attribute: { key: 'EventId', value }, limit: 50 }, 9000).events).toHaveLength(2);
  });

  test('the delay and a part of the jitter, the same for the same seed', () => {
    const times = (seed: number) => {
      const schedule = delayedDelivery({ delaySeconds: 2, jitterSeconds: 0.5 }, seededRandom(seed));
      return Array.from({ length: 100 }, () => schedule(event(0))[0] as number);
    };
    expect(times(7)).toEqual(times(7));
    expect(times(7)).not.toEqual(times(8));
    expect(Math.min(...times(7))).toBeGreaterThanOrEqual(2000);
    expect(Math.max(...times(7))).toBeLessThan(2500);
    expect(new Set(times(7)).size).toBeGreaterThan(90);
  });
});

describe('event ids', () => {
  test('are unique UUIDs, and each finds its event', () => {
    const store = storeOf(20);
    const { events } = store.find({ limit: 50 }, 1e9);
    expect(new Set(events.map((found) => found.eventId)).size).toBe(20);
    for (const { eventId: value, event: sought } of events) {
      expect(value).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(names(store, { attribute: { key: 'EventId', value } })).toEqual([sought.name]);
    }
  });

  test.each(['', 'x', '00000000-0000-4000-8000-000000000001'])('%j finds nothing', (value) => {
    const store = storeOf(5);
    const id = store.find({ limit: 1 }, 1e9).events[0]?.eventId;
    expect(names(store, { attribute: { key: 'EventId', value: id ?? '' } })).toEqual(['event-5']);
    expect(names(store, { attribute: { key: 'EventId', value } })).toEqual([]);
  });

  test('an id with additional characters finds nothing', () => {
    const store = storeOf(1);
    const id = store.find({ limit: 1 }, 1e9).events[0]?.eventId;
    expect(names(store, { attribute: { key: 'EventId', value: `${id}` } })).toEqual(['event-1']);
    expect(names(store, { attribute: { key: 'EventId', value: `${id}0` } })).toEqual([]);
  });
});
