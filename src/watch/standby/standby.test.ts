import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { makeSmallWorkshop, type SmallWorkshop } from '../../report/testing/small-workshop.ts';

// Each test starts Vitest.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const spec = `
import { test } from 'vitest';

test('runs', () => console.log('process %s, set later: %s', process.pid, process.env.SET_LATER));
`;

// Writes where its process is to be found, and is waited for by what comes after.
const preload = `
import { appendFileSync } from 'node:fs';

appendFileSync('ready', process.pid + ' ');
`;
const waiting = `
import { existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

export default async () => {
  while (!existsSync('ready') && performance.now() < 40_000) await setTimeout(10);
`;

// Tells which timers keep the process alive, one of its own among them. Node's list of these has no lengths.
const tellTimers = `
import { createHook } from 'node:async_hooks';

const timers = new Set();
createHook({ init: (_id, type, _trigger, timer) => type === 'Timeout' && timers.add(timer) }).enable();
const tellTimers = () => {
  const own = globalThis.setTimeout(() => {}, 61_000);
  console.log('ms left:', ...[...timers].filter((timer) => timer.hasRef() && !timer._destroyed).map((timer) => timer._idleTimeout));
  clearTimeout(own);
};
`;

let workshop: SmallWorkshop;
beforeEach(() => {
  workshop = makeSmallWorkshop({ '01-one/exercise.ts': 'export {};\n', '01-one/step.spec.ts': spec });
  workshop.write('preload.mjs', preload);
});
afterEach(() => workshop.remove());

/** @param place where in the order in which processes got ready */
function readyProcess(place = 0): number {
  return Number(readFileSync(join(workshop.root, 'ready'), 'utf8').split(' ')[place]);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    return false;
  }
}

test('the first process gets ready while global set-up runs', async () => {
  workshop.write(
    'set-up.ts',
    `${waiting} if (!existsSync('ready')) throw new Error('nothing got ready'); return tellTimers; }\n${tellTimers}`,
  );
  const { output, code } = await workshop.run(['run']);

  expect(output).toContain(`process ${readyProcess()}, set later: undefined`);
  expect(output).toMatch(/ms left: .*\b61000\b/);
  // The longest wait for a process. Vitest would not end before it.
  expect(output).not.toMatch(/ms left: .*\b2000\b/);
  expect(code).toBe(0);
});

test('a process without the variables that global set-up sets is not used', async () => {
  workshop.write('set-up.ts', `${waiting} process.env.SET_LATER = 'by set-up'; }\n`);
  const { output, code } = await workshop.run(['run']);

  expect(output).toContain('set later: by set-up');
  expect(output).not.toContain(`process ${readyProcess()},`);
  expect(isAlive(readyProcess())).toBe(false);
  expect(code).toBe(0);
});

test('a process that is discarded while it gets ready disturbs no run', async () => {
  workshop.write(
    'preload.mjs',
    "await new Promise((resolve) => setTimeout(resolve, 5000));\nimport './more.mjs';\n",
  );
  workshop.write('more.mjs', preload);
  workshop.write('set-up.ts', "export default () => { process.env.SET_LATER = 'by set-up'; };\n");
  const { output, code } = await workshop.run(['run']);

  expect(output).toContain('set later: by set-up');
  expect(output).toContain('The step is done.');
  expect(output).not.toMatch(/error/i);
  expect(code).toBe(0);
});

test('a process that never gets ready is replaced by one of Vitest', async () => {
  workshop.write('preload.mjs', `${preload}await new Promise(() => setInterval(() => {}, 1000));\n`);
  workshop.write('set-up.ts', `${waiting} }\n`);
  const { output, code } = await workshop.run(['run']);

  expect(output).toContain('The step is done.');
  expect(output).not.toContain(`process ${readyProcess()},`);
  expect(isAlive(readyProcess())).toBe(false);
  expect(code).toBe(0);
});

test('a run that fails before its first test leaves no process behind', async () => {
  workshop.write('set-up.ts', `${waiting} throw new Error('no set-up'); }\n`);
  const { output, code } = await workshop.run(['run']);

  expect(output).toMatch(/error/i);
  expect(output).toContain('no set-up');
  expect(code).toBe(1);
  expect(isAlive(readyProcess())).toBe(false);
});

test('a run without tests leaves no process behind', async () => {
  const { code } = await workshop.run(['run', 'no-such-step']);

  expect(code).toBe(1);
  if (existsSync(join(workshop.root, 'ready'))) expect(isAlive(readyProcess())).toBe(false);
});

test('no process gets ready early for a run under a debugger', async () => {
  const { output } = await workshop.run(['run', '--inspect']);

  expect(output).toContain('set later: undefined');
  expect(existsSync(join(workshop.root, 'ready'))).toBe(false);

  workshop.write('set-up.ts', `${waiting} }\n`);
  await workshop.run(['run']);
  expect(existsSync(join(workshop.root, 'ready'))).toBe(true);
});

test.for([
  ['a save', 'workshop/01-one/exercise.ts'],
  ['a change of the settings', 'vitest.config.ts'],
])(
  'a process on standby that is killed does not keep Vitest from running after %s',
  async ([, file = '']) => {
    workshop.write('preload.mjs', preload);
    const vitest = await workshop.watch();
    // The first one has run.
    while (!readyProcess(1)) await setTimeout(10);
    const standby = readyProcess(1);
    process.kill(standby, 'SIGKILL');
    while (isAlive(standby)) await setTimeout(10);

    const text = readFileSync(join(workshop.root, file), 'utf8');
    const output = await vitest.save(file, `${text}// Changed.\n`);
    await vitest.stop();
    expect(output).toContain('set later: undefined');
    expect(output).toContain('The step is done.');
    expect(output).not.toMatch(/error/i);
  },
);
