import type { NodeMaterialsManager } from '@aws-crypto/client-node';
import { expect, test } from 'vitest';
import { sampleManager, sampleMessage } from '../../evidence/samples.ts';
import { comparison, messageArticle, type NamedMessage } from './message-page.ts';
import { cachingManager, encryptTwice } from './testing/sdk-messages.ts';

const named = (bytes: Uint8Array): NamedMessage => ({ label: 'ada/m', name: 'm', size: bytes.length, bytes });

/** Two messages of one plaintext, by one materials manager. */
async function twoMessages(manager: NodeMaterialsManager): Promise<[NamedMessage, NamedMessage]> {
  const [first, second] = await encryptTwice('a plaintext', manager);
  return [named(first), named(second)];
}

test('a shared data key is said to be shared, and its bytes are shown once', async () => {
  const page = String(await comparison(...(await twoMessages(cachingManager()))));

  expect(page).toContain('These messages share a data key.');
  expect(page.match(/id="shared".*?<\/li>/s)?.[0]).toMatch(/Encrypted data key 1.*= equal/s);
  expect(page.split('id="shared"')).toHaveLength(2);
  expect(page).toMatch(/<h3>Message ID<\/h3><p class="mark">≠ different/);
});

test('data keys that are not shared are not said to be', async () => {
  const page = String(await comparison(...(await twoMessages(sampleManager()))));

  expect(page).toContain('These messages don’t share a data key.');
  expect(page).not.toContain('shared"');
});

test('a file is identical to itself', async () => {
  const [message] = await twoMessages(sampleManager());
  expect(String(await comparison(message, message))).toContain('These files are identical.');
});

test('of very many frames, the first and the last are shown, and the rest is counted', async () => {
  const message = named(await sampleMessage(Buffer.alloc(1000), 1));
  const page = String(await messageArticle(message));

  expect(page).toContain('1,001 frames');
  expect(page).toContain('more fields of the same kinds');
  expect(page).toContain('<h3 class="section">Footer</h3>');
  expect(page.length).toBeLessThan(150 * 1024);
});

test('a file that can not be read has a sentence instead', async () => {
  const page = String(
    await messageArticle({ label: 'm', name: 'm', size: 1, why: 'it was removed or replaced' }),
  );
  expect(page).toContain('This file can’t be shown: it was removed or replaced.');
});
