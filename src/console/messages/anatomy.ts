import { NodeAlgorithmSuite } from '@aws-crypto/client-node';
import { ContentType, decodeBodyHeader, deserializeSignature, type HeaderInfo } from '@aws-crypto/serialize';
import { headerReader } from '../../evidence/message.ts';
import { type FieldName, fieldMeanings } from './field-meanings.ts';

// Only the places of the fields are worked out here, field by field, so that a broken message shows how far it makes
// sense. Each part is read, and refused, by @aws-crypto/serialize. The format:
// https://docs.aws.amazon.com/encryption-sdk/latest/developer-guide/message-format.html

/** A range of bytes in a message. */
export interface Field {
  name: FieldName;
  start: number;
  /** The byte after the last one. */
  end: number;
  /** Number of bytes at its start that hold the length of its value, which follows. */
  lengthBytes: number;
  /** The number of its pair, encrypted data key or frame, from 1. */
  number?: number;
}

/** The first place at which a message makes no sense. */
export interface Fault {
  at: number;
  why: string;
  /** True if the message may make sense, but isn't read further, because it has too many fields. */
  isTooLong?: true;
}

/** Number of fields that are read: more would keep the process busy for minutes. 64 MB in frames of 4,096 bytes have fewer. */
export const mostFields = 100_000;

/** The fields of a message, without a gap from its first byte to its last. With a fault, the last field is `unknown`. */
export interface Anatomy {
  bytes: Uint8Array;
  fields: Field[];
  fault?: Fault;
}

class FaultError extends Error {
  readonly fault: Fault;
  constructor(fault: Fault) {
    super(fault.why);
    this.fault = fault;
  }
}

/** Finds the fields of a message. Never throws: bytes that make no sense are a `fault`. */
export function readAnatomy(bytes: Uint8Array): Anatomy {
  const walk = new Walk(bytes);
  try {
    const header = walk.header();
    walk.body(header);
    walk.footer(header);
    return { bytes, fields: walk.fields };
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    const { fault } = error;
    const { at } = fault;
    const fields = walk.fields.filter(({ end }) => end <= at);
    if (at < bytes.length) fields.push({ name: 'unknown', start: at, end: bytes.length, lengthBytes: 0 });
    return { bytes, fields, fault };
  }
}

class Walk {
  readonly fields: Field[] = [];
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  header(): HeaderInfo {
    const version = this.#number('version', 1);
    if (version !== 1 && version !== 2) {
      this.#refuseLast('A message begins with its version, 1 or 2. This file begins with another byte.');
    }
    if (version === 1 && this.#number('type', 1) !== 128) {
      this.#refuseLast('The type of a message is 128: customer authenticated encrypted data.');
    }
    const suiteId = this.#number('suite', 2);
    const suite = this.#understand(() => new NodeAlgorithmSuite(suiteId));
    if ((suite.commitment === 'NONE') !== (version === 1)) {
      this.#refuseLast(`No message of version ${version} can have this algorithm suite.`);
    }
    this.#add('messageId', version === 1 ? 16 : 32);
    this.#context();
    this.#dataKeys();
    const contentType = this.#number('contentType', 1);
    if (!ContentType[contentType]) {
      this.#refuseLast(`The content type is 1 (one piece) or 2 (frames). This byte is ${contentType}.`);
    }
    if (version === 1 && this.#number('reserved', 4) !== 0) this.#refuseLast('These bytes must be zero.');
    if (version === 1 && this.#number('ivLength', 1) !== suite.ivLength) {
      this.#refuseLast(`With this algorithm suite, the length is ${suite.ivLength}.`);
    }
    this.#add('frameLength', 4);
    if (suite.suiteDataLength) this.#add('commitment', suite.suiteDataLength);
    if (version === 1) this.#add('headerIv', suite.ivLength);
    this.#add('headerTag', suite.tagLength / 8);
    return this.#complete(() => headerReader.deserializeMessageHeader(this.#bytes));
  }

  #context(): void {
    const length = this.#number('contextLength', 2);
    if (length === 0) return;
    const start = this.#position;
    const end = start + length;
    if (end > this.#bytes.length) this.#endsEarly(`encryption context has ${count(length)}`);
    this.#understand(() => headerReader.decodeEncryptionContext(this.#bytes.slice(start, end)), start);
    const pairs = this.#number('contextPairs', 2);
    for (let number = 1; number <= pairs; number++) {
      this.#addWithLength('contextKey', number);
      this.#addWithLength('contextValue', number);
    }
  }

  #dataKeys(): void {
    const start = this.#position;
    const count = this.#number('keyCount', 2);
    if (count === 0) this.#refuseLast('A message needs at least one encrypted data key.');
    for (let number = 1; number <= count; number++) {
      this.#addWithLength('keyProvider', number);
      this.#addWithLength('keyInfo', number);
      this.#addWithLength('encryptedKey', number);
    }
    this.#complete(() =>
      headerReader.deserializeEncryptedDataKeys(this.#bytes, start, { maxEncryptedDataKeys: false }),
    );
  }

