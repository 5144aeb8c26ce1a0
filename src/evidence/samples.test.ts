import { buildClient, CommitmentPolicy } from '@aws-crypto/client-node';
import { expect, test } from 'vitest';
import {
  brokenMessages,
  countReleasedBytes,
  plaintextOf,
  sampleBytes,
  sampleKeyring,
  sampleManager,
  sampleMessage,
  withBrokenSignature,
} from './samples.ts';

const bytes = sampleBytes(10_001);
const message = await sampleMessage(bytes, 1024);

test('makes a message that can be decrypted', async () => {
  expect(bytes.length).toBe(10_001);
  expect((await plaintextOf(message))?.equals(bytes)).toBe(true);
});

test.each(Object.entries(brokenMessages(message)))('makes a message %s', async (_, broken) => {
  const { decrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);

  await expect(decrypt(sampleKeyring, broken)).rejects.toThrow(/Signature|authenticate|Incomplete/);
  expect(await plaintextOf(broken)).toBeUndefined();
});

test('counts the bytes that come before an error', async () => {
  const fullFrames = await sampleMessage(sampleBytes(10_240), 1024);
  expect(await countReleasedBytes(withBrokenSignature(fullFrames))).toBe(10_240);
});

test('shows the length of each plaintext', async () => {
  const { encrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
  const lengths: (number | undefined)[] = [];
  const { result } = await encrypt(
    sampleManager((length) => lengths.push(length)),
    bytes,
  );

  expect(lengths).toEqual([10_001]);
  expect((await plaintextOf(result))?.equals(bytes)).toBe(true);
});
