import type { Grant } from './grant.ts';

/** The grants of all keys. */
export class GrantTable {
  readonly #byId = new Map<string, Grant>();
  readonly #byKeyId = new Map<string, Map<string, Grant>>();

  get(id: string): Grant | undefined {
    return this.#byId.get(id);
  }

  all(): Grant[] {
    return [...this.#byId.values()];
  }

  ofKey(keyId: string): Grant[] {
    return [...(this.#byKeyId.get(keyId)?.values() ?? [])];
  }

  put(grant: Grant): void {
    this.#byId.set(grant.id, grant);
    const ofKey = this.#byKeyId.get(grant.keyId) ?? new Map<string, Grant>();
    this.#byKeyId.set(grant.keyId, ofKey.set(grant.id, grant));
  }

  remove(id: string): void {
    const grant = this.#byId.get(id);
    if (!grant) return;
    this.#byId.delete(id);
    const ofKey = this.#byKeyId.get(grant.keyId);
    ofKey?.delete(id);
    if (ofKey?.size === 0) this.#byKeyId.delete(grant.keyId);
  }
}
