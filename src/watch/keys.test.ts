import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import picocolors from 'picocolors';
import { beforeEach, expect, test } from 'vitest';
import { renderKeys } from '../report/render.ts';
import { hintsShown } from '../state/hints-shown.ts';
import { KeysUnderTest, show } from './testing/keys-under-test.ts';

let keys: KeysUnderTest;
beforeEach(() => {
  keys = new KeysUnderTest();
  return () => keys.remove();
});

test('the key ? lists every key once, and those below the steps are among them', async () => {
  keys.start();
  const list = await keys.answerTo('?');
  const listed = [...list.matchAll(/^ (\S+) {2}\S/gm)].map(([, key]) => key);

  expect(listed).toEqual(['i', 'l', 'd', 'o', '?', 'a', 'h', 'q']);
  const page = { colors: picocolors.createColors(false), width: 80, hasKeyboard: true };
  const [line = ''] = renderKeys(page);
  const shown = [...line.matchAll(/[.·] (\S) /g)].map(([, key]) => key);
  expect(shown).toEqual(['i', 'l', '?']);
  expect(listed).toEqual(expect.arrayContaining(shown));
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
  const reporter = keys.start();
  reporter.onTestRunStart();
  show('01-dig-a-hole');
  keys.press('i', 'i');
  expect(keys.printed).toEqual([' The key i waits until this run ends.']);
  // The run that a save has ended starts again.
  keys.changedTests.add('02');
  reporter.onTestRunEnd([], [], 'interrupted');
  await reporter.onWatcherStart();
  keys.changedTests.clear();
  reporter.onTestRunStart();
  const address = await keys.openConsole();
  expect(keys.opened).toEqual([address]);

  show('02-plant-a-tree');
  reporter.onTestRunEnd([], [], 'failed');
  await reporter.onWatcherStart();
  expect(keys.printed.at(-1)).toContain('(o opens it)');
  expect(await keys.nextAnswer()).toContain('Step 2, plant a tree  hint 1 of 2');
  await reporter.onWatcherStart();
  expect(await keys.answerTo('?')).toContain('lists these keys');
  expect(keys.printed).toHaveLength(6);
  expect(hintsShown(keys.workshop.root, '01-dig-a-hole')).toBe(0);
});

test('what is typed into a filter opens nothing', async () => {
  const reporter = keys.start();

  keys.press('p', 'f', 'o', 'o', 'return');
  keys.press('t', 'o', 'escape');
  keys.press('t', 'o');
  keys.keyboard.emit('keypress', '\u0003', { name: 'c', ctrl: true });
  const address = await keys.openConsole();
  expect(keys.opened).toEqual([address]);
  // While steps run, Vitest has no filters.
  reporter.onTestRunStart();
  keys.press('p');
  await keys.openConsole();
  expect(keys.opened).toHaveLength(2);
});

test.each([
  ['when Vitest does not watch', false, true],
  ['without a keyboard', true, false],
])('there is no key %s', (_when, watch, isTTY) => {
  keys.keyboard.isTTY = isTTY;
  keys.start(watch);
  expect(keys.keyboard.listenerCount('keypress')).toBe(0);

  keys.keyboard.isTTY = true;
  void keys.close();
  keys.start();
  expect(keys.keyboard.listenerCount('keypress')).toBe(1);
});
