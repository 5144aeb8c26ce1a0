import type { Need } from './step-needs.ts';

/** Something that an endpoint doesn't have. */
export interface Lack {
  need: Need;
  /** The endpoint's answer, in words. */
  why: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    /** The operations that the run's endpoint lacks, as global set-up found: none on AWS and on the local AWS. */
    lacks: Lack[];
  }
}

/** Returns those of the needs that are missing. */
export function lacking(needs: readonly Need[], lacks: readonly Lack[] = []): Need[] {
  return needs.filter((need) => lacks.some((lack) => lack.need === need));
}