  body(header: HeaderInfo): void {
    const isFramed = header.messageHeader.contentType === ContentType.FRAMED_DATA;
    for (let number = 1; ; number++) {
      const start = this.#position;
      const frame = this.#complete(() => decodeBodyHeader(this.#bytes, header, start));
      if (isFramed && frame.isFinalFrame) this.#add('finalMarker', 4, number);
      if (isFramed) this.#add('sequenceNumber', 4, number);
      if (frame.sequenceNumber !== number) {
        this.#refuseLast(
          `This frame has the number ${frame.sequenceNumber}, in the place of number ${number}.`,
        );
      }
      this.#add('frameIv', frame.iv.byteLength, number);
      if (!isFramed) this.#add('contentLength', 8, number);
      else if (frame.isFinalFrame) this.#add('contentLength', 4, number);
      if (frame.contentLength > 0) this.#add('content', frame.contentLength, number);
      this.#add('frameTag', frame.tagLength / 8, number);
      if (frame.isFinalFrame) return;
    }
  }

  footer({ algorithmSuite }: HeaderInfo): void {
    const start = this.#position;
    if (algorithmSuite.signatureCurve) this.#addWithLength('signature');
    if (this.#position < this.#bytes.length) {
      this.#refuse('The message ends before these bytes. Nothing authenticates them.');
    }
    if (algorithmSuite.signatureCurve) {
      this.#understand(() => deserializeSignature(this.#bytes.subarray(start)));
    }
  }

  /** Adds a field with an unsigned number, and gives the number. */
  #number(name: FieldName, length: 1 | 2 | 4): number {
    const { start } = this.#add(name, length);
    if (length === 1) return this.#view.getUint8(start);
    return length === 2 ? this.#view.getUint16(start) : this.#view.getUint32(start);
  }

  #addWithLength(name: FieldName, number?: number): void {
    const isThere = this.#position + 2 <= this.#bytes.length;
    this.#add(name, 2 + (isThere ? this.#view.getUint16(this.#position) : 0), number, 2);
  }

  #add(name: FieldName, length: number, number?: number, lengthBytes = 0): Field {
    const start = this.#position;
    const end = start + length;
    if (this.fields.length === mostFields) {
      const why = `The console reads ${mostFields.toLocaleString('en')} fields of a message at most.`;
      throw new FaultError({ at: start, why, isTooLong: true });
    }
    if (end > this.#bytes.length) this.#endsEarly(`field ${fieldMeanings[name].label} has ${count(length)}`);
    const field = { name, start, end, lengthBytes, ...(number === undefined ? {} : { number }) };
    this.fields.push(field);
    this.#position = end;
    return field;
  }

  /** Gives what a reader made of the last field, or of the bytes from a place on. */
  #understand<Result>(read: () => Result, from = this.fields.at(-1)?.start ?? 0): Result {
    try {
      return read();
    } catch (error) {
      throw new FaultError({ at: from, why: `The SDK can't read this: ${(error as Error).message}` });
    }
  }

  /** Gives what a reader made of the bytes, which returns false if it needs more of them. */
  #complete<Result>(read: () => Result | false): Result {
    const result = this.#understand(read, this.#position);
    return result === false ? this.#endsEarly('next part has more bytes') : result;
  }

  #endsEarly(what: string): never {
    const left = this.#bytes.length - this.#position;
    this.#refuse(`The file is cut off. The ${what}; ${left === 0 ? 'none is' : `only ${left} are`} left.`);
  }

  #refuseLast(why: string): never {
    throw new FaultError({ at: this.fields.at(-1)?.start ?? 0, why });
  }

  #refuse(why: string): never {
    throw new FaultError({ at: this.#position, why });
  }
}

function count(bytes: number): string {
  return bytes === 1 ? '1 byte' : `${bytes} bytes`;
}
