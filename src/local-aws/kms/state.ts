import type { Grant } from './grants/grant.ts';
import { GrantTable } from './grants/grant-table.ts';
import type { Alias, KeyRecord } from './key.ts';
import { dueRotations, nextRotation, type Rotation } from './key-rotation.ts';

/** Everything that can happen to the state. A journal of these, replayed in order, is the state. */
export type KmsChange =
  | { readonly type: 'key-put'; readonly key: KeyRecord }
  | { readonly type: 'key-removed'; readonly keyId: string }
  | { readonly type: 'alias-put'; readonly alias: Alias }
  | { readonly type: 'alias-removed'; readonly name: string }
  | { readonly type: 'grant-put'; readonly grant: Grant }
  | { readonly type: 'grant-removed'; readonly grantId: string };

/**
 * The keys, aliases and grants of the account. Every write is a `KmsChange` and goes through `apply`; every read goes through
 * the methods below, so that one place can make a change durable, or slow to be seen.
 */
export class KmsState {
  readonly #keys = new Map<string, KeyRecord>();
  readonly #aliases = new Map<string, Alias>();
  readonly #grants = new GrantTable();
  readonly #observers: ((change: KmsChange) => void)[] = [];
  /**
   * No key is to be deleted, or rotated, before these: so asking "is any due?" costs one comparison. They may be too
   * early, never too late.
   */
  #nextDeletion = Number.POSITIVE_INFINITY;
  #nextRotation = Number.POSITIVE_INFINITY;

  key(keyId: string): KeyRecord | undefined {
    return this.#keys.get(keyId);
  }

  /** All keys, ordered by id. */
  keys(): KeyRecord[] {
    return [...this.#keys.values()].sort((a, b) => order(a.id, b.id));
  }

  alias(name: string): Alias | undefined {
    return this.#aliases.get(name);
  }

  /** All aliases, or those of one key, ordered by name. */
  aliases(keyId?: string): Alias[] {
    return [...this.#aliases.values()]
      .filter((alias) => keyId === undefined || alias.targetKeyId === keyId)
      .sort((a, b) => order(a.name, b.name));
  }

  grant(id: string): Grant | undefined {
    return this.#grants.get(id);
  }

  /** All grants, ordered by id. */
  grants(): Grant[] {
    return this.#grants.all().sort((a, b) => order(a.id, b.id));
  }

  /** The grants on a key, ordered by id. */
  grantsOf(keyId: string): Grant[] {
    return this.#grants.ofKey(keyId).sort((a, b) => order(a.id, b.id));
  }

  putKey(key: KeyRecord): void {
    this.apply({ type: 'key-put', key });
  }

  putAlias(alias: Alias): void {
    this.apply({ type: 'alias-put', alias });
  }

  removeAlias(name: string): void {
    this.apply({ type: 'alias-removed', name });
  }

  putGrant(grant: Grant): void {
    this.apply({ type: 'grant-put', grant });
  }

  removeGrant(grantId: string): void {
    this.apply({ type: 'grant-removed', grantId });
  }

  /**
   * Removes the keys whose deletion date has come, with their material, their aliases and their grants.
   *
   * @param now milliseconds since the epoch
   * @returns the keys that are gone now
   */
  removeDueKeys(now: number): KeyRecord[] {
    if (now < this.#nextDeletion) return [];
    const due = [...this.#keys.values()].filter((key) => deletionOf(key) <= now);
    for (const key of due) {
      for (const alias of this.aliases(key.id)) this.removeAlias(alias.name);
      for (const grant of this.grantsOf(key.id)) this.removeGrant(grant.id);
      this.apply({ type: 'key-removed', keyId: key.id });
    }
    this.#nextDeletion = earliest(this.#keys.values(), deletionOf);
    return due;
  }

  /**
   * Gives new material to the keys whose rotation is due.
   *
   * @param now milliseconds since the epoch
   * @returns what was rotated, in order of time
   */
  rotateDueKeys(now: number): Rotation[] {
    if (now < this.#nextRotation) return [];
    const rotations = [...this.#keys.values()].flatMap((key) => [...dueRotations(key, now)]);
    for (const { after } of rotations) this.putKey(after);
    this.#nextRotation = earliest(this.#keys.values(), nextRotation);
    return rotations.sort((a, b) => a.at - b.at);
  }

  /** @param observer is told of each change from now on, once it is made */
  observe(observer: (change: KmsChange) => void): void {
    this.#observers.push(observer);
  }

  /** The changes that make this state out of an empty one. */
  changes(): KmsChange[] {
    return [
      ...Array.from(this.#keys.values(), (key) => ({ type: 'key-put' as const, key })),
      ...Array.from(this.#aliases.values(), (alias) => ({ type: 'alias-put' as const, alias })),
      ...this.#grants.all().map((grant) => ({ type: 'grant-put' as const, grant })),
    ];
  }

  apply(change: KmsChange): void {
    switch (change.type) {
      case 'key-put':
        this.#keys.set(change.key.id, change.key);
        this.#nextDeletion = Math.min(this.#nextDeletion, deletionOf(change.key));
        this.#nextRotation = Math.min(this.#nextRotation, nextRotation(change.key));
        break;
      case 'key-removed':
        this.#keys.delete(change.keyId);
        break;
      case 'alias-put':
        this.#aliases.set(change.alias.name, change.alias);
        break;
      case 'alias-removed':
        this.#aliases.delete(change.name);
        break;
      case 'grant-put':
        this.#grants.put(change.grant);
        break;
      case 'grant-removed':
        this.#grants.remove(change.grantId);
        break;
    }
    for (const observer of this.#observers) observer(change);
  }
}

const deletionOf = (key: KeyRecord): number => key.deletionDate ?? Number.POSITIVE_INFINITY;

function earliest(keys: Iterable<KeyRecord>, timeOf: (key: KeyRecord) => number): number {
  let time = Number.POSITIVE_INFINITY;
  for (const key of keys) time = Math.min(time, timeOf(key));
  return time;
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
