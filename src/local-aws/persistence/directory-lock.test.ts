import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { temporaryDirectory } from '../testing/temporary-directory.ts';
import { lockDirectory } from './directory-lock.ts';

test('records the process that has the directory, and leaves nothing behind', async () => {
  const directory = await temporaryDirectory();
  const lock = await lockDirectory(directory);
  expect(readFileSync(join(directory, 'lock'), 'utf8')).toMatch(new RegExp(`^${process.pid}\n.+\n$`));
  lock.requireHeld();
  lock.release();
  expect(readdirSync(directory)).toEqual([]);
});

test('refuses a second lock of the same process until the first is released', async () => {
  const directory = await temporaryDirectory();
  const lock = await lockDirectory(directory);
  await expect(lockDirectory(join(directory, '.'))).rejects.toThrow(
    `The data directory '${join(directory, '.')}' is in use by process ${process.pid}.`,
  );
  lock.release();
  (await lockDirectory(directory)).release();
});

test('refuses the directory of another process while that lives', async () => {
  const directory = await temporaryDirectory();
  const child = spawn(process.execPath, ['--eval', 'process.stdin.resume()']);
  writeFileSync(join(directory, 'lock'), `${child.pid}\n`);
  await expect(lockDirectory(directory)).rejects.toThrow(
    `is in use by process ${child.pid}. Stop that process, or choose another directory.`,
  );

  child.kill('SIGKILL');
  await once(child, 'exit');
  (await lockDirectory(directory)).release();
});

test.for<[string, () => string]>([
  ['a dead process', () => `${spawnSync(process.execPath, ['--version']).pid}\n`],
  ['an earlier process that had the same id as this one', () => `${process.pid}\n`],
  ['a process that died before it wrote its id', () => ''],
])('takes over the lock of %s', async ([, content]) => {
  const directory = await temporaryDirectory();
  writeFileSync(join(directory, 'lock'), content());
  const lock = await lockDirectory(directory);
  lock.requireHeld();
  lock.release();
  expect(readdirSync(directory)).toEqual([]);
});

test('refuses the directory of a process elsewhere while that touches its lock', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearInterval', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const directory = await temporaryDirectory();
  const file = join(directory, 'lock');
  // The id is that of a living process here.
  writeFileSync(file, `${process.ppid}\nanother namespace\n`);
  setTimeout(() => utimesSync(file, 1, 1), 4500);
  const refused = expect(lockDirectory(directory)).rejects.toThrow(
    `is in use by process ${process.ppid} of another container or machine. Stop that process`,
  );
  await vi.advanceTimersByTimeAsync(5000);
  await refused;

  const locking = lockDirectory(directory);
  await vi.advanceTimersByTimeAsync(5000);
  (await locking).release();
});

test('a process that was stopped for a while, and lost its lock, knows before it goes on', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const directory = await temporaryDirectory();
  const lock = await lockDirectory(directory);
  writeFileSync(join(directory, 'lock'), '17\nanother namespace\n');
  lock.requireHeld();

  vi.advanceTimersByTime(3000);
  expect(() => lock.requireHeld()).toThrow('another process took it over while this one was stopped');
  lock.release();
  expect(readdirSync(directory)).toEqual(['lock']);
});

// A sandbox may forbid new namespaces.
const unshare = ['--user', '--map-root-user', '--pid', '--fork', '--mount-proc'];
const canUnshare = spawnSync('unshare', [...unshare, 'true']).status === 0;

test.skipIf(!canUnshare)('refuses a process of another PID namespace (needs unshare)', async () => {
  const directory = await temporaryDirectory();
  const lock = await lockDirectory(directory);
  const script = `
    import(${JSON.stringify(new URL('directory-lock.ts', import.meta.url).href)})
      .then(({ lockDirectory }) => lockDirectory(${JSON.stringify(directory)}))
      .then(() => console.log('locked'), ({ message }) => console.log(message));`;
  const inside = spawn('unshare', [
    ...unshare,
    process.execPath,
    ...['--import', '@oxc-node/core/register', '--eval', script],
  ]);
  const [output] = await once(inside.stdout, 'data');
  expect(String(output)).toContain(`in use by process ${process.pid} of another container or machine.`);
  lock.requireHeld();
  lock.release();
});
