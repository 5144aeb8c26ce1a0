import { randomUUID } from 'node:crypto';
import type { DeliverySchedule } from './delivery.ts';
import { EventIndex, type IndexedAttribute, isLookup, type Position } from './event-index.ts';
import { SlidingList } from './sliding-list.ts';
import { type TrailEvent, wholeSeconds } from './trail-event.ts';

/**
 * In milliseconds. A clock that is set back by less only stands still, so that the order of positions is the order of times
 * and looking up is quick. One that was further ahead must not date all that comes later.
 */
const largestCorrection = 60_000;

/** One delivery of an event. An event that is delivered twice is two of them, with the same id. */
export interface Delivery {
  readonly event: TrailEvent;
  readonly id: Position;
  readonly visibleAt: number;
}

/** Everything that can happen to the store. A journal of these, replayed in order, is the store. */
export type TrailChange =
  | { readonly type: 'trail-begun'; readonly idPrefix: string; readonly first: Position }
  | { readonly type: 'event-delivered'; readonly delivery: Delivery };

export interface EventQuery {
  readonly attribute?: { readonly key: IndexedAttribute | 'EventId'; readonly value: string } | undefined;
  /** Whole seconds since the epoch, inclusive. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** End of the previous page. */
  readonly before?: Position | undefined;
  readonly limit: number;
}

export interface FoundEvents {
  readonly events: readonly { readonly eventId: string; readonly event: TrailEvent }[];
  /** Set if there is more: the `before` of the next page. */
  readonly next?: Position;
}

/**
 * CloudTrail's events in the order in which they happened, each with the time from which it is visible.
 * Bounded: the oldest make room. Looking up costs the same however many there are, apart from the events on their way.
 */
export class EventStore {
  readonly #schedule: DeliverySchedule;
  readonly #capacity: number;
  /** One item a delivery in each, at the same index. Numbers in lists of their own take a third of the memory of objects. */
  readonly #events = new SlidingList<TrailEvent>();
  readonly #ids = new SlidingList<Position>();
  readonly #visibleFrom = new SlidingList<number>();
  readonly #index = new EventIndex();
  /** The first four groups of a UUID; the last one is the event's position. */
  #idPrefix = randomUUID().slice(0, 23);
  readonly #observers: ((change: TrailChange) => void)[] = [];
  #first: Position = 0;
  #lastTime = 0;
  /** Number of events that are earlier than the event before them, which happens after a fast clock has been corrected. */
  #stepsBack = 0;

  /** @param capacity the most deliveries to keep */
  constructor(schedule: DeliverySchedule, capacity: number) {
    this.#schedule = schedule;
    this.#capacity = capacity;
  }

  record(event: TrailEvent): void {
    const id = this.#end;
    const isCorrection = event.time < this.#lastTime && event.time > this.#lastTime - largestCorrection;
    const time = isCorrection ? this.#lastTime : event.time;
    const inOrder = event.time === time ? event : { ...event, time };
    for (const visibleAt of this.#schedule(event)) {
      this.apply({ type: 'event-delivered', delivery: { event: inOrder, id, visibleAt } });
    }
  }

  /** @param observer is told of each change from now on, once it is made */
  observe(observer: (change: TrailChange) => void): void {
    this.#observers.push(observer);
  }

