/** Leftovers of runs that were killed earlier. */
export interface Earlier {
  /** Their names. */
  runs: string[];
  /** The ids of their keys. */
  keyIds: string[];
  hasLedger(run: string): boolean;
}

/**
 * Tells a run's own calls from those that are about earlier runs. With most of these it removes what they left: between
 * its first calls and the rest, from the one that names an alias of theirs until none of them has a ledger any more. Step
 * 1 looks at their keys, too.
 */
export class OwnCalls {
  readonly #earlier: Earlier;
  /** Those that have a ledger. */
  readonly #runs: string[];
  readonly #onReclaimed: () => Promise<void>;
  #phase: 'first calls' | 'reclaim' | 'the rest' = 'first calls';
  count = 0;

  /** @param onReclaimed called when what they left has to be gone, before anything else */
  constructor(earlier: Earlier, onReclaimed: () => Promise<void>) {
    this.#earlier = earlier;
    this.#runs = earlier.runs.filter(earlier.hasLedger);
    this.#onReclaimed = onReclaimed;
  }

  /** Gives the number of the call, from 1 on; undefined when it isn't the run's own. */
  async number(body: string): Promise<number | undefined> {
    if (this.#phase === 'first calls' && this.#runs.some((run) => isAbout(run, body)))
      this.#phase = 'reclaim';
    if (this.#phase === 'reclaim') {
      if (this.#runs.some(this.#earlier.hasLedger)) return undefined;
      this.#phase = 'the rest';
      await this.#onReclaimed();
    }
    if (this.#earlier.keyIds.some((id) => body.includes(id))) return undefined;
    this.count += 1;
    return this.count;
  }
}

function isAbout(run: string, body: string): boolean {
  return body.includes(`"alias/kms_key_cse_usecase_3_${run}"`);
}
