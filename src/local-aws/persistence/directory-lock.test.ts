import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../testing/temporary-directory.ts';
import { lockDirectory } from './directory-lock.ts';

test('says which process has the directory, and leaves nothing behind', async () => {
  const directory = await temporaryDirectory();
  const lock = lockDirectory(directory);
  expect(readFileSync(join(directory, 'lock'), 'utf8')).toBe(`${process.pid}\n`);
  lock.release();
  expect(readdirSync(directory)).toEqual([]);
});

test('is refused while this process has it, and given after that', async () => {
  const directory = await temporaryDirectory();
  const lock = lockDirectory(directory);
  expect(() => lockDirectory(join(directory, '.'))).toThrow(
    `The data directory '${join(directory, '.')}' is in use by process ${process.pid}.`,
  );
  lock.release();
  lockDirectory(directory).release();
});

test('is refused while another process lives that has it', async () => {
  const directory = await temporaryDirectory();
  const child = spawn(process.execPath, ['--eval', 'process.stdin.resume()']);
  writeFileSync(join(directory, 'lock'), `${child.pid}\n`);
  expect(() => lockDirectory(directory)).toThrow(`is in use by process ${child.pid}. Stop that process`);

  child.kill('SIGKILL');
  await once(child, 'exit');
  lockDirectory(directory).release();
});

test.for<[string, () => string]>([
  ['of a dead process', () => `${spawnSync(process.execPath, ['--version']).pid}\n`],
  ['of an earlier process that had the same id as this one', () => `${process.pid}\n`],
  ['of a process that died before it wrote its id', () => ''],
])('is taken over if the lock is %s', async ([, content]) => {
  const directory = await temporaryDirectory();
  writeFileSync(join(directory, 'lock'), content());
  const lock = lockDirectory(directory);
  expect(readFileSync(join(directory, 'lock'), 'utf8')).toBe(`${process.pid}\n`);
  lock.release();
  expect(readdirSync(directory)).toEqual([]);
});
