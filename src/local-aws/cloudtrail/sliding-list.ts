/** A list that grows at its end and loses from its start, both in constant time (amortised). */
export class SlidingList<Item> {
  #items: Item[] = [];
  #start = 0;

  get length(): number {
    return this.#items.length - this.#start;
  }

  /** @param index 0 is the first item that is still there */
  at(index: number): Item | undefined {
    return this.#items[this.#start + index];
  }

  *[Symbol.iterator](): Generator<Item> {
    for (let index = 0; index < this.length; index++) yield this.at(index) as Item;
  }

  append(item: Item): void {
    this.#items.push(item);
  }

  dropFirst(): void {
    this.#start += 1;
    if (this.#start > 32 && this.#start * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#start);
      this.#start = 0;
    }
  }

  /** How many items from the start are before the point: those for which `isBefore` holds. It must hold for a prefix. */
  countBefore(isBefore: (item: Item) => boolean): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBefore(this.#items[this.#start + middle] as Item)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
