import { expect, test } from 'vitest';
import { killAtEveryCall } from './testing/kill/kill-at-every-call.ts';

test('a run that is killed before any of its AWS calls leaves nothing behind, and takes nothing with it', async () => {
  const { calls, missed, left } = await killAtEveryCall('before');

  expect(left).toEqual([]);
  expect(calls).toBeGreaterThan(40);
  // Look-ups are made side by side, so the number of calls differs by a few.
  expect(missed.length).toBeLessThan(calls / 20);
});
