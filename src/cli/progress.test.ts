import { beforeEach, expect, test } from 'vitest';
import { type FixtureWorkshop, makeFixtureWorkshop, solution } from '../../test/learner/fixture-workshop.ts';
import { rememberLacks } from '../state/lacks-record.ts';
import { recordStepPassed } from '../state/progress-record.ts';
import { progressSheetSchema } from './progress-sheet.ts';
import { complaintOf, outputOf } from './testing/command-output.ts';

const exercise = 'workshop/02-plant-a-tree/exercise.ts';

let workshop: FixtureWorkshop;
beforeEach(() => {
  workshop = makeFixtureWorkshop();
  workshop.write('workshop/01-dig-a-hole/exercise.ts', 'mine');
  recordStepPassed(workshop.root, '01-dig-a-hole', 'mine', new Date('2026-11-24T22:20:55Z'));
  workshop.write(exercise, solution('02-plant-a-tree'));
  return workshop.remove;
});

test('progress is shown as text', async () => {
  const lines = (await outputOf(workshop.root, ['progress'])).split('\n');
  expect(lines.slice(0, 4)).toEqual([
    expect.stringMatching(/^ The workshop .* {2}1 of 3 steps done$/),
    expect.stringMatching(/^ ✔ {2}1 {2}dig a hole {6}done {5}2026-11-2\d \d\d:\d\d$/),
    ' ↷  2  plant a tree    skipped  the reference is in its place',
    ' ○  3  water the tree  to do',
  ]);
  expect(lines[5]).toBe(' Next: step 3, water the tree.');
});

test('shows when a step passed that has changed since', async () => {
  workshop.write('workshop/01-dig-a-hole/exercise.ts', 'changed');

  expect(await outputOf(workshop.root, ['progress'])).toMatch(
    /\n ~ {2}1 {2}dig a hole {6}changed {2}passed [-\d]{10} [:\d]{5}\n/,
  );
});

test('keeps a step to one line, however narrow the terminal is', async () => {
  const { columns } = process.stdout;
  process.stdout.columns = 34;
  try {
    const [, first, second] = (await outputOf(workshop.root, ['progress'])).split('\n');
    expect(first).toMatch(/^ ✔ {2}1 {2}dig a hole {6}done {5}2…$/);
    expect(second).toBe(' ↷  2  plant a tree    skipped  t…');
  } finally {
    process.stdout.columns = columns;
  }
});

test('counts the steps after the fifth apart, and says when the workshop is done', async () => {
  for (const name of ['04-pick', '05-eat', '06-bake']) workshop.write(`workshop/${name}/step.spec.ts`, '');
  const names = ['02-plant-a-tree', '03-water-the-tree', '04-pick', '05-eat'];
  for (const name of names) {
    expect(await outputOf(workshop.root, ['progress'])).not.toContain('You have done the workshop.');
    workshop.write(`workshop/${name}/exercise.ts`, 'mine');
    recordStepPassed(workshop.root, name, 'mine', new Date('2026-11-24T22:20:55Z'));
  }
  const text = await outputOf(workshop.root, ['progress']);
  expect(text).toMatch(/\n\n Going further .* {2}0 of 1 step done\n ○ {2}6 {2}Bake /);
  expect(text).toMatch(
    /\n\n You have done the workshop\. What you have learned: docs\/recap\.md\n Next: step 6, Bake\.\n$/,
  );

  workshop.write('sheet.json', await outputOf(workshop.root, ['progress', '--json']));
  expect(await outputOf(workshop.root, ['progress', 'sheet.json'])).toMatch(
    /\n\n You have done the workshop\. .+\n$/,
  );
});

