import { EventEmitter } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import picocolors from 'picocolors';
import { beforeEach, expect, test, vi } from 'vitest';
import type { Vitest } from 'vitest/node';
import { type FixtureWorkshop, makeFixtureWorkshop, solution } from '../../test/learner/fixture-workshop.ts';
import { shownChannel } from '../report/model.ts';
import { renderKeys } from '../report/render.ts';
import { withLocalAws } from '../run/target.ts';
import { hintsShown } from '../state/hints-shown.ts';
import { recordStepPassed } from '../state/progress-record.ts';
import Keys from './keys.ts';

let keyboard: EventEmitter & { isTTY: boolean };
let opened: string[];
let printed: string[];
let close: () => Promise<void>;
let provided: object;
let workshop: FixtureWorkshop;
/** The specs that Vitest is about to run. */
let changedTests: Set<string>;

/** Starts a reporter in a Vitest that watches, or doesn't. */
function startVitest(watch = true): Keys {
  const closers: (() => Promise<void>)[] = [];
  const vitest = {
    config: { watch, root: workshop.root },
    logger: { log: (line: string) => printed.push(line) },
    watcher: { changedTests },
    getProvidedContext: () => provided,
    onClose: (closer: () => Promise<void>) => closers.push(closer),
  };
  close = async () => {
    for (const closer of closers) await closer();
  };
  const reporter = new Keys(undefined, keyboard, (address) => {
    opened.push(address);
  });
  reporter.onInit(vitest as unknown as Vitest);
  return reporter;
}

beforeEach(() => {
  keyboard = Object.assign(new EventEmitter(), { isTTY: true });
  [opened, printed] = [[], []];
  provided = {
    run: {
      ...{ name: 'ada', outputFolder: '/nowhere/ada', scratchFolder: '/nowhere', root: '/nowhere' },
      cloudTrail: { timeoutSeconds: 20, quietSeconds: 0.05 },
    },
  };
  [workshop, changedTests] = [makeFixtureWorkshop(), new Set()];
  return async () => {
    await close();
    workshop.remove();
  };
});

/** As Node's readline, which names letters and the like, but no other character. */
const press = (...names: string[]) => {
  for (const name of names) keyboard.emit('keypress', name, /\w/.test(name) ? { name } : { sequence: name });
};

async function pressAndSee(...names: string[]): Promise<string> {
  const answer = nextAnswer();
  press(...names);
  await answer;
  return opened.at(-1) ?? '';
}

/** Waits for the next text that is printed. */
async function nextAnswer(): Promise<string> {
  const before = printed.length;
  await vi.waitFor(() => expect(printed.length).toBeGreaterThan(before));
  return stripVTControlCharacters(printed.at(-1) ?? '');
}

function answerTo(key: string): Promise<string> {
  const answer = nextAnswer();
  press(key);
  return answer;
}

/** The terminal shows this step as the next thing to do, and these as having turned green. */
function show(next?: string, ...turnedGreen: string[]): void {
  const step = (name: string) => ({
    number: Number.parseInt(name, 10),
    name,
    title: name.slice(3).replaceAll('-', ' '),
  });
  shownChannel.publish({
    view: {
      steps: [],
      next: next && { step: step(next) },
      turnedGreen: turnedGreen.map((name) => ({ step: step(name) })),
    },
  });
}

function finish(step: string, at: string, exercise = `${solution(step)}// my own\n`): void {
  workshop.write(`workshop/${step}/exercise.ts`, exercise);
  recordStepPassed(workshop.root, step, exercise, new Date(at));
}

/** The address that works more than once. */
const printedAddress = () => printed[0]?.trim().replace('Console: ', '') ?? '';

/** Reads a page of the console as a browser does. */
async function read(address: string, path: string): Promise<string> {
  const { headers } = await fetch(address, { redirect: 'manual' });
  const [cookie = ''] = headers.getSetCookie();
  return (await fetch(new URL(path, address), { headers: { cookie } })).text();
}

test('the key o starts one console, and shows the keys of the run, until Vitest ends', () =>
  withLocalAws({}, async () => {
    startVitest();
    const { KeyMetadata } = await new KMSClient().send(new CreateKeyCommand());

    const opening = await pressAndSee('o');
    expect(await read(opening, '/keys')).toContain(KeyMetadata?.KeyId);
    // Other users can see the command that opens the browser.
    expect(await read(opening, '/keys')).toContain('The token is missing or wrong.');
    const address = printedAddress();
    for (const _again of [1, 2]) expect(await read(address, '/keys')).toContain(KeyMetadata?.KeyId);
    expect(new URL(await pressAndSee('o')).origin).toBe(new URL(address).origin);

    expect([keyboard.listenerCount('keypress'), shownChannel.hasSubscribers]).toEqual([1, true]);
    await close();
    await expect(fetch(address)).rejects.toThrow();
    // Vitest may go on, with another reporter.
    expect([keyboard.listenerCount('keypress'), shownChannel.hasSubscribers]).toEqual([0, false]);
  }));

