import { nameOf } from '../authorization/principal.ts';
import { SlidingList } from './sliding-list.ts';
import type { TrailEvent } from './trail-event.ts';

/** The lookup attributes that have an index. `EventId` needs none: an event's id says where it is. */
export type IndexedAttribute =
  | 'EventName'
  | 'ReadOnly'
  | 'Username'
  | 'ResourceType'
  | 'ResourceName'
  | 'EventSource'
  | 'AccessKeyId';

/** A place in the event store. Later events have higher positions. */
export type Position = number;

/** For each value of each lookup attribute, the positions of its events in order. */
export class EventIndex {
  readonly #positions: Readonly<Record<IndexedAttribute, Map<string, SlidingList<Position>>>> = {
    EventName: new Map(),
    ReadOnly: new Map(),
    Username: new Map(),
    ResourceType: new Map(),
    ResourceName: new Map(),
    EventSource: new Map(),
    AccessKeyId: new Map(),
  };

  positions(attribute: IndexedAttribute, value: string): SlidingList<Position> {
    return this.#positions[attribute].get(value) ?? new SlidingList();
  }

  add(event: TrailEvent, position: Position): void {
    visitAttributes(event, (attribute, value) => {
      const lists = this.#positions[attribute];
      let list = lists.get(value);
      if (!list) {
        list = new SlidingList();
        lists.set(value, list);
      }
      list.append(position);
    });
  }

  /** Forgets an event, which must be the oldest that is there: so its position comes first in each of its lists. */
  dropOldest(event: TrailEvent): void {
    visitAttributes(event, (attribute, value) => {
      const lists = this.#positions[attribute];
      const list = lists.get(value);
      list?.dropFirst();
      if (list?.length === 0) lists.delete(value);
    });
  }
}

/** Calls back once for each different value of each attribute that the event has. */
function visitAttributes(
  event: TrailEvent,
  visit: (attribute: IndexedAttribute, value: string) => void,
): void {
  visit('EventName', event.name);
  visit('EventSource', event.source);
  if (isLookup(event)) return;
  visit('ReadOnly', String(event.readOnly));
  if (event.caller) {
    visit('Username', nameOf(event.caller.principal));
    visit('AccessKeyId', event.caller.accessKeyId);
  }
  event.resources.forEach(({ type, ARN }, index, resources) => {
    if (resources.findIndex((one) => one.type === type) === index) visit('ResourceType', type);
    if (resources.findIndex((one) => one.ARN === ARN) === index) visit('ResourceName', ARN);
  });
}

/**
 * A program that waits for an event looks again and again, and each look is an event too. Those appear only in look-ups
 * by name, source or id, so that they don't bury the other events.
 */
export const isLookup = (event: TrailEvent): boolean => event.name === 'LookupEvents';
