/** Acknowledged states of named values that change from time to time. */
export class Values {
  /** One value; or, of a name with a change that isn't acknowledged, the one before and the one after. */
  readonly #possible = new Map<string, readonly string[]>();
  readonly #changed = new Set<string>();

  /** A change is asked for. From now on the value may be the new one. A name had the value '' before its first. */
  begin(name: string, value: string): void {
    this.#possible.set(name, [...this.possible(name), value]);
    this.#changed.add(name);
  }

  /** The change has been acknowledged. From now on the value must be the new one. */
  acknowledge(name: string, value: string): void {
    this.#possible.set(name, [value]);
  }

  /** The value has been seen: so a change that wasn't acknowledged has either been made or not. */
  settle(name: string, value: string): void {
    this.#possible.set(name, [value]);
    this.#changed.delete(name);
  }

  possible(name: string): readonly string[] {
    return this.#possible.get(name) ?? [''];
  }

  names(): string[] {
    return [...this.#possible.keys()];
  }

  /** The names whose values haven't been seen since their last change. */
  changed(): string[] {
    return [...this.#changed];
  }
}

export interface AcknowledgedCiphertext {
  readonly blob: Uint8Array;
  readonly plaintext: string;
  readonly encryptionContext: Record<string, string>;
}

/** All that a local AWS has acknowledged, and so has to know for ever. */
export class Acknowledged {
  readonly keyIds = new Set<string>();
  /** The target of each alias. */
  readonly aliases = new Values();
  /** The value of the tag `version` of each key. */
  readonly versions = new Values();
  readonly ciphertexts: AcknowledgedCiphertext[] = [];
  /** Of all calls, in the order in which they were acknowledged. */
  readonly requestIds: string[] = [];
  #awaited: { requestIds: number; resolve(): void } | undefined;

  /** A call has been acknowledged. */
  call(requestId = ''): void {
    this.requestIds.push(requestId);
    if (this.requestIds.length === this.#awaited?.requestIds) this.#awaited.resolve();
  }

  /** Resolves when so many calls more have been acknowledged. */
  calls(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#awaited = { requestIds: this.requestIds.length + count, resolve };
    });
  }
}
