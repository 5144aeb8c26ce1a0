const blockLength = 1024;

/**
 * A list that grows at its end and loses from its start, both in constant time. It is made of blocks, all full but the last
 * one: what is lost is out of memory with its block, and no list has to be copied to become longer.
 */
export class SlidingList<Item> {
  readonly #blocks: Item[][] = [];
  /** Number of items removed from the first block. */
  #dropped = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** @param index 0 is the first item that is still there */
  at(index: number): Item | undefined {
    if (index < 0) return undefined;
    const place = this.#dropped + index;
    return this.#blocks[Math.floor(place / blockLength)]?.[place % blockLength];
  }

  *[Symbol.iterator](): Generator<Item> {
    for (let index = 0; index < this.#length; index++) yield this.at(index) as Item;
  }

  append(item: Item): void {
    const last = this.#blocks[this.#blocks.length - 1];
    if (last && last.length < blockLength) last.push(item);
    // Not by a literal: V8 lays out all arrays of one literal alike, and numbers beside events would be objects, too.
    else this.#blocks.push(Array.of(item));
    this.#length += 1;
  }

  dropFirst(): void {
    this.#length -= 1;
    this.#dropped += 1;
    if (this.#dropped < blockLength) return;
    this.#blocks.shift();
    this.#dropped = 0;
  }

  /** Number of items at the start for which `isBefore` is true. It must be true for a prefix of the list only. */
  countBefore(isBefore: (item: Item) => boolean): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBefore(this.at(middle) as Item)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
