import { buildClient, CommitmentPolicy } from '@aws-crypto/client-node';
import { expect, test } from 'vitest';
import { brokenMessages, sampleBytes, sampleKeyring } from './samples.ts';

const { encrypt, decrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
const bytes = sampleBytes(10_001);
const { result: message } = await encrypt(sampleKeyring, bytes);

test('makes a message that can be decrypted', async () => {
  const { plaintext } = await decrypt(sampleKeyring, message);

  expect(plaintext.length).toBe(10_001);
  expect(plaintext.equals(bytes)).toBe(true);
});

test.each(Object.entries(brokenMessages(message)))('makes a message %s', async (_, broken) => {
  await expect(decrypt(sampleKeyring, broken)).rejects.toThrow(/Signature|authenticate|Incomplete/);
});
