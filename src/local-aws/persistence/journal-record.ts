import { readSync } from 'node:fs';
import { crc32 } from 'node:zlib';

/*
 * A record is a line: the CRC-32 of its JSON in eight hexadecimal digits, a space, the JSON, a line feed. JSON has no
 * line feed in it, so a write that was cut short is a last line without one.
 */
const newline = 0x0a;
const jsonAt = 9;
const chunkLength = 1024 * 1024;

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
 * @param visit is called with the JSON of each record, and where the record begins
 * @returns how many bytes at the start of the file are whole records. What is left is one torn record: the last write was
 *   cut short.
 * @throws {DamagedJournalError} for a damaged record that others follow
 */
export function readRecords(
  fd: number,
  file: string,
  visit: (json: string, offset: number) => void,
): { soundLength: number; length: number } {
  let soundLength = 0;
  let length = 0;
  for (const { line, offset } of linesIn(fd)) {
    if (soundLength < offset) throw new DamagedJournalError(file, soundLength);
    length = offset + line.length;
    const json = jsonIn(line);
    if (json === undefined) continue;
    visit(json, offset);
    soundLength = length;
  }
  return { soundLength, length };
}

/** The JSON of a record; undefined if the record is damaged. */
function jsonIn(line: Buffer): string | undefined {
  if (line.length < jsonAt || line.at(-1) !== newline) return undefined;
  const json = line.subarray(jsonAt, -1);
  return line.toString('latin1', 0, jsonAt) === `${checksumOf(json)} ` ? json.toString('utf8') : undefined;
}

/** The lines of a file with their line feeds; the last one may lack it. */
function* linesIn(fd: number): Generator<{ line: Buffer; offset: number }> {
  const chunk = Buffer.allocUnsafe(chunkLength);
  let rest: Buffer = Buffer.alloc(0);
  let offset = 0;
  for (;;) {
    const read = readSync(fd, chunk, 0, chunkLength, offset + rest.length);
    if (read === 0) break;
    rest = Buffer.concat([rest, chunk.subarray(0, read)]);
    for (let end = rest.indexOf(newline); end >= 0; end = rest.indexOf(newline)) {
      const line = rest.subarray(0, end + 1);
      yield { line, offset };
      offset += line.length;
      rest = rest.subarray(line.length);
    }
  }
  if (rest.length > 0) yield { line: rest, offset };
}
