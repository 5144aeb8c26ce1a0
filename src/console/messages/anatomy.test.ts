import { decodeBodyHeader, deserializeSignature } from '@aws-crypto/serialize';
import { beforeAll, describe, expect, test } from 'vitest';
import { headerReader } from '../../evidence/message.ts';
import { seededRandom } from '../../local-aws/seeded-random.ts';
import { type Anatomy, mostFields, readAnatomy } from './anatomy.ts';
import { encryptMessage, suiteIds, unframedMessage, type Wanted } from './testing/sdk-messages.ts';

const contexts: Record<string, string>[] = [
  {},
  { run: 'ada' },
  { größe: 'naïve', 部署: '営業', '🔑': '🗝️🗝️' },
  { empty: '', long: 'x'.repeat(300) },
];

/** 100 messages: of each suite, with 1 to 5 encrypted data keys, in frames and in one piece. */
const wanted: Wanted[] = Array.from({ length: 100 }, (_, index) => ({
  suiteId: suiteIds[index % suiteIds.length] as Wanted['suiteId'],
  dataKeys: 1 + (index % 5),
  encryptionContext: contexts[index % contexts.length] ?? {},
  plaintext: Buffer.alloc([0, 1, 64, 200, 333][index % 5] ?? 0, index),
  frameLength: [1, 64, 100, 4096][Math.floor(index / 7) % 4] ?? 1,
}));

let messages: Uint8Array[];
beforeAll(async () => {
  messages = await Promise.all(
    wanted.map(async (each, index) => {
      const framed = await encryptMessage(each);
      const header = headerReader.deserializeMessageHeader(framed);
      return header && index % 3 === 0 ? unframedMessage(each, header.messageHeader) : framed;
    }),
  );
});

type Values = Record<string, string[]>;

/** The values of the fields, in hex, by their names. */
function valuesOf({ bytes, fields }: Anatomy): Values {
  const values: Values = {};
  for (const { name, start, end, lengthBytes } of fields) {
    values[name] = [...(values[name] ?? []), hex(bytes.subarray(start + lengthBytes, end))];
  }
  return values;
}

const hex = (bytes: Uint8Array | string) => Buffer.from(bytes as string).toString('hex');
const numberHex = (value: number, length: number) => value.toString(16).padStart(length * 2, '0');

/** The same, as @aws-crypto/serialize reads a whole message. Throws if it refuses the message. */
function valuesBySerialize(bytes: Uint8Array): Values {
  const info = headerReader.deserializeMessageHeader(bytes);
  if (!info) throw new Error('The header is cut off.');
  const { messageHeader: header, headerAuth, headerLength, algorithmSuite } = info;
  const context = Object.entries(header.encryptionContext);
  const values: Values = {
    suite: [numberHex(header.suiteId, 2)],
    messageId: [hex(header.messageId)],
    contextKey: context.map(([key]) => hex(key)),
    contextValue: context.map(([, value]) => hex(value)),
    keyCount: [numberHex(header.encryptedDataKeys.length, 2)],
    keyProvider: header.encryptedDataKeys.map(({ providerId }) => hex(providerId)),
    keyInfo: header.encryptedDataKeys.map(({ rawInfo }) => hex(rawInfo ?? '')),
    encryptedKey: header.encryptedDataKeys.map(({ encryptedDataKey }) => hex(encryptedDataKey)),
    contentType: [numberHex(header.contentType, 1)],
    frameLength: [numberHex(header.frameLength, 4)],
    commitment: 'suiteData' in header ? [hex(header.suiteData)] : [],
    headerIv: 'type' in header ? [hex(headerAuth.headerIv)] : [],
    headerTag: [hex(headerAuth.headerAuthTag)],
    ...{ sequenceNumber: [], frameIv: [], content: [], frameTag: [], signature: [] },
  };
  let position = headerLength + headerAuth.headerAuthLength;
  for (let number = 1; ; number++) {
    const frame = decodeBodyHeader(bytes, info, position);
    if (!frame) throw new Error('A frame is cut off.');
    if (frame.sequenceNumber !== number) throw new Error('A frame is out of order.');
    const tagAt = frame.readPos + frame.contentLength;
    position = tagAt + frame.tagLength / 8;
    if (position > bytes.length) throw new Error('A frame is cut off.');
    if (header.contentType === 2) values.sequenceNumber?.push(numberHex(number, 4));
    values.frameIv?.push(hex(frame.iv));
    if (frame.contentLength > 0) values.content?.push(hex(bytes.subarray(frame.readPos, tagAt)));
    values.frameTag?.push(hex(bytes.subarray(tagAt, position)));
    if (frame.isFinalFrame) break;
  }
  const rest = bytes.subarray(position);
  if (algorithmSuite.signatureCurve) values.signature?.push(hex(deserializeSignature(rest)));
  else if (rest.length > 0) throw new Error('Bytes follow the message.');
  return values;
}

function expectNoGaps({ bytes, fields }: Anatomy): void {
  const ends = fields.map(({ end }) => end);
  expect(fields.map(({ start }) => start)).toEqual([0, ...ends.slice(0, -1)]);
  expect(ends.at(-1)).toBe(bytes.length);
}

