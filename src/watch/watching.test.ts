import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  makeSmallWorkshop,
  type SmallWorkshop,
  type WatchingVitest,
} from '../report/testing/small-workshop.ts';

// Each test starts Vitest, and waits for several runs.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** Says that it runs, in which process, what the library says, and whether an earlier run left something behind. */
const spec = (step: string) => `
import { test } from 'vitest';
import { library } from '../../library.ts';
import * as exercise from './exercise.ts';

test('runs', async () => {
  await exercise.run?.();
  console.log('ran ${step}, library %s, left %s, process %s', library, globalThis.left ?? 'nothing', process.pid);
});
`;

const files: Record<string, string> = {};
for (const step of ['01-one', '02-two', '03-three']) {
  files[`${step}/exercise.ts`] = 'export {};\n';
  files[`${step}/step.spec.ts`] = spec(step);
}

let workshop: SmallWorkshop;
let vitest: WatchingVitest;

beforeEach(async () => {
  workshop = makeSmallWorkshop(files);
  workshop.write('library.ts', "export const library = 'one';\n");
  vitest = await workshop.watch();
});

afterEach(async () => {
  await vitest.stop();
  workshop.remove();
});

function saveStep2(text: string): Promise<string> {
  return vitest.save('workshop/02-two/exercise.ts', text);
}

test('a save reruns its step and the later ones, in their order, and nothing else; the third that fails in a row offers a hint', async () => {
  const output = await saveStep2('export const changed = true;\n');

  expect(output.match(/ran \S+(?=,)/g)).toEqual(['ran 02-two', 'ran 03-three']);

  const failing = (save: number) => `export function run() { throw new Error('save ${save}'); }\n`;
  for (const save of [1, 2]) expect(await saveStep2(failing(save))).not.toContain('in a row');
  // There is no keyboard, so no key is named.
  const third = await saveStep2(failing(3));
  expect(third).toContain('This has failed 3 times in a row. For a hint: npm run hint -- 2\n');
  expect(third).not.toContain('gives a hint');
});

test('each run has a process of its own: what an exercise leaves behind is gone at the next save', async () => {
  const left = await saveStep2("Object.assign(globalThis, { left: 'a mess' });\n");
  const gone = await saveStep2('export {};\n');

  expect(left).toContain('ran 03-three, library one, left a mess');
  expect(gone).toContain('ran 03-three, library one, left nothing');
  const [first, second] = [left, gone].map((output) => /process (\d+)/.exec(output)?.[1]);
  expect(first).not.toBe(second);
});

test('a process that is ready does not run an outdated version of a changed file', async () => {
  // As a reference that other references import, in the mode that runs the references.
  workshop.write('library.ts', "export { library } from './workshop/02-two/exercise.ts';\n");
  await saveStep2("export const library = 'one';\n");

  for (const version of ['two', 'three']) {
    const output = await saveStep2(`export const library = '${version}';\n`);
    expect(output.match(/ran \S+ library \S+(?=,)/g)).toEqual([
      `ran 02-two, library ${version}`,
      `ran 03-three, library ${version}`,
    ]);
  }
});

test('a process that can not get ready keeps nobody from going on', async () => {
  const ends = "process.kill(process.pid, 'SIGKILL');\n";
  const isNotUnderstood = 'this is no TypeScript\n';
  for (const preload of [ends, isNotUnderstood]) {
    workshop.write('preload.mjs', preload);
    // The process for this run was ready before.
    await saveStep2(`export const before = ${JSON.stringify(preload)};\n`);

    const output = await saveStep2(`export const after = ${JSON.stringify(preload)};\n`);
    expect(output, preload).toContain('3 of 3 steps done');
  }
});

// It writes past the console, which a loop without end keeps from being flushed.
const endless = (body: string) =>
  `import { existsSync, writeFileSync, writeSync } from 'node:fs';
   export async function run() { writeSync(1, 'endless'); ${body} }\n`;

test('a save restarts a run that waits forever or loops forever', async () => {
  for (const body of ['await new Promise(() => {});', 'for (;;) ;']) {
    await vitest.saveUntil('workshop/02-two/exercise.ts', endless(body), 'endless');

    const output = await saveStep2('export const changed = true;\n');
    expect(output.match(/ran \S+(?=,)/g), body).toEqual(['ran 02-two', 'ran 03-three']);
    expect(output).toContain('3 of 3 steps done');
  }
});

test('steps that an interrupted run had not reached run again, even if another step was saved', async () => {
  const once = "if (!existsSync('once')) { writeFileSync('once', ''); await new Promise(() => {}); }";
  await vitest.saveUntil('workshop/01-one/exercise.ts', endless(once), 'endless');

  const output = await vitest.save('workshop/03-three/exercise.ts', 'export const changed = true;\n');
  expect(output.match(/ran \S+(?=,)/g)).toEqual(['ran 01-one', 'ran 02-two', 'ran 03-three']);
  expect(output).toContain('3 of 3 steps done');
});
