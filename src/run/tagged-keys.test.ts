import { KMSClient } from '@aws-sdk/client-kms';
import { expect, test } from 'vitest';
import { findTaggedKeys } from './clean-up/tagged-keys.ts';

/** A client whose every request is answered with a page without keys. */
function clientOf(markerOf: (page: number) => string | undefined) {
  let pages = 0;
  const kms = new KMSClient({ region: 'eu-central-1' });
  kms.middlewareStack.add(
    () => async () => {
      const NextMarker = markerOf(++pages);
      return { output: { $metadata: {}, Keys: [], Truncated: true, NextMarker }, response: {} };
    },
    { step: 'initialize' },
  );
  return { kms, pagesAsked: () => pages };
}

test('reads every page of a list that ends', async () => {
  const { kms, pagesAsked } = clientOf((page) => (page < 1000 ? `marker ${page}` : undefined));

  expect(await findTaggedKeys(kms, () => true)).toMatchObject({ keys: [] });
  expect(pagesAsked()).toBe(1000);
});

test.for<[string, number, (page: number) => string]>([
  ['repeats a marker', 4, (page) => `marker ${page % 3}`],
  ['always has another page', 10_001, (page) => `marker ${page}`],
])('gives up on a list that %s', async ([, pages, markerOf]) => {
  const { kms, pagesAsked } = clientOf(markerOf);

  await expect(findTaggedKeys(kms, () => true)).rejects.toThrow('lists keys or aliases without end');
  expect(pagesAsked()).toBe(pages);
});
