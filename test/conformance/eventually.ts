import { inject } from 'vitest';
import { eventuallyAt } from './target-retries.ts';

/** Repeats what depends on a change that a test just made, until it no longer throws; gives its result. */
export function eventually<Result>(action: () => Promise<Result>): Promise<Result> {
  return eventuallyAt(inject('run').target, action);
}
