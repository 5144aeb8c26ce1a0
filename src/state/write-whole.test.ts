import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { writeWhole } from './write-whole.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'write-whole-'));
  return () => rmSync(folder, { recursive: true });
});

test('writes a file, makes its folders, and leaves nothing else', () => {
  const file = join(folder, 'a/b/file.txt');
  writeWhole(file, 'first');
  writeWhole(file, 'second');

  expect(readFileSync(file, 'utf8')).toBe('second');
  expect(readdirSync(join(folder, 'a/b'))).toEqual(['file.txt']);
});

test('leaves nothing behind when the file is a folder', () => {
  const file = join(folder, 'taken');
  writeWhole(join(file, 'inside.txt'), 'stays');

  expect(() => writeWhole(file, 'text')).toThrow(/EISDIR|ENOTEMPTY|EEXIST|EPERM/);
  expect(readdirSync(folder, { recursive: true }).sort()).toEqual(['taken', join('taken', 'inside.txt')]);
});

test.skipIf(process.platform === 'win32')('writes the file that a link leads to', () => {
  const [file, link] = [join(folder, 'file.txt'), join(folder, 'link.txt')];
  writeWhole(file, 'first');
  symlinkSync(file, link);
  writeWhole(link, 'second');

  expect(readlinkSync(link)).toBe(file);
  expect(readFileSync(file, 'utf8')).toBe('second');
});