test('shows the steps that were not possible in the last run', async () => {
  for (const step of ['01-dig-a-hole', '03-water-the-tree'])
    workshop.write(`workshop/${step}/needs.json`, '["cloudtrail:LookupEvents"]');
  rememberLacks(workshop.root, [{ need: 'cloudtrail:LookupEvents', why: '501' }]);

  const lines = (await outputOf(workshop.root, ['progress'])).split('\n');
  expect(lines.slice(0, 4)).toEqual([
    expect.stringMatching(/^ The workshop .* {2}1 of 2 steps done, 1 not possible here$/),
    expect.stringMatching(/^ ✔ {2}1 {2}dig a hole {6}done /),
    ' ↷  2  plant a tree    skipped  the reference is in its place',
    ' ∅  3  water the tree  not possible here',
  ]);
  expect(lines[5]).toBe(
    ' Nothing is left to do here. All steps are possible on the local AWS: unset WORKSHOP_TARGET.',
  );

  const sheet = progressSheetSchema.parse(JSON.parse(await outputOf(workshop.root, ['progress', '--json'])));
  expect(sheet.steps['03-water-the-tree']?.state).toBe('to do');
});

test('ignores an unreadable record of missing operations', async () => {
  workshop.write('workshop/03-water-the-tree/needs.json', '["cloudtrail:LookupEvents"]');
  workshop.write('.workshop/lacks.json', '[{"need":"cloudtr');

  expect(await outputOf(workshop.root, ['progress'])).toContain(' ○  3  water the tree  to do');
});

test('progress is printed as a sheet', async () => {
  const sheet = progressSheetSchema.parse(JSON.parse(await outputOf(workshop.root, ['progress', '--json'])));
  const passedAt = '2026-11-24T22:20:55.000Z';
  expect(sheet.steps).toEqual({
    '01-dig-a-hole': { state: 'done', firstPassedAt: passedAt, lastPassedAt: passedAt },
    '02-plant-a-tree': { state: 'skipped', firstPassedAt: null, lastPassedAt: null },
    '03-water-the-tree': { state: 'to do', firstPassedAt: null, lastPassedAt: null },
  });
});

test('progress of two computers is merged, even with the lines that npm run prints', async () => {
  const here = await outputOf(workshop.root, ['progress', '--json']);
  workshop.write('here.json', `\n> workshop@1.0.0 progress\n> node start.js progress --json\n\n${here}`);
  await outputOf(workshop.root, ['reset', '1']);
  await outputOf(workshop.root, ['solve', '3']);
  workshop.write('there.json', await outputOf(workshop.root, ['progress', '--json']));

  const merged = JSON.parse(await outputOf(workshop.root, ['progress', 'here.json', 'there.json', '--json']));
  const states = Object.values(progressSheetSchema.parse(merged).steps).map(({ state }) => state);
  expect(states).toEqual(['done', 'skipped', 'skipped']);
  expect(await outputOf(workshop.root, ['progress', 'here.json', 'there.json'])).toContain(
    '1 of 3 steps done',
  );
});

test.each([
  ['no JSON', 'hello', /^sheet\.json is not a progress sheet\. Make one with: npm run --silent progress/],
  ['another JSON', '{"version":1,"steps":{"01-a":{"state":"finished"}}}', /steps\["01-a"\]\.state/],
])('progress of a file with %s is refused', async (_what, text, complaint) => {
  workshop.write('sheet.json', text);
  expect(await complaintOf(workshop.root, ['progress', 'sheet.json'])).toMatch(complaint);
});

test.each(['3', '03-water-the-tree'])('progress of step %s alone is refused', async (step) => {
  expect(await complaintOf(workshop.root, ['progress', step])).toBe(
    'progress shows all steps and takes no step name: npm run progress',
  );
});

test('progress of a sheet that PowerShell 5 wrote is read: UTF-16', async () => {
  const sheet = Buffer.from(`\uFEFF${await outputOf(workshop.root, ['progress', '--json'])}`, 'utf16le');
  workshop.write('sheet.json', sheet);
  expect(await outputOf(workshop.root, ['progress', 'sheet.json'])).toContain('1 of 3 steps done');
});

test('progress of a missing file is refused', async () => {
  expect(await complaintOf(workshop.root, ['progress', 'nowhere.json'])).toMatch(
    /^nowhere\.json can't be read: ENOENT/,
  );
});
