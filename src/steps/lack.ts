import type { Need } from './step-needs.ts';

/** Something that an endpoint doesn't have. */
export interface Lack {
  need: Need;
  /** What it answered instead, in words. */
  why: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    /** What the endpoint of the run lacks, as global set-up has found: nothing, if it is AWS's or our own. */
    lacks: Lack[];
  }
}

/** What of these needs is lacking. */
export function lacking(needs: readonly Need[], lacks: readonly Lack[] = []): Need[] {
  return needs.filter((need) => lacks.some((lack) => lack.need === need));
}
