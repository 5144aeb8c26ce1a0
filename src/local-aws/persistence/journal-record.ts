import { readSync } from 'node:fs';
import { crc32 } from 'node:zlib';

/*
 * A record is a line: the CRC-32 of its JSON in eight hexadecimal digits, a space, the JSON, a line feed. The JSON has no
 * line feed in it. So a write that was cut short is known by a last line without one, and nothing else is taken for it.
 */
const newline = 0x0a;
const jsonAt = 9;
const chunkLength = 128 * 1024;

export const recordOf = (json: string): string => `${checksumOf(json)} ${json}\n`;

const checksumOf = (json: string | Buffer): string => crc32(json).toString(16).padStart(8, '0');

/** A journal that can't be read: going on without the record could lose what was acknowledged. */
export class DamagedJournalError extends Error {
  override readonly name = 'DamagedJournalError';
  readonly file: string;
  /** Where the damaged record begins, in bytes. */
  readonly offset: number;

  constructor(file: string, offset: number) {
    super(
      `The record at byte ${offset} of '${file}' is damaged: it doesn't match its checksum. Restore the file from a copy; ` +
        `or, to give up this record and all that came after it, cut the file there: truncate --size=${offset} '${file}'`,
    );
    this.file = file;
    this.offset = offset;
  }
}

/**
 * Reads a journal from its start.
 *
 * @param visit is called with the JSON of each record
 * @returns how many bytes at the start of the file are whole records, and how many after them are a torn one
 * @throws {DamagedJournalError} for a record that is whole, but not as it was written
 */
export function readRecords(
  fd: number,
  file: string,
  visit: (json: string) => void,
): { wholeBytes: number; tornBytes: number } {
  let wholeBytes = 0;
  for (const line of linesIn(fd)) {
    if (line.at(-1) !== newline) return { wholeBytes, tornBytes: line.length };
    const json = jsonIn(line);
    if (json === undefined) throw new DamagedJournalError(file, wholeBytes);
    visit(json);
    wholeBytes += line.length;
  }
  return { wholeBytes, tornBytes: 0 };
}

/** The JSON of a record; undefined if its checksum is another one. */
function jsonIn(line: Buffer): string | undefined {
  const json = line.subarray(jsonAt, -1);
  return line.toString('latin1', 0, jsonAt) === `${checksumOf(json)} ` ? json.toString('utf8') : undefined;
}

/** The lines of a file with their line feeds; the last one may lack it. */
function* linesIn(fd: number): Generator<Buffer> {
  const chunk = Buffer.allocUnsafe(chunkLength);
  let rest: Buffer = Buffer.alloc(0);
  let offset = 0;
  for (;;) {
    const read = readSync(fd, chunk, 0, chunkLength, offset);
    if (read === 0) break;
    offset += read;
    rest = Buffer.concat([rest, chunk.subarray(0, read)]);
    for (let end = rest.indexOf(newline); end >= 0; end = rest.indexOf(newline)) {
      yield rest.subarray(0, end + 1);
      rest = rest.subarray(end + 1);
    }
  }
  if (rest.length > 0) yield rest;
}
