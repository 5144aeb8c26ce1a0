import { readSync } from 'node:fs';
import { crc32 } from 'node:zlib';

/*
 * A record is a line: the CRC-32 of its JSON in eight hexadecimal digits, a space, the JSON, a line feed. The JSON has no
 * line feed in it. So a write that was cut short is known by a last line without one, and nothing else is taken for it.
 * A carriage return before the line feed is passed over: tools for Windows add it, and it changes nothing.
 */
const newline = 0x0a;
const carriageReturn = 0x0d;
const jsonAt = 9;
const chunkLength = 128 * 1024;

export const recordOf = (json: string): string => `${checksumOf(json)} ${json}\n`;

const checksumOf = (json: string | Buffer): string => crc32(json).toString(16).padStart(8, '0');

/** A journal that can't be read: going on without the record could lose what was acknowledged. */
export class DamagedJournalError extends Error {
  override readonly name = 'DamagedJournalError';
  readonly file: string;
  /** Byte offset of the damaged record. */
  readonly offset: number;

  constructor(file: string, offset: number) {
    super(offset === 0 ? damagedHeader(file) : damagedRecord(file, offset));
    this.file = file;
    this.offset = offset;
  }
}

const damagedHeader = (file: string) =>
  `'${file}' doesn't begin as the journal of a local AWS does: it is empty, damaged, or another file. Restore it from a ` +
  'copy; or move it out of the directory, to start there without the keys and events that were kept.';

const damagedRecord = (file: string, offset: number) =>
  `The record at byte ${offset} of '${file}' is damaged: it doesn't match its checksum. Restore the file from a copy; ` +
  `or, to give up this record and all that came after it, cut the file there: truncate --size=${offset} '${file}'`;

/**
 * Reads the first record of a journal, and no more of it.
 *
 * @param longest the most bytes that it may have
 * @returns its JSON; undefined if the file doesn't begin with a record
 */
export function readFirstRecord(fd: number, longest: number): string | undefined {
  const start = Buffer.alloc(longest);
  const read = readSync(fd, start, 0, longest, 0);
  return jsonIn(start.subarray(0, start.subarray(0, read).indexOf(newline) + 1));
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
  const json = line.subarray(jsonAt, line.at(-2) === carriageReturn ? -2 : -1);
  return line.toString('latin1', 0, jsonAt) === `${checksumOf(json)} ` ? json.toString('utf8') : undefined;
}

/** The lines of a file with their line feeds; the last one may lack it. Each byte is copied once at most. */
function* linesIn(fd: number): Generator<Buffer> {
  let begun: Buffer[] = [];
  for (let offset = 0; ; ) {
    const chunk = Buffer.allocUnsafe(chunkLength);
    let rest = chunk.subarray(0, readSync(fd, chunk, 0, chunkLength, offset));
    if (rest.length === 0) break;
    offset += rest.length;
    for (let end = rest.indexOf(newline); end >= 0; end = rest.indexOf(newline)) {
      yield Buffer.concat([...begun, rest.subarray(0, end + 1)]);
      begun = [];
      rest = rest.subarray(end + 1);
    }
    if (rest.length > 0) begun.push(rest);
  }
  if (begun.length > 0) yield Buffer.concat(begun);
}