test('the console shows the steps as the terminal does, but no value: it may be a plaintext', async () => {
  startVitest();
  await pressAndSee('o');
  const step = {
    number: 2,
    name: '02-plant',
    title: 'Plant',
    tests: { passed: 0, total: 1 },
    state: 'wrong',
  };
  const [test, secret] = ['the tree stands', 'Dear Ada'];
  const pageAfter = (failure: object) => {
    shownChannel.publish({
      view: { steps: [{ ...step, todos: { left: 1, total: 2 }, failure }], turnedGreen: [] },
    });
    return read(printedAddress(), '/steps/02-plant');
  };

  const wrong = { kind: 'wrong', test, sentence: 'It lies.', detail: secret, difference: [secret] };
  const page = await pageAfter({ ...wrong, expected: secret, got: secret });
  for (const text of ['2. Plant', 'wrong', '1 of 2 TODOs left', '✘ the tree stands', 'It lies.'])
    expect(page).toContain(text);
  expect(page).not.toContain(secret);

  const error = await pageAfter({ kind: 'error', name: secret, message: secret, test });
  expect(error).toContain('The terminal shows its message.');
  expect(error).not.toContain(secret);
  expect(await pageAfter({ kind: 'todo', title: 'TODO 1: dig' })).toContain('Step 2, TODO 1: dig');
});

test('without a run, nothing is started', async () => {
  provided = {};
  startVitest();

  expect(await answerTo('o')).toBe(' There is no console, because the run could not be set up.\n');
  expect(opened).toEqual([]);
});

test('a step that waits for CloudTrail says so, as in the terminal', async () => {
  startVitest();
  await pressAndSee('o');
  const steps = [4, 5].map((number) => ({
    number,
    name: `0${number}-step`,
    title: 'Step',
    state: 'running',
  }));
  const status = { kind: 'waiting', step: steps[0], message: 'look 3, 1.2 s' };
  shownChannel.publish({ view: { steps, turnedGreen: [] }, status });

  expect(await read(printedAddress(), '/steps/04-step')).toContain('waits: look 3, 1.2 s');
  expect(await read(printedAddress(), '/steps/05-step')).not.toContain('waits');
});

test('a console that can not start is said to be, and the next try starts', async () => {
  startVitest();
  vi.spyOn(Server.prototype, 'listen').mockImplementationOnce(function (this: Server) {
    queueMicrotask(() => this.emit('error', new Error('no port is left')));
    return this;
  });

  press('o');
  await vi.waitFor(() => expect(printed).toEqual([" The console can't start: no port is left\n"]));
  expect(await read(await pressAndSee('o'), '/steps')).toContain('No steps yet');
});

test('the key i gives one more hint of the step that is shown as the next, and remembers it as npm run hint does', async () => {
  startVitest();
  show('02-plant-a-tree');

  const first = await answerTo('i');
  expect(first).toMatch(/^ Step 2, plant a tree {2}hint 1 of 2: A nudge\n\n {3}Think of a \*spade\*\./);
  expect(first).toMatch(/\n 1 more: press i\n$/);
  expect(hintsShown(workshop.root, '02-plant-a-tree')).toBe(1);
  expect((await workshop.run(['hint', '2'])).stdout).toContain('hint 2 of 2');
  expect(await answerTo('i')).toContain('All 2 hints of step 2 were shown.');
});

test('before a step is shown, the keys mean the first that is not done', async () => {
  startVitest();
  finish('01-dig-a-hole', '2026-11-24T10:00:00.000Z');
  expect(await answerTo('i')).toContain('Step 2, plant a tree  hint 1');

  finish('02-plant-a-tree', '2026-11-24T11:00:00.000Z');
  expect(await answerTo('l')).toContain('Step 3, water the tree');
  finish('03-water-the-tree', '2026-11-24T12:00:00.000Z');
  expect(await answerTo('i')).toContain('Every step is done.');
  expect(await answerTo('l')).toContain('Nothing is left to do.');
});

test('the key l shows the lesson without the answer to its question', async () => {
  startVitest();
  show('01-dig-a-hole');
  workshop.write(
    'workshop/01-dig-a-hole/README.md',
    '# dig a hole\n\nA **spade** digs.\n\n## The question\n\nHow deep?\n\n## What you learned\n\nTwo feet.\n',
  );

  expect(await answerTo('l')).toBe(` Step 1, dig a hole  lesson

   A spade digs.

   The question

   How deep?

 The lesson of step 1 in an editor: workshop/01-dig-a-hole/README.md
`);
});

