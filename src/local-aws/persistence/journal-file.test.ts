import { randomUUID } from 'node:crypto';
import { closeSync, fstatSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { newKey } from '../kms/key.ts';
import { temporaryDirectory } from '../testing/temporary-directory.ts';
import type { Change } from './change.ts';
import { append, openJournalFile, recordOfChanges, writeJournalFile } from './journal-file.ts';
import { DamagedJournalError, recordOf } from './journal-record.ts';

const account = { accountId: '111122223333', region: 'us-east-1' };
const keyPut = (description: string): Change => ({
  type: 'key-put',
  key: newKey(account, 1_700_000_000_000, { description, tags: [], policy: '{}' }),
});
const records: readonly (readonly Change[])[] = [
  [keyPut('first')],
  [keyPut('second, with a line\nfeed'), { type: 'alias-removed', name: 'alias/ü ☃ \u2028 \ud800' }],
  [{ type: 'key-removed', keyId: 'gone' }],
];

/** Gives a journal that is these bytes. A new file each time, because a file system may take its time to write one anew. */
function journalOf(bytes: Uint8Array, beside: string): string {
  const path = `${beside}.${randomUUID()}`;
  writeFileSync(path, bytes);
  return path;
}

/** Writes the records to a new journal. */
async function writtenJournal() {
  const path = join(await temporaryDirectory(), 'journal');
  const file = await writeJournalFile(path, []);
  /** Byte offset of each record, the header first, and of the end. */
  const bounds = [0, file.length];
  for (const changes of records) {
    append(file, recordOfChanges(changes), changes.length);
    bounds.push(file.length);
  }
  closeSync(file.fd);
  return { path, bytes: readFileSync(path), bounds };
}

/** Reads what is in a journal. */
function read(path: string) {
  const changes: Change[] = [];
  const { file, tornBytes } = openJournalFile(path, (change) => changes.push(change));
  const lengthOnDisk = fstatSync(file.fd).size;
  closeSync(file.fd);
  return { changes, tornBytes, file, lengthOnDisk };
}

test('reads every written record, key material included', async () => {
  const { path, bytes } = await writtenJournal();
  const { changes, file, tornBytes } = read(path);
  expect(changes).toEqual(records.flat());
  expect(file).toMatchObject({ length: bytes.length, changes: 4 });
  expect(tornBytes).toBe(0);
});

// Windows has access control lists instead of file modes.
test.skipIf(process.platform === 'win32')(
  'only its owner can read the file, even one that others could read',
  async () => {
    const { path } = await writtenJournal();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const copy = `${path}.copy`;
    writeFileSync(copy, readFileSync(path), { mode: 0o644 });
    read(copy);
    expect(statSync(copy).mode & 0o777).toBe(0o600);
  },
);

describe('a torn last record', () => {
  test('is cut off, wherever it was torn; all before it is there', { timeout: 60_000 }, async () => {
    const { path, bytes, bounds } = await writtenJournal();
    const [, headerEnd = 0] = bounds;
    for (let length = headerEnd; length <= bytes.length; length++) {
      const wholeRecords = bounds.filter((bound) => bound <= length).length - 2;
      const soundLength = bounds[wholeRecords + 1] ?? 0;
      expect(read(journalOf(bytes.subarray(0, length), path))).toMatchObject({
        changes: records.slice(0, wholeRecords).flat(),
        tornBytes: length - soundLength,
        file: { length: soundLength },
        lengthOnDisk: soundLength,
      });
    }
  });

  test('is cut off if the file got its length, but not its bytes, as after a power cut', async () => {
    const { path, bytes, bounds } = await writtenJournal();
    const [, , , lastRecord = 0] = bounds;
    expect(read(journalOf(Buffer.from(bytes).fill(0, lastRecord), path))).toMatchObject({
      changes: records.slice(0, 2).flat(),
      tornBytes: bytes.length - lastRecord,
      lengthOnDisk: lastRecord,
    });
  });

  test('is followed by later records', async () => {
    const { path, bytes } = await writtenJournal();
    writeFileSync(path, bytes.subarray(0, -3));
    const { file } = openJournalFile(path, () => {});
    const added: Change = { type: 'key-removed', keyId: 'added' };
    append(file, recordOfChanges([added]), 1);
    closeSync(file.fd);
    expect(read(path)).toMatchObject({ changes: [...records.slice(0, 2).flat(), added], tornBytes: 0 });
  });
});

describe('a damaged record', () => {
  test('is an error that names the file and where it begins, whichever byte was changed', {
    timeout: 60_000,
  }, async () => {
    const { path, bytes, bounds } = await writtenJournal();
    // All but the last line feed: without it, the last record looks torn.
    fc.assert(
      fc.property(fc.nat(bytes.length - 2), fc.integer({ min: 1, max: 255 }), (at, flipped) => {
        const damaged = Buffer.from(bytes);
        damaged[at] = (damaged[at] ?? 0) ^ flipped;
        const offset = bounds.findLast((bound) => bound <= at) ?? 0;
        const file = journalOf(damaged, path);
        let error: unknown;
        try {
          read(file);
        } catch (thrown) {
          error = thrown;
        }
        expect(error).toBeInstanceOf(DamagedJournalError);
        expect(error).toMatchObject({ file, offset });
        expect((error as Error).message).toContain(
          offset === 0
            ? `'${file}' doesn't begin as the journal of a local AWS does`
            : `The record at byte ${offset} of '${file}' is damaged`,
        );
        expect(readFileSync(file)).toEqual(damaged);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  test('is an error if it is the header, even alone', async () => {
    const { path, bytes, bounds } = await writtenJournal();
    expect(() => read(journalOf(bytes.subarray(0, (bounds[1] ?? 0) - 1), path))).toThrow(DamagedJournalError);
    expect(() => read(journalOf(new Uint8Array(), path))).toThrow(DamagedJournalError);
  });
});

test('line ends of Windows are read, and what is appended after them', async () => {
  const { path, bytes } = await writtenJournal();
  const converted = Buffer.from(bytes.toString('utf8').replaceAll('\n', '\r\n'));
  expect(converted.length).toBe(bytes.length + 4);
  writeFileSync(path, converted);
  expect(read(path)).toMatchObject({ changes: records.flat(), tornBytes: 0, lengthOnDisk: converted.length });
  const { file } = openJournalFile(path, () => {});
  append(file, recordOfChanges([{ type: 'key-removed', keyId: 'added' }]), 1);
  closeSync(file.fd);
  expect(read(path).changes).toHaveLength(records.flat().length + 1);
});

test('reading copies no byte more often than once, though a record is torn after megabytes', async () => {
  const { path, bytes } = await writtenJournal();
  const torn = 8 * 1024 * 1024;
  writeFileSync(path, Buffer.concat([bytes, Buffer.alloc(torn, 'x')]));
  const copied = vi.spyOn(Buffer, 'concat');
  onTestFinished(() => copied.mockRestore());
  expect(read(path)).toMatchObject({ tornBytes: torn, lengthOnDisk: bytes.length });
  const copiedBytes = copied.mock.results.reduce((sum, { value }) => sum + value.length, 0);
  expect(copiedBytes).toBe(bytes.length + torn);
});

describe('an unreadable file', () => {
  test.for([
    ['nothing', ''],
    ['a line end', '\n'],
    ['a byte order mark before a journal', `\ufeff${recordOf('{"format":"local-aws journal","version":1}')}`],
    ['a first line without an end', 'x'.repeat(10_000)],
    ['text', 'Dear diary,\n'],
    ['bytes', Uint8Array.from({ length: 5000 }, (_, index) => index)],
  ] as const)('is no journal: %s', async ([, content]) => {
    const path = join(await temporaryDirectory(), 'journal');
    writeFileSync(path, content);
    expect(() => read(path)).toThrow(`'${path}' doesn't begin as the journal of a local AWS does`);
    expect(readFileSync(path)).toEqual(Buffer.from(content));
  });

  test('is a journal of a later version', async () => {
    const path = join(await temporaryDirectory(), 'journal');
    writeFileSync(path, recordOf(JSON.stringify({ format: 'local-aws journal', version: 2 })));
    expect(() => read(path)).toThrow(
      `The journal '${path}' has version 2 of its format; versions up to 1 can be read here.`,
    );
  });

  test('is a file of another kind that has records too', async () => {
    const path = join(await temporaryDirectory(), 'journal');
    writeFileSync(path, recordOf('{"format":"another"}'));
    expect(() => read(path)).toThrow(`'${path}' isn't a journal of a local AWS.`);
  });
});

test('an abandoned or failed file is not left behind', async () => {
  const path = join(await temporaryDirectory(), 'journal');
  const changes = Array.from({ length: 1000 }, (_, index) => keyPut(String(index)));
  const givenUp = new AbortController();
  const writing = writeJournalFile(path, changes, givenUp.signal);
  expect(statSync(path).isFile()).toBe(true);
  givenUp.abort();
  await expect(writing).rejects.toThrow('aborted');
  expect(() => statSync(path)).toThrow('ENOENT');
});
