import { type KmsChange, KmsState } from '../kms/state.ts';

/**
 * The keys and aliases as a replica that lags behind sees them. It follows the changes to the real state; call `catchUp`
 * before reading it.
 */
export class LaggingReplica {
  readonly state = new KmsState();
  /** In the order in which they were made; they may arrive in another one. */
  #onTheirWay: { readonly change: KmsChange; readonly arrivesAt: number }[] = [];

  /** @param arrivesAt when the change is to be seen, in milliseconds since the epoch */
  follow(change: KmsChange, arrivesAt: number): void {
    this.#onTheirWay.push({ change, arrivesAt });
  }

  /**
   * Takes in the changes that have arrived. One that arrives after a later change to the same key or alias is dropped:
   * what is seen never goes back.
   */
  catchUp(now: number): void {
    const lastSeen = new Map<string, number>();
    this.#onTheirWay.forEach(({ change, arrivesAt }, index) => {
      if (arrivesAt > now) return;
      this.state.apply(change);
      lastSeen.set(subjectOf(change), index);
    });
    if (lastSeen.size === 0) return;
    this.#onTheirWay = this.#onTheirWay.filter(
      ({ change }, index) => index > (lastSeen.get(subjectOf(change)) ?? -1),
    );
  }
}

/** The key or the alias that a change is about. */
function subjectOf(change: KmsChange): string {
  switch (change.type) {
    case 'key-put':
      return change.key.id;
    case 'key-removed':
      return change.keyId;
    case 'alias-put':
      return change.alias.name;
    case 'alias-removed':
      return change.name;
    case 'grant-put':
      return change.grant.id;
    case 'grant-removed':
      return change.grantId;
  }
}
