import { NodeAlgorithmSuite } from '@aws-crypto/client-node';
import { decodeBodyHeader, deserializeFactory } from '@aws-crypto/serialize';
import fc from 'fast-check';

/** A part of a message: the index of its first byte, and that of the byte after its last. */
export type Part = readonly [start: number, end: number];

const { deserializeMessageHeader } = deserializeFactory(
  (bytes) => Buffer.from(bytes).toString('utf8'),
  NodeAlgorithmSuite,
);

/**
 * Finds parts of a message that is committed, signed and framed. `messageId`, `encryptedDataKey`, `headerTag`, `firstFrame`,
 * `lastTag` and `signature` hold no length or type: a message in which their bytes were changed has the same parts.
 * Source: https://docs.aws.amazon.com/encryption-sdk/latest/developer-guide/message-format.html
 *
 * @throws Error when there is no such message
 */
export function partsOf(message: Buffer) {
  const header = deserializeMessageHeader(message);
  if (!header) throw new Error('The message has no complete header.');
  const { headerLength, headerAuth, messageHeader } = header;
  const dataKey = messageHeader.encryptedDataKeys[0]?.encryptedDataKey ?? Buffer.alloc(0);
  const bodyStart = headerLength + headerAuth.headerAuthLength;
  const frames = [];
  for (let end = bodyStart; frames.at(-1)?.isLast !== true; ) {
    const frame = decodeBodyHeader(message, header, end);
    if (!frame) throw new Error('The message has no complete body.');
    const tag = frame.readPos + frame.contentLength;
    end = tag + frame.tagLength / 8;
    frames.push({ content: [frame.readPos, tag], tag: [tag, end], end, isLast: frame.isFinalFrame } as const);
  }
  const [first, last] = [frames[0], frames.at(-1)];
  if (!first || !last) throw new Error('The message has no frame.');
  return {
    /** The header and its authentication tag. */
    header: [0, bodyStart],
    messageId: after(3, messageHeader.messageId.length),
    encryptedDataKey: after(message.indexOf(dataKey), dataKey.length),
    headerTag: [headerLength, bodyStart],
    firstFrame: first.content,
    lastTag: last.tag,
    /** All frames. */
    body: [bodyStart, last.end],
    /** Without the two bytes before it, which are its length. */
    signature: [last.end + 2, message.length],
  } satisfies Record<string, Part>;
}

function after(start: number, length: number): Part {
  return [start, start + length];
}

/** Returns messages that end somewhere within a part: the same ones each time. None is empty. */
export function cutWithin(message: Buffer, [start, end]: Part, count: number): Buffer[] {
  return placesWithin([start + 1, end], count).map((place) => message.subarray(0, place));
}

/** Returns messages in which one byte of a part is another: the same ones each time. */
export function changedWithin(message: Buffer, part: Part, count: number): Buffer[] {
  return placesWithin(part, count).map((place) => {
    const changed = Buffer.from(message);
    changed.writeUInt8(changed.readUInt8(place) ^ 1, place);
    return changed;
  });
}

/** Returns a message with another text in the place of one that is as long. */
export function withText(message: Buffer, text: string, other: string): Buffer {
  const changed = Buffer.from(message);
  changed.write(other, changed.indexOf(text));
  return changed;
}

function placesWithin([start, end]: Part, count: number): number[] {
  return fc.sample(fc.integer({ min: start, max: end - 1 }), { seed: 11, numRuns: count });
}
