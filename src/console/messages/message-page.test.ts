import type { NodeMaterialsManager } from '@aws-crypto/client-node';
import { expect, test } from 'vitest';
import { sampleManager, sampleMessage } from '../../evidence/samples.ts';
import { readAnatomy } from './anatomy.ts';
import { comparison, messageArticle, type NamedMessage } from './message-page.ts';
import { cachingManager, encryptMessage, encryptTwice } from './testing/sdk-messages.ts';

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

test('a data key is shared wherever its encrypted data keys are in the two messages', async () => {
  const dataKeys = 2;
  const plaintext = Buffer.from('a plaintext');
  const wanted = { suiteId: 0x0478, dataKeys, encryptionContext: {}, plaintext, frameLength: 64 } as const;
  const message = await encryptMessage(wanted);
  const keys = readAnatomy(message).fields.filter(({ name }) =>
    /^(keyProvider|keyInfo|encryptedKey)$/.test(name),
  );
  const [start = 0, middle = 0, end = 0] = [keys[0]?.start, keys[3]?.start, keys[5]?.end];
  const swapped = Buffer.concat([
    ...[message.subarray(0, start), message.subarray(middle, end)],
    ...[message.subarray(start, middle), message.subarray(end)],
  ]);

  const page = String(await comparison(named(message), named(swapped)));
  expect(page).toContain('These messages share a data key.');
  expect(page).toMatch(/id="shared">\s*<h3>Encrypted data key 1</);
});

test('files without readable data keys are not said to have different ones', async () => {
  const [message] = await twoMessages(sampleManager());
  for (const bytes of [Buffer.from('Dear Ada'), Buffer.from(message.bytes ?? []).subarray(0, 100)])
    expect(String(await comparison(message, named(bytes)))).toContain('These files can’t be compared.');
  const twice = [named(Buffer.from('Dear Ada')), named(Buffer.from('Dear Ada'))] as const;
  expect(String(await comparison(...twice))).toContain('These files are identical.');
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
