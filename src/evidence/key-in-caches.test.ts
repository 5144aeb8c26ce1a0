import { afterEach, expect, test, vi } from 'vitest';
import { KeyInCaches } from './key-in-caches.ts';
import { withLocalClients } from './local-clients.ts';
import { countSuccessful } from './request-recorder.ts';

afterEach(() => void vi.useRealTimers());

test('uses cached data keys of a disabled key until the longest maxAge is over', async () => {
  await withLocalClients({}, async ({ kms }) => {
    const now = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now });
    const KeyId = (await kms.createKey({})).KeyMetadata?.Arn ?? '';
    const caches = new KeyInCaches(kms, KeyId, [1000, 3000, 2000]);
    await caches.fill();
    await kms.disableKey({ KeyId });

    vi.setSystemTime(now + 3000);
    expect(await caches.uses()).toEqual(['encrypts', 'decrypts']);
    vi.setSystemTime(now + 3001);
    expect(await caches.uses()).toEqual([]);
    // It was the key that was missing, and not the clock that was wrong.
    await kms.enableKey({ KeyId });
    expect(await caches.uses()).toEqual(['encrypts', 'decrypts']);
  });
});

test('asks KMS for no data key that is in a cache', async () => {
  await withLocalClients({}, async ({ kms }) => {
    const caches = new KeyInCaches(kms, (await kms.createKey({})).KeyMetadata?.Arn ?? '', [60_000, 60_000]);

    expect(await countSuccessful('GenerateDataKey', () => caches.fill())).toBe(2);
    expect(await countSuccessful('GenerateDataKey', () => caches.uses())).toBe(0);
    expect(await countSuccessful('Decrypt', () => caches.uses())).toBe(0);
  });
});
