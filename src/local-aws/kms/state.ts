import type { Alias, KeyRecord } from './key.ts';

/** Everything that can happen to the state. A journal of these, replayed in order, is the state. */
export type KmsChange =
  | { readonly type: 'key-put'; readonly key: KeyRecord }
  | { readonly type: 'key-removed'; readonly keyId: string }
  | { readonly type: 'alias-put'; readonly alias: Alias }
  | { readonly type: 'alias-removed'; readonly name: string };

/**
 * The keys and aliases of the account. Every write is a `KmsChange` and goes through `#apply`; every read goes through
 * the methods below, so that one place can make a change durable, or slow to be seen.
 */
export class KmsState {
  readonly #keys = new Map<string, KeyRecord>();
  readonly #aliases = new Map<string, Alias>();
  /** The earliest deletion date of all keys, so that asking "is any due?" costs one comparison. */
  #nextDeletion = Number.POSITIVE_INFINITY;

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

  putKey(key: KeyRecord): void {
    this.#apply({ type: 'key-put', key });
  }

  putAlias(alias: Alias): void {
    this.#apply({ type: 'alias-put', alias });
  }

  removeAlias(name: string): void {
    this.#apply({ type: 'alias-removed', name });
  }

  /**
   * Removes the keys whose deletion date has come, with their material and their aliases.
   *
   * @param now milliseconds since the epoch
   * @returns the keys that are gone now
   */
  removeDueKeys(now: number): KeyRecord[] {
    if (now < this.#nextDeletion) return [];
    const due = [...this.#keys.values()].filter(
      (key) => (key.deletionDate ?? Number.POSITIVE_INFINITY) <= now,
    );
    for (const key of due) {
      for (const alias of this.aliases(key.id)) this.removeAlias(alias.name);
      this.#apply({ type: 'key-removed', keyId: key.id });
    }
    return due;
  }

  #apply(change: KmsChange): void {
    switch (change.type) {
      case 'key-put':
        this.#keys.set(change.key.id, change.key);
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
    }
    if (change.type === 'key-put' || change.type === 'key-removed') this.#noteNextDeletion();
  }

  #noteNextDeletion(): void {
    this.#nextDeletion = Number.POSITIVE_INFINITY;
    for (const { deletionDate } of this.#keys.values()) {
      if (deletionDate !== undefined) this.#nextDeletion = Math.min(this.#nextDeletion, deletionDate);
    }
  }
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
