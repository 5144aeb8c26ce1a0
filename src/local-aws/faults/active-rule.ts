import { createHash } from 'node:crypto';
import { seededRandom } from '../seeded-random.ts';
import type { Amount, FaultRule } from './rules.ts';

/** The call that a rule is asked about. */
export interface Call {
  /** Such as `kms`. */
  readonly service: string;
  readonly operation: string;
}

/** Random numbers, each at least 0 and below 1. */
export type Random = () => number;

/**
 * A rule at work: counts the calls that it matches, and decides which of them get its fault.
 *
 * It has random numbers of its own for each operation: whether the third Decrypt gets the fault depends on the seed, the
 * rule and its place in the list, but not on the calls of other operations in between.
 */
export class ActiveRule<Rule extends FaultRule = FaultRule> {
  readonly rule: Rule;
  readonly #seed: string;
  readonly #randomByOperation = new Map<string, Random>();
  #calls = 0;

  /** @param place the rule's index in the list */
  constructor(rule: Rule, seed: number, place: number) {
    this.rule = rule;
    this.#seed = `${seed} ${place}`;
  }

  /**
   * Decides if a call gets the fault. Must be called once for each call, in their order.
   *
   * @returns random numbers for the fault's amounts, or undefined if the call doesn't get the fault
   */
  decide(call: Call): Random | undefined {
    const { service, operation, rate, sequence } = this.rule;
    if ((service ?? call.service) !== call.service) return undefined;
    if ((operation ?? call.operation) !== call.operation) return undefined;
    const index = this.#calls++;
    const random = this.#randomOf(call);
    if (sequence) return sequence[index] ? random : undefined;
    return rate === undefined || random() < rate ? random : undefined;
  }

  #randomOf({ service, operation }: Call): Random {
    const name = `${service} ${operation}`;
    let random = this.#randomByOperation.get(name);
    if (!random) {
      const digest = createHash('sha256').update(`${this.#seed} ${name}`).digest();
      random = seededRandom(digest.readUInt32BE());
      this.#randomByOperation.set(name, random);
    }
    return random;
  }
}

/** Picks a number from a range. */
export const draw = (amount: Amount, random: Random): number =>
  typeof amount === 'number' ? amount : amount[0] + random() * (amount[1] - amount[0]);
