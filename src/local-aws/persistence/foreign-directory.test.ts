import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { ListKeysCommand } from '@aws-sdk/client-kms';
import { describe, expect, test } from 'vitest';
import { startLocalAws } from '../index.ts';
import { KeptLocalAws } from '../testing/kept-local-aws.ts';
import { temporaryDirectory } from '../testing/temporary-directory.ts';
import { recordOf } from './journal-record.ts';

/** All that a start could change in a directory: names, kinds, permissions, content, time of the last change. */
const everythingIn = (directory: string) =>
  readdirSync(directory).map((name) => {
    const path = join(directory, name);
    const { mode, mtimeMs, size } = lstatSync(path);
    return { name, mode, mtimeMs, size, content: statSync(path).isFile() ? readFileSync(path, 'utf8') : '' };
  });

/** Files by their names; undefined is a folder. */
async function directoryOf(files: Readonly<Record<string, string | undefined>>): Promise<string> {
  const directory = await temporaryDirectory();
  for (const [name, content] of Object.entries(files)) {
    if (content === undefined) mkdirSync(join(directory, name));
    else writeFileSync(join(directory, name), content, { mode: 0o644 });
  }
  return directory;
}

const header = (version: number) => recordOf(JSON.stringify({ format: 'local-aws journal', version }));

test.for<[string, Readonly<Record<string, string | undefined>>, string]>([
  [
    'a folder with all three names',
    { journal: 'Dear diary,\n', 'journal.new': 'Dear\n', lock: 'of the door\n', other: '' },
    "journal' doesn't begin as the journal of a local AWS does",
  ],
  ['a diary', { journal: 'Dear diary,\n' }, "journal' doesn't begin"],
  ['a diary that is begun anew', { 'journal.new': 'Dear diary,\n' }, "journal.new' doesn't begin"],
  ['an empty file that would be removed', { 'journal.new': '' }, "journal.new' doesn't begin"],
  ['a lock of something else', { lock: 'of the door\n' }, "lock' isn't of a local AWS"],
  ['an empty lock, as package managers have', { lock: '' }, "lock' isn't of a local AWS"],
  ['an empty journal', { journal: '', lock: '1234567\n' }, "journal' doesn't begin"],
  [
    'a journal that is a folder',
    { journal: undefined, 'journal.new': 'a' },
    "journal' is a folder, a link or",
  ],
  [
    'a journal that is begun anew and is a folder',
    { 'journal.new': undefined },
    "journal.new' is a folder, a link",
  ],
  ['a lock that is a folder', { lock: undefined }, "can't be used: EISDIR"],
  [
    'a journal of a later version',
    { journal: header(2), 'journal.new': 'half', lock: '1234567\n' },
    'has version 2 of its format',
  ],
])('%s is refused, and nothing in it is touched', async ([, files, message]) => {
  const dataDirectory = await directoryOf(files);
  const before = everythingIn(dataDirectory);
  await expect(startLocalAws({ dataDirectory })).rejects.toThrow(message);
  expect(everythingIn(dataDirectory)).toEqual(before);
});

test('files of the same names are recognised in a directory of its own', async () => {
  const kept = await KeptLocalAws.create();
  const { id } = await (await kept.start()).newKey();
  await kept.stop();
  const at = (name: string) => join(kept.dataDirectory, name);
  chmodSync(at('journal'), 0o644);
  writeFileSync(at('journal.new'), 'half');
  writeFileSync(at('lock'), '');
  const before = everythingIn(kept.dataDirectory);
  const { kms } = await kept.start();
  expect((await kms.send(new ListKeysCommand({}))).Keys).toMatchObject([{ KeyId: id }]);
  expect(everythingIn(kept.dataDirectory)).not.toEqual(before);
  expect(readdirSync(kept.dataDirectory).sort()).toEqual(['journal', 'lock']);
});

test('takes over the files of a first start that was killed', async () => {
  const dataDirectory = await directoryOf({ 'journal.new': header(1), lock: '4194999\n', other: '' });
  const aws = await startLocalAws({ dataDirectory });
  expect(readdirSync(dataDirectory).sort()).toEqual(['journal', 'lock', 'other']);
  await aws.close();
});

// Links need a privilege on Windows.
test.skipIf(process.platform === 'win32')(
  'a journal that is a link is refused, and what it leads to is not touched',
  async () => {
    const kept = await KeptLocalAws.create();
    await (await kept.start()).newKey();
    await kept.stop();
    const elsewhere = await temporaryDirectory();
    const journal = join(kept.dataDirectory, 'journal');
    renameSync(journal, join(elsewhere, 'journal'));
    chmodSync(join(elsewhere, 'journal'), 0o644);
    symlinkSync(join(elsewhere, 'journal'), journal);
    const before = everythingIn(elsewhere);
    await expect(kept.start()).rejects.toThrow(
      `'${journal}' is a folder, a link or a device, and not a file.`,
    );
    expect(everythingIn(elsewhere)).toEqual(before);
    // The directory may well be a link.
    const link = join(await temporaryDirectory(), 'link');
    symlinkSync(elsewhere, link);
    const aws = await startLocalAws({ dataDirectory: link });
    await aws.close();
  },
);

test('a file in place of the directory is refused in a sentence', async () => {
  const dataDirectory = join(await directoryOf({ taken: 'a' }), 'taken');
  await expect(startLocalAws({ dataDirectory })).rejects.toThrow(
    `The data directory '${dataDirectory}' can't be used: EEXIST`,
  );
});

// Everything is allowed to root.
test.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
  'a directory that is read-only is refused in a sentence',
  async () => {
    const dataDirectory = await directoryOf({});
    chmodSync(dataDirectory, 0o500);
    await expect(startLocalAws({ dataDirectory })).rejects.toThrow(
      `The data directory '${dataDirectory}' can't be used: EACCES`,
    );
    chmodSync(dataDirectory, 0o700);
    await (await startLocalAws({ dataDirectory })).close();
  },
);

describe('the advice of an error leads to a start', () => {
  test('by moving away a journal that is empty, or has a damaged header', async () => {
    for (const content of ['', '0badc0de {}\n']) {
      const kept = await KeptLocalAws.create();
      const journal = join(kept.dataDirectory, 'journal');
      writeFileSync(journal, content);
      await expect(kept.start()).rejects.toThrow('or move it out of the directory, to start there without');
      renameSync(journal, join(await temporaryDirectory(), 'journal'));
      await (await kept.start()).newKey();
    }
  });

  test('by cutting off at each record', async () => {
    const kept = await KeptLocalAws.create();
    const { newKey } = await kept.start();
    for (let count = 0; count < 2; count++) await newKey();
    await kept.stop();
    const journal = join(kept.dataDirectory, 'journal');
    const sound = readFileSync(journal, 'utf8');
    const lines = sound.split('\n').length - 1;
    for (let damaged = lines - 1; damaged > 0; damaged--) {
      const records = sound.split('\n');
      records[damaged] = `0${records[damaged]}`;
      writeFileSync(journal, records.join('\n'));
      const error = await kept.start().catch((thrown: Error) => thrown);
      const size = /truncate --size=(\d+) /.exec(String(error))?.[1];
      truncateSync(journal, Number(size));
      const { kms } = await kept.start();
      expect((await kms.send(new ListKeysCommand({}))).Keys?.length).toBeLessThan(3);
      await kept.stop();
    }
  });
});
