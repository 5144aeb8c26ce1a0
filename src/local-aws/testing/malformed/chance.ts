import { seededRandom } from '../../seeded-random.ts';

const tokenCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!#$%&'*+^`|~";

/** Choices that the same seed repeats. */
export class Chance {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = seededRandom(seed);
  }

  /** A whole number, at least 0 and below the limit. */
  below(limit: number): number {
    return Math.floor(this.#next() * limit);
  }

  oneOf<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item;
  }

  bytes(length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    for (let at = 0; at < length; at++) bytes[at] = this.below(256);
    return bytes;
  }

  /** Characters that a header's value may have. */
  text(length: number): string {
    let text = '';
    while (text.length < length) text += String.fromCharCode(32 + this.below(95));
    return text;
  }

  /** Characters that a header's name, a method or a target may have. */
  token(length: number): string {
    let token = '';
    while (token.length < length) token += tokenCharacters[this.below(tokenCharacters.length)];
    return token;
  }

  /** Cuts a text somewhere, or puts another character in the place of one of its own. */
  damaged(text: string): string {
    const at = this.below(text.length);
    if (this.below(2) === 0) return text.slice(0, at);
    const other = text[at] === '?' ? '=' : '?';
    return text.slice(0, at) + other + text.slice(at + 1);
  }
}
