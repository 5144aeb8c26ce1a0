import { createWriteStream, readFileSync, unlink, writeFileSync } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { expect, test } from 'vitest';
import { lookAfterFileOperations } from './file-operations.ts';

const file = join(await mkdtemp(join(tmpdir(), 'file-operations-')), 'file');

/** The contents of the file that were seen while the work ran, each once. */
async function contentsDuring(work: () => Promise<unknown>): Promise<string[]> {
  writeFileSync(file, 'old');
  const contents = new Set<string>();
  await lookAfterFileOperations(() => contents.add(contentOf()), work);
  return [...contents];
}

function contentOf(): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return 'no file';
  }
}

test('sees a file that is replaced in one move', async () => {
  const work = async () => {
    await writeFile(`${file}.part`, 'new');
    await rename(`${file}.part`, file);
  };
  expect(await contentsDuring(work)).toEqual(['old', 'new']);
});

test('sees the moment between removing and renaming', async () => {
  const work = async () => {
    await writeFile(`${file}.part`, 'new');
    await rm(file);
    await rename(`${file}.part`, file);
  };
  expect(await contentsDuring(work)).toEqual(['old', 'no file', 'new']);
});

test('sees a file that a stream has opened', async () => {
  expect(await contentsDuring(() => pipeline(['new'], createWriteStream(file)))).toEqual(['', 'new']);
});

test('sees operations with callbacks', async () => {
  const work = () => new Promise((resolve) => unlink(file, resolve));
  expect(await contentsDuring(work)).toEqual(['no file']);
});

test('returns the result, and looks no longer', async () => {
  let looks = 0;
  const look = () => void looks++;
  expect(await lookAfterFileOperations(look, () => writeFile(file, 'new').then(() => 'a result'))).toBe(
    'a result',
  );
  expect(looks).toBeGreaterThan(0);
  const before = looks;
  await writeFile(file, 'newer');
  expect(looks).toBe(before);
});
