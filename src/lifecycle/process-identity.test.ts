import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { identityOfProcess, isAlive } from './process-identity.ts';

test('a process is alive until it has ended', () => {
  const ended = spawnSync(process.execPath, ['--version']).pid;

  expect(isAlive(identityOfProcess(process.pid))).toBe(true);
  expect(isAlive({ id: process.pid })).toBe(true);
  expect(isAlive({ id: ended })).toBe(false);
});

test.runIf(existsSync('/proc/self/stat'))('a process is not the one that had its id before', () => {
  expect(isAlive({ ...identityOfProcess(process.pid), started: 'at another boot 1' })).toBe(false);
});
