import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { describeProcess, identityOfProcess, isAlive } from './process-identity.ts';

const longAgo = new Date(0);
const ended = identityOfProcess(spawnSync(process.execPath, ['--version']).pid);

test('a process is alive until it has ended, whenever its last sign of life was', () => {
  expect(isAlive(identityOfProcess(process.pid), longAgo)).toBe(true);
  expect(isAlive(ended, new Date())).toBe(false);
});

// Only Linux says when a process started.
test.runIf(existsSync('/proc/self/stat'))(
  'tells a process from an earlier one with its id (needs /proc)',
  () => {
    const identity = identityOfProcess(process.pid);
    expect(isAlive(identity, new Date())).toBe(true);
    expect(isAlive({ ...identity, started: '1' }, new Date())).toBe(false);
  },
);

test.for(['another', undefined])(
  'in the namespace %s, a process is alive until it is silent',
  (namespace) => {
    const elsewhere = { ...ended, namespace };

    expect(isAlive(elsewhere, new Date())).toBe(true);
    expect(isAlive(elsewhere, new Date(Date.now() - 9 * 60_000))).toBe(true);
    expect(isAlive(elsewhere, new Date(Date.now() - 11 * 60_000))).toBe(false);
    expect(describeProcess(elsewhere)).toBe(`process ${ended.id} of another container or machine`);
  },
);

// A sandbox may forbid new namespaces.
const unshare = ['--user', '--map-root-user', '--pid', '--fork', '--mount-proc'];
const canUnshare = spawnSync('unshare', [...unshare, 'true']).status === 0;

test.skipIf(!canUnshare)('recognises a process of another PID namespace (needs unshare)', () => {
  const script = `
    import(${JSON.stringify(new URL('process-identity.ts', import.meta.url).href)}).then(
      ({ identityOfProcess }) => console.log(JSON.stringify(identityOfProcess(process.pid))));`;
  const node = [process.execPath, '--import', '@oxc-node/core/register', '--eval', script];
  const { stdout } = spawnSync('unshare', [...unshare, ...node], { encoding: 'utf8' });
  const inside = JSON.parse(stdout);

  // Its id is small there, and another process has it here, or none.
  expect(inside.id).toBeLessThan(100);
  expect(isAlive(inside, new Date())).toBe(true);
  expect(isAlive({ ...inside, namespace: ended.namespace }, new Date())).toBe(false);
  expect(isAlive(inside, longAgo)).toBe(false);
});
