import {
  appendFileSync,
  closeSync,
  fchmodSync,
  fdatasync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Change, changesFromJson, changesToJson } from './change.ts';
import { DamagedJournalError, readFirstRecord, readRecords, recordOf } from './journal-record.ts';

const format = 'local-aws journal';
const version = 1;
/** In bytes. That of this version has 65. */
const longestHeader = 1024;
const changesPerWrite = 200;
const sync = promisify(fdatasync);

/** A journal's file, open for appending. */
export interface JournalFile {
  readonly fd: number;
  /** In bytes. */
  length: number;
  /** Number of records in the file. */
  changes: number;
}

/** The first record: says what the file is. */
interface Header {
  readonly format: typeof format;
  readonly version: number;
}

/**
 * Appends text, which has to be records of so many changes.
 *
 * @throws if the file system can't take it; then a part of it may be there
 */
export function append(file: JournalFile, text: string, changes: number): void {
  appendFileSync(file.fd, text);
  file.length += Buffer.byteLength(text);
  file.changes += changes;
}

export const recordOfChanges = (changes: readonly Change[]): string => recordOf(changesToJson(changes));

/**
 * Opens a journal and reads it. A torn last record is cut off.
 *
 * @param visit is called with each change, in order
 * @throws {DamagedJournalError} for a record that is whole, but not as it was written
 * @throws if the file isn't a journal, or one of a version that isn't known here
 */
export function openJournalFile(
  path: string,
  visit: (change: Change) => void,
): { file: JournalFile; tornBytes: number } {
  requireJournal(path);
  const fd = openSync(path, 'a+', 0o600);
  try {
    fchmodSync(fd, 0o600);
    let isHeader = true;
    let changes = 0;
    const { wholeBytes, tornBytes } = readRecords(fd, path, (json) => {
      if (!isHeader) {
        for (const change of changesFromJson(json)) {
          visit(change);
          changes += 1;
        }
      }
      isHeader = false;
    });
    ftruncateSync(fd, wholeBytes);
    return { file: { fd, length: wholeBytes, changes }, tornBytes };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/**
 * Reads the header of a journal, and changes nothing.
 *
 * @throws {DamagedJournalError} if there is none
 * @throws if it isn't a file, or is a journal of a version that isn't known here
 */
export function requireJournal(path: string): void {
  // A link is refused, too: writing the journal anew would put a file in its place, and leave what it leads to.
  if (!lstatSync(path).isFile()) {
    throw new Error(
      `'${path}' is a folder, a link or a device, and not a file. Move it out of the directory.`,
    );
  }
  const fd = openSync(path, 'r');
  try {
    const json = readFirstRecord(fd, longestHeader);
    if (json === undefined) throw new DamagedJournalError(path, 0);
    const header: Header = JSON.parse(json);
    if (header.format !== format) throw new Error(`'${path}' isn't a journal of a local AWS.`);
    if (header.version > version) {
      throw new Error(
        `The journal '${path}' has version ${header.version} of its format; versions up to ${version} can be read here. ` +
          'Take the local AWS that wrote it, or another data directory.',
      );
    }
  } finally {
    closeSync(fd);
  }
}

/**
 * Writes a journal file of these changes, on to the disk. It gives way to other work in between.
 *
 * @param path must not exist
 * @param signal gives it up
 * @throws if the file system can't take it, or it is given up; the file is gone then
 */
export async function writeJournalFile(
  path: string,
  changes: readonly Change[],
  signal?: AbortSignal,
): Promise<JournalFile> {
  const file: JournalFile = { fd: openSync(path, 'ax', 0o600), length: 0, changes: 0 };
  try {
    const header: Header = { format, version };
    append(file, recordOf(JSON.stringify(header)), 0);
    for (let from = 0; from < changes.length; from += changesPerWrite) {
      const some = changes.slice(from, from + changesPerWrite);
      append(file, some.map((change) => recordOfChanges([change])).join(''), some.length);
      await nextTurn(undefined, { signal });
    }
    await sync(file.fd);
    signal?.throwIfAborted();
    return file;
  } catch (error) {
    closeSync(file.fd);
    rmSync(path);
    throw error;
  }
}

/** Gives a journal file its name, in place of the one that had it: at no moment is there none, or half of one. */
export function moveIntoPlace(from: string, to: string): void {
  renameSync(from, to);
  try {
    const directory = openSync(dirname(to), 'r');
    fsyncSync(directory);
    closeSync(directory);
  } catch {
    // Not every file system can sync a directory. The new name is there, if not yet proof against a power cut.
  }
}