test('the key d compares the step that turned green last, or else the one that was done last', async () => {
  startVitest();
  expect(await answerTo('d')).toContain('No step is done yet.');

  // Progress of an earlier day. The steps may be done in any order.
  finish('03-water-the-tree', '2026-11-24T10:00:00.000Z');
  finish('01-dig-a-hole', '2026-11-24T11:00:00.000Z');
  expect(await answerTo('d')).toMatch(/^ Step 1, dig a hole\n - .*\n \+ .*\n\n(.*\n)* -\/\/ my own\n/);

  finish('03-water-the-tree', '2026-11-24T12:00:00.000Z');
  show('02-plant-a-tree', '03-water-the-tree');
  show('02-plant-a-tree');
  expect(await answerTo('d')).toContain(' Step 3, water the tree\n');

  workshop.write(
    'workshop/03-water-the-tree/exercise.ts',
    workshop.read('workshop/03-water-the-tree/exercise.ts.shipped'),
  );
  expect(await answerTo('d')).toContain(' Step 3 is not done yet, and the difference shows the solution.');
});

test('the key ? lists every key once, and those below the steps are among them', async () => {
  startVitest();
  const list = await answerTo('?');
  const keys = [...list.matchAll(/^ (\S+) {2}\S/gm)].map(([, key]) => key);

  expect(keys).toEqual(['i', 'l', 'd', 'o', '?', 'a', 'h', 'q']);
  const page = { colors: picocolors.createColors(false), width: 80 };
  const [, line = ''] = renderKeys(page);
  const shown = line.split(' · ').map((part) => part.trim().split(' ')[0]);
  expect(shown).toEqual(['i', 'l', 'o', '?']);
  expect(keys).toEqual(expect.arrayContaining(shown));
});

test('none of the keys is one of Vitest, as its code has them', () => {
  const chunks = fileURLToPath(new URL('../../node_modules/vitest/dist/chunks/', import.meta.url));
  const source = readdirSync(chunks)
    .map((name) => readFileSync(`${chunks}${name}`, 'utf8'))
    .find((text) => text.includes('function registerConsoleShortcuts('));
  const [, table = ''] = /const keys = \[\n(.*?)\n\];/s.exec(source ?? '') ?? [];
  const handler = source?.split('function registerConsoleShortcuts(')[1]?.split('function cleanup')[0] ?? '';
  const taken = [
    ...[...table.matchAll(/"(\w+)"[\],]/g)].map(([, name]) => name),
    ...[...handler.matchAll(/name === "(\w+)"/g)].map(([, name]) => name),
  ];

  for (const key of ['a', 'return', 'f', 'h', 'p', 'q', 'r', 't', 'u', 'w']) expect(taken).toContain(key);
  for (const key of ['i', 'l', 'd', 'o', '?']) expect(taken).not.toContain(key);
});

test('a key that is pressed while steps run is answered once, after the run', async () => {
  const keys = startVitest();
  keys.onTestRunStart();
  show('01-dig-a-hole');
  press('i', 'i');
  expect(printed).toEqual([' The answer to the key i follows this run.']);
  // The run that a save has ended starts again.
  changedTests.add('02');
  keys.onTestRunEnd([], [], 'interrupted');
  keys.onWatcherStart();
  changedTests.clear();
  keys.onTestRunStart();
  const address = await pressAndSee('o');
  expect(opened).toEqual([address]);

  show('02-plant-a-tree');
  keys.onTestRunEnd([], [], 'failed');
  const answer = nextAnswer();
  keys.onWatcherStart();
  expect(await answer).toContain('Step 2, plant a tree  hint 1 of 2');
  keys.onWatcherStart();
  expect(await answerTo('?')).toContain('lists these keys');
  expect(printed).toHaveLength(4);
  expect(hintsShown(workshop.root, '01-dig-a-hole')).toBe(0);
});

test('a key that has no answer says why', async () => {
  startVitest();
  show('01-dig-a-hole');
  workshop.write('workshop/01-dig-a-hole/hints.md', '');

  expect(await answerTo('i')).toBe(
    ' ✘ Step 1 has no hints: workshop/01-dig-a-hole/hints.md has no section "## ...".\n',
  );
});

test('what is typed into a filter opens nothing', async () => {
  const reporter = startVitest();

  press('p', 'f', 'o', 'o', 'return');
  press('t', 'o', 'escape');
  press('t', 'o');
  keyboard.emit('keypress', '\u0003', { name: 'c', ctrl: true });
  const address = await pressAndSee('o');
  expect(opened).toEqual([address]);
  // While steps run, Vitest has no filters.
  reporter.onTestRunStart();
  press('p');
  await pressAndSee('o');
  expect(opened).toHaveLength(2);
});

test.each([
  ['when Vitest does not watch', false, true],
  ['without a keyboard', true, false],
])('there is no key %s', (_when, watch, isTTY) => {
  keyboard.isTTY = isTTY;
  startVitest(watch);
  expect(keyboard.listenerCount('keypress')).toBe(0);

  keyboard.isTTY = true;
  void close();
  startVitest();
  expect(keyboard.listenerCount('keypress')).toBe(1);
});