  /** The changes that make this store out of an empty one. */
  changes(): TrailChange[] {
    return [
      { type: 'trail-begun', idPrefix: this.#idPrefix, first: this.#first },
      ...Array.from(this.#events, (event, index) => ({
        type: 'event-delivered' as const,
        delivery: {
          event,
          id: this.#ids.at(index) as Position,
          visibleAt: this.#visibleFrom.at(index) as number,
        },
      })),
    ];
  }

  apply(change: TrailChange): void {
    switch (change.type) {
      case 'trail-begun':
        this.#idPrefix = change.idPrefix;
        this.#first = change.first;
        break;
      case 'event-delivered':
        this.#append(change.delivery);
        break;
    }
    for (const observer of this.#observers) observer(change);
  }

  /**
   * The events that are visible now and match, newest first.
   *
   * @param now milliseconds since the epoch
   */
  find(query: EventQuery, now: number): FoundEvents {
    const candidates = this.#stepsBack === 0 ? this.#candidates(query) : this.#sortedCandidates(query);
    const found: { eventId: string; event: TrailEvent }[] = [];
    let last: Position | undefined;
    for (const position of candidates) {
      const index = position - this.#first;
      const event = this.#events.at(index);
      if (!event || (this.#visibleFrom.at(index) as number) > now) continue;
      if (query.attribute === undefined && isLookup(event)) continue;
      if (found.length === query.limit) return { events: found, next: last as Position };
      found.push({ eventId: this.#eventId(this.#ids.at(index) as Position), event });
      last = position;
    }
    return { events: found };
  }

  #append({ event, id, visibleAt }: Delivery): void {
    if (wholeSeconds(event.time) < wholeSeconds(this.#lastTime)) this.#stepsBack += 1;
    this.#lastTime = event.time;
    this.#index.add(event, this.#end);
    this.#events.append(event);
    this.#ids.append(id);
    this.#visibleFrom.append(visibleAt);
    if (this.#events.length > this.#capacity) this.#dropOldest();
  }

  #dropOldest(): void {
    const [oldest, next] = [this.#events.at(0), this.#events.at(1)] as [TrailEvent, TrailEvent | undefined];
    if (next && wholeSeconds(next.time) < wholeSeconds(oldest.time)) this.#stepsBack -= 1;
    this.#index.dropOldest(oldest);
    for (const list of [this.#events, this.#ids, this.#visibleFrom]) list.dropFirst();
    this.#first += 1;
  }

  /** The positions of all deliveries within the query's bounds that have its attribute, newest first. */
  *#candidates({ attribute, from, to, before }: EventQuery): Generator<Position> {
    const start = from === undefined ? this.#first : this.#positionAt((second) => second < from);
    const afterEnd = to === undefined ? this.#end : this.#positionAt((second) => second <= to);
    const end = Math.min(afterEnd, before ?? this.#end);
    if (attribute === undefined) {
      for (let position = end - 1; position >= start; position--) yield position;
      return;
    }
    if (attribute.key === 'EventId') {
      for (const position of this.#positionsOfId(attribute.value).reverse()) {
        if (position >= start && position < end) yield position;
      }
      return;
    }
    const list = this.#index.positions(attribute.key, attribute.value);
    for (let index = list.countBefore((position) => position < end) - 1; index >= 0; index--) {
      const position = list.at(index) as Position;
      if (position < start) return;
      yield position;
    }
  }

  /** The same where the order of positions isn't the order of times. Looks at each event, which takes longer. */
  #sortedCandidates({ attribute, from, to, before }: EventQuery): Position[] {
    const secondOf = (position: Position) => {
      const event = this.#events.at(position - this.#first);
      return event && wholeSeconds(event.time);
    };
    const newestFirst = (a: Position, b: Position) => (secondOf(b) ?? 0) - (secondOf(a) ?? 0) || b - a;
    return this.#allPositions(attribute)
      .filter((position) => {
        const second = secondOf(position);
        if (second === undefined || second < (from ?? 0) || second > (to ?? Infinity)) return false;
        return before === undefined || newestFirst(position, before) > 0;
      })
      .sort(newestFirst);
  }

  #allPositions(attribute: EventQuery['attribute']): Position[] {
    if (attribute === undefined) return Array.from(this.#events, (_, index) => this.#first + index);
    if (attribute.key === 'EventId') return this.#positionsOfId(attribute.value);
    return [...this.#index.positions(attribute.key, attribute.value)];
  }

  get #end(): Position {
    return this.#first + this.#events.length;
  }

  #positionAt(isBefore: (second: number) => boolean): Position {
    return this.#first + this.#events.countBefore((event) => isBefore(wholeSeconds(event.time)));
  }

  #eventId(id: Position): string {
    return `${this.#idPrefix}-${id.toString(16).padStart(12, '0')}`;
  }

  #positionsOfId(eventId: string): Position[] {
    if (!eventId.startsWith(`${this.#idPrefix}-`)) return [];
    const id = Number.parseInt(eventId.slice(this.#idPrefix.length + 1), 16);
    const positions: Position[] = [];
    for (let position = id; this.#ids.at(position - this.#first) === id; position++) {
      positions.push(position);
    }
    return this.#eventId(id) === eventId ? positions : [];
  }
}
