/**
 * Random numbers that the same seed repeats exactly (mulberry32). For timing and faults alone: keys, initialization
 * vectors and ids come from `node:crypto`.
 *
 * @param seed any integer
 * @returns a function that gives the next number, at least 0 and below 1
 */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
