import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { type FixtureWorkshop, shippedExercise } from '../../test/learner/fixture-workshop.ts';
import { recordStepPassed } from '../state/progress-record.ts';
import { runCommandLine } from './command-line.ts';
import { readProgress } from './progress-sheet.ts';
import {
  at,
  exercise,
  makeTwoVersions,
  merged,
  mine,
  savedTo,
  step,
  type TwoVersions,
  theirs,
  updateAll,
} from './testing/two-versions.ts';
import { update } from './update.ts';

let older: FixtureWorkshop;
let newer: FixtureWorkshop;
let versions: TwoVersions;
beforeEach(() => {
  versions = makeTwoVersions();
  ({ older, newer } = versions);
  return versions.remove;
});

describe('steps', () => {
  test('that are new are left as they are', () => {
    rmSync(join(older.root, 'workshop', step), { recursive: true });

    expect(updateAll(versions)).toMatchObject({ isWell: true, ofStep: 'a new step.' });
    expect(newer.read(exercise)).toBe(theirs);
  });

  test('that the new version does not have are reported, and the learner’s exercise is saved', () => {
    rmSync(join(newer.root, 'workshop', step), { recursive: true });
    rmSync(join(newer.root, 'workshop/03-water-the-tree'), { recursive: true });

    const { text } = updateAll(versions);

    expect(text).toContain(`~ Step ${step}: not in this version.\n  Your exercise is in ${savedTo}\n`);
    expect(newer.read(savedTo)).toBe(mine);
    expect(text).toContain('· Step 03-water-the-tree: not in this version. You had not changed it.\n');
  });

  test('with files that can’t be read are reported, and the others brought over', () => {
    older.write('workshop/12-removed/step.spec.ts', '');
    mkdirSync(join(older.root, 'workshop/12-removed/exercise.ts'));
    for (const [folder, name] of [
      [older.root, '01-dig-a-hole/exercise.ts'],
      [newer.root, '03-water-the-tree/exercise.ts.shipped'],
    ] as const) {
      rmSync(join(folder, 'workshop', name));
      if (folder === older.root) mkdirSync(join(folder, 'workshop', name));
    }

    const { isWell, text } = updateAll(versions);

    expect(text).toContain(
      [
        '✘ Step 1, dig a hole: not brought over: EISDIR: illegal operation on a directory, read',
        '  Look at workshop/01-dig-a-hole in both folders, and run this again.',
      ].join('\n'),
    );
    const missing = 'workshop/03-water-the-tree/exercise.ts.shipped';
    expect(text).toContain(`✘ Step 3, water the tree: ${missing} is missing, so `);
    expect(text).toContain('✘ Step 12-removed: not brought over: EISDIR: ');
    expect(newer.read(exercise)).toBe(merged);
    expect(isWell).toBe(false);
  });
});

test('what the commands keep comes along, and nothing of a run', () => {
  recordStepPassed(older.root, step, mine, at);
  older.write(`.workshop/hints/${step}`, '1\n');
  older.write('.workshop/hints/01-dig-a-hole', '2\n');
  older.write('.workshop/saved/01-dig-a-hole/a.ts', 'earlier\r\n');
  older.write('.workshop/progress/.01-dig-a-hole.json.1', '{');
  older.write('.workshop/ledger/run.1.jsonl', '{}\n');
  newer.write('.workshop/hints/01-dig-a-hole', '1\n');

  updateAll(versions);

  expect(readProgress(newer.root).steps[step]).toEqual({
    state: 'changed',
    firstPassedAt: at.toISOString(),
    lastPassedAt: at.toISOString(),
  });
  expect(newer.read(`.workshop/hints/${step}`)).toBe('1\n');
  expect(newer.read('.workshop/hints/01-dig-a-hole')).toBe('1\n');
  expect(newer.read('.workshop/saved/01-dig-a-hole/a.ts')).toBe('earlier\r\n');
  expect(() => newer.read('.workshop/progress/.01-dig-a-hole.json.1')).toThrow('ENOENT');
  expect(() => newer.read('.workshop/ledger/run.1.jsonl')).toThrow('ENOENT');
});

describe('the older folder', () => {
  const howTo =
    'Run this in the folder of the new version, and name your older one: npm run update -- ../older-folder';

  test('is doubted if every exercise there is as shipped', () => {
    const { isWell, text } = updateAll({ ...versions, older: newer, newer: older });
    expect(text).toContain(
      `Every exercise in ${newer.root} is as shipped. If that is not your older folder: `,
    );
    expect(isWell).toBe(true);
    expect(older.read(exercise)).toBe(mine);

    expect(updateAll(versions).text).toContain(
      `${older.root} is as it was. Go on in this folder: npx vitest`,
    );
  });

  test.each([
    ['no name', () => [], () => 'Name one folder.'],
    ['two names', () => ['a', 'b'], () => 'Name one folder.'],
    ['a missing folder', () => ['nowhere'], () => `There is no folder ${join(newer.root, 'nowhere')}.`],
    ['this folder', () => ['.'], () => `${newer.root} is the folder of this version itself.`],
    [
      'a folder without a workshop',
      () => ['workshop'],
      () =>
        `${join(newer.root, 'workshop')} has no workshop: no folder of workshop/ in it has a step.spec.ts.`,
    ],
    [
      'a file',
      () => [exercise],
      () => `${join(newer.root, exercise)} has no workshop: no folder of workshop/ in it has a step.spec.ts.`,
    ],
  ])('is asked for: %s', (_, typed, message) => {
    expect(() => update(newer.root, typed(), at, () => {})).toThrow(`${message()} ${howTo}`);
    expect(newer.read(exercise)).toBe(theirs);
  });

  test('may be relative to the project', async () => {
    newer.write('older/workshop/01-dig-a-hole/step.spec.ts', '');
    newer.write('older/workshop/01-dig-a-hole/exercise.ts', 'mine');
    newer.write('older/workshop/01-dig-a-hole/exercise.ts.shipped', shippedExercise('01-dig-a-hole'));

    await runCommandLine(['node', 'main.ts', 'update', 'older'], newer.root, () => {});

    expect(newer.read('workshop/01-dig-a-hole/exercise.ts')).toBe('mine');
  });
});
