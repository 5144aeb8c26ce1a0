import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { killAtEveryCall } from './kill-at-every-call.ts';

// Each run takes seconds, more on a busy machine.
const timeout = 20 * 60_000;

test('a killed run leaves nothing behind, and others keep everything', {
  timeout,
}, async () => {
  const { calls, points, kills, reclaims, left } = await killAtEveryCall(Math.min(availableParallelism(), 4));

  expect(left).toEqual([]);
  expect(calls).toBeGreaterThan(60);
  // Most calls change what a killed run leaves; data keys and look-ups don't.
  expect(points).toBeGreaterThan(40);
  // Calls that are made side by side differ by a few from run to run: of the last ones, some may not come.
  expect(kills).toBeGreaterThan(points * 0.9);
  // Runs that are killed at their first calls don't come to that.
  expect(reclaims).toBeGreaterThan((points / 2) * 0.7);
});
