import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { killAtEveryCall } from './testing/kill/kill-at-every-call.ts';

// The runs take some 450 seconds of processor time: four minutes on two cores, more on a busy machine.
const timeout = 20 * 60_000;

test('a run that is killed before or after any of its AWS calls leaves nothing behind, and others everything', {
  timeout,
}, async () => {
  const { calls, kills, reclaims, left } = await killAtEveryCall(Math.min(availableParallelism(), 4));

  expect(left).toEqual([]);
  expect(calls).toBeGreaterThan(60);
  // Calls that are made side by side differ by a few from run to run: of the last ones, some may not come.
  expect(kills).toBeGreaterThan(calls * 2 * 0.95);
  // Those that are killed at their first calls do not come to that.
  expect(reclaims).toBeGreaterThan(calls * 0.7);
});