test('the fields of 100 messages of the SDK are what @aws-crypto/serialize reads, byte for byte, without a gap', () => {
  const seen = new Set<string>();
  for (const message of messages) {
    const anatomy = readAnatomy(message);
    expect(anatomy.fault).toBeUndefined();
    expectNoGaps(anatomy);
    const bySerialize = valuesBySerialize(message);
    const values = valuesOf(anatomy);
    for (const [name, expected] of Object.entries(bySerialize)) {
      expect([name, values[name] ?? []]).toEqual([name, expected]);
      if (expected.length > 0) seen.add(name);
    }
  }
  // Each of these was compared at least once.
  expect([...seen].sort()).toEqual(Object.keys(valuesBySerialize(messages[0] ?? new Uint8Array())).sort());
});

test('a message without an encrypted data key is refused at their number, as @aws-crypto/serialize refuses it', () => {
  const message = Buffer.from(messages[1] ?? []);
  const { fields } = readAnatomy(message);
  const keyCount = fields.find(({ name }) => name === 'keyCount')?.start ?? 0;
  message.writeUInt16BE(0, keyCount);

  expect(() => valuesBySerialize(message)).toThrow('No EncryptedDataKey found');
  expect(readAnatomy(message).fault).toEqual({
    at: keyCount,
    why: 'A message needs at least one encrypted data key.',
  });
});

describe('broken messages', () => {
  const random = seededRandom(15);
  const upTo = (limit: number) => Math.floor(random() * limit);

  /** Ways to break a message. */
  const ways: ((bytes: Uint8Array) => Uint8Array)[] = [
    (bytes) => bytes.subarray(0, upTo(bytes.length)),
    (bytes) => Buffer.concat([bytes, Buffer.alloc(1 + upTo(40), upTo(256))]),
    (bytes) => bytes.with(upTo(bytes.length), upTo(256)),
    (bytes) => bytes.with(upTo(80), upTo(256)),
    (bytes) => {
      const at = upTo(bytes.length);
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + upTo(8))]);
    },
    (bytes) => Uint8Array.from(bytes.subarray(0, 200), () => upTo(256)).with(0, 1 + upTo(2)),
  ];

  test('1,000 of them are refused exactly where @aws-crypto/serialize refuses them, and without a gap', () => {
    let refused = 0;
    for (let n = 0; n < 1000; n++) {
      const broken = ways[n % ways.length]?.(messages[n % messages.length] ?? new Uint8Array());
      if (!broken || broken.length === 0) continue;
      const anatomy = readAnatomy(broken);
      expectNoGaps(anatomy);
      let isRead = true;
      try {
        valuesBySerialize(broken);
      } catch {
        isRead = false;
      }
      expect([n, anatomy.fault === undefined, anatomy.fault]).toEqual([n, isRead, anatomy.fault]);
      if (!isRead) refused++;
    }
    expect(refused).toBeGreaterThan(500);
    expect(refused).toBeLessThan(950);
  });

  test.each([
    [
      'nothing at all',
      () => new Uint8Array(),
      0,
      'The file is cut off. The field Version has 1 byte; none is left.',
    ],
    ['text', () => Buffer.from('Dear Ada'), 0, 'A message begins with its version, 1 or 2. This file begins'],
    ['an unknown suite', () => messageWith('suite', [0, 1]), 1, "The SDK can't read this"],
    ['a suite of the other version', () => messageWith('suite', [0, 0x14]), 1, 'No message of version 2 can'],
    [
      'an unknown content type',
      () => messageWith('contentType', [3]),
      'contentType',
      'The content type is 1',
    ],
    [
      'a frame out of order',
      () => messageWith('sequenceNumber', [0, 0, 0, 9]),
      'sequenceNumber',
      'in the place of number 1',
    ],
  ])('%s is refused at its place', (_what, broken, place, why) => {
    const { fault } = readAnatomy(broken());
    const at = typeof place === 'number' ? place : fieldOf(committing(), place).start;
    expect(fault).toEqual({ at, why: expect.stringContaining(why) });
  });

  test('is read up to a limit: a small file can hold millions of fields', () => {
    const header = committing().subarray(0, fieldOf(committing(), 'headerTag').start + 16);
    // Frames of one byte. Each has four fields.
    const frames = new DataView(new ArrayBuffer((33 * mostFields) / 4));
    for (let number = 1; number <= mostFields / 4; number++) frames.setUint32(33 * (number - 1), number);
    const bytes = Buffer.concat([header, Buffer.from(frames.buffer)]);
    bytes.writeUInt32BE(1, fieldOf(committing(), 'frameLength').start);

    const { fields, fault } = readAnatomy(bytes);
    expect(fault).toMatchObject({ isTooLong: true, at: fields.at(-1)?.start });
    expect(fields).toHaveLength(mostFields + 1);
    expect(readAnatomy(bytes.subarray(0, bytes.length / 2)).fault).not.toHaveProperty('isTooLong');
  });

  const committing = () => messages[suiteIds.length - 1] ?? new Uint8Array();
  const fieldOf = (message: Uint8Array, name: string) =>
    readAnatomy(message).fields.find((field) => field.name === name) ?? { start: -1 };

  function messageWith(name: string, value: number[]): Uint8Array {
    const changed = Buffer.from(committing());
    changed.set(value, fieldOf(committing(), name).start);
    return changed;
  }
});
