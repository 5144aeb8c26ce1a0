import { expect, test } from 'vitest';
import { changedWithin, cutWithin, type Part, partsOf, withText } from './message-parts.ts';
import { plaintextOf, sampleBytes, sampleMessage } from './samples.ts';

const message = await sampleMessage(sampleBytes(600), 256);
const parts = partsOf(message);

const lengthOf = ([start, end]: Part) => end - start;

test('finds parts of the lengths that the message format has', () => {
  expect([parts.messageId, parts.headerTag, parts.firstFrame, parts.lastTag].map(lengthOf)).toEqual([
    32, 16, 256, 16,
  ]);
});

test('finds the header, the body and the signature one after another', () => {
  expect(parts.header[0]).toBe(0);
  expect(parts.body[0]).toBe(parts.header[1]);
  expect(message.readUInt16BE(parts.body[1])).toBe(lengthOf(parts.signature));
  expect(parts.signature[1]).toBe(message.length);
});

test('finds parts without a length: after a change, the message has the same parts, and cannot be decrypted', async () => {
  const { messageId, encryptedDataKey, headerTag, firstFrame, lastTag, signature } = parts;
  for (const part of [messageId, encryptedDataKey, headerTag, firstFrame, lastTag, signature]) {
    for (const changed of changedWithin(message, part, 3)) {
      expect(partsOf(changed)).toEqual(parts);
      expect(await plaintextOf(changed)).toBeUndefined();
    }
  }
  expect(await plaintextOf(message)).toEqual(sampleBytes(600));
});

test('rejects a message without its end', () => {
  expect(() => partsOf(message.subarray(0, parts.header[1] - 1))).toThrow('no complete header');
  expect(() => partsOf(message.subarray(0, parts.header[1]))).toThrow('no complete body');
});

test('changes one byte of the part, and repeats the same changes', () => {
  const changed = changedWithin(message, [10, 12], 20);
  const places = changed.map((other) => other.findIndex((byte, place) => byte !== message[place]));
  const differences = changed.map((other) => other.filter((byte, place) => byte !== message[place]).length);

  expect([new Set(places), new Set(differences)]).toEqual([new Set([10, 11]), new Set([1])]);
  expect(changedWithin(message, [10, 12], 20)).toEqual(changed);
});

test('cuts within the part, and leaves something of it', () => {
  const lengths = cutWithin(message, [0, 3], 20).map(({ length }) => length);

  expect(new Set(lengths)).toEqual(new Set([1, 2]));
});

test('writes another text into a copy', () => {
  const before = Buffer.from('a message for Ada');

  expect(withText(before, 'Ada', 'Bob')).toEqual(Buffer.from('a message for Bob'));
  expect(before).toEqual(Buffer.from('a message for Ada'));
});
