import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import {
  type FixtureWorkshop,
  makeFixtureWorkshop,
  shippedExercise,
  solution,
} from '../../test/learner/fixture-workshop.ts';
import { rememberLacks } from '../state/lacks-record.ts';
import { recordStepPassed } from '../state/progress-record.ts';
import { runCommandLine } from './command-line.ts';
import { progressSheetSchema } from './progress-sheet.ts';

const exercise = 'workshop/02-plant-a-tree/exercise.ts';

let workshop: FixtureWorkshop;
beforeEach(() => {
  workshop = makeFixtureWorkshop();
  return workshop.remove;
});

/** Returns the output of a command, without colours. */
async function outputOf(args: string[]): Promise<string> {
  let output = '';
  const print = (text: string) => {
    output += `${text}\n`;
  };
  const help = vi.spyOn(console, 'info').mockImplementation(print);
  try {
    await runCommandLine(['node', 'main.ts', ...args], workshop.root, print);
  } finally {
    help.mockRestore();
  }
  return stripVTControlCharacters(output);
}

/** Returns the error message of a command. */
async function complaintOf(args: string[]): Promise<string> {
  const complaint = await outputOf(args).catch((error: Error) => error);
  expect(complaint).toBeInstanceOf(Error);
  return (complaint as Error).message;
}

describe('hint', () => {
  test('gives one more level each time, remembers it, and says how many are left', async () => {
    const first = await outputOf(['hint', '2']);
    expect(first).toContain('Step 2, plant a tree  hint 1 of 2: A nudge\n\n  Think of a *spade*.');
    expect(first).toContain('1 more: npm run hint -- 2');

    const second = await outputOf(['hint', '02-plant-a-tree']);
    expect(second).toContain('hint 2 of 2: Nearly the code');
    expect(second).toContain('    ## not a heading\n');
    expect(second).not.toContain('spade');
    expect(second).toContain('That was the last hint. To use the reference: npm run solve -- 2');

    expect(await outputOf(['hint', 'plant'])).toBe(
      'All 2 hints of step 2 were shown.\n' +
        '  to read them again       npm run hint -- 2 --again\n' +
        '  the reference instead    npm run solve -- 2\n',
    );
  });

  test('shows only the earlier hints again', async () => {
    expect(await outputOf(['hint', '2', '--again'])).toContain('No hint of step 2 was shown yet');
    await outputOf(['hint', '2']);
    const again = await outputOf(['hint', '2', '--again']);
    expect(again).toContain('A nudge');
    expect(again).not.toContain('Nearly the code');
  });

  test('is about the next step to do when none is named', async () => {
    expect(await outputOf(['hint'])).toContain('Step 1, dig a hole');
    workshop.write('workshop/01-dig-a-hole/exercise.ts', 'mine');
    recordStepPassed(workshop.root, '01-dig-a-hole', 'mine', new Date());
    expect(await outputOf(['hint'])).toContain('Step 2, plant a tree');
    await outputOf(['solve', '1', '2', '3']);
    expect(await outputOf(['hint'])).toBe(
      'Every step is done. For the hints of one, name it: npm run hint -- 2\n',
    );
  });

  test('leaves out a step that was not possible', async () => {
    workshop.write('workshop/01-dig-a-hole/needs.json', '["cloudtrail:LookupEvents"]');
    rememberLacks(workshop.root, [{ need: 'cloudtrail:LookupEvents', why: '501' }]);
    expect(await outputOf(['hint'])).toContain('Step 2, plant a tree');

    await outputOf(['solve', '2', '3']);
    expect(await outputOf(['hint'])).toContain('Every step that is possible here is done.');
    expect(await outputOf(['hint', '1'])).toContain('Step 1, dig a hole');

    rememberLacks(workshop.root, []);
    expect(await outputOf(['hint'])).toContain('Step 1, dig a hole');
  });

  test('is for one step at a time', async () => {
    expect(await complaintOf(['hint', '2', '3'])).toBe('Name one step at a time: npm run hint -- 2');
  });

  test('says when a step has none', async () => {
    workshop.write('workshop/01-dig-a-hole/hints.md', '# Hints\n');
    expect(await complaintOf(['hint', '1'])).toBe(
      'Step 1 has no hints: workshop/01-dig-a-hole/hints.md has no section "## ...".',
    );
  });
});

describe('reset and solve', () => {
  test("put the texts in place and say where the learner's version was saved", async () => {
    workshop.write(exercise, 'my work');
    const solved = await outputOf(['solve', '2']);
    expect(solved).toContain(`✔ Step 2, plant a tree: ${exercise} is the reference solution.`);
    const saved = /Your version is in (\S+)/.exec(solved)?.[1] ?? '';
    expect(saved).toMatch(/^\.workshop\/saved\/02-plant-a-tree\/\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.ts$/);
    expect(workshop.read(saved)).toBe('my work');
    expect(workshop.read(exercise)).toBe(solution('02-plant-a-tree'));

    expect(await outputOf(['reset', '2'])).toBe(`✔ Step 2, plant a tree: ${exercise} is as shipped.\n`);
    expect(workshop.read(exercise)).toBe(shippedExercise('02-plant-a-tree'));
    expect(await outputOf(['reset', '2'])).toBe(
      `✔ Step 2, plant a tree: ${exercise} is as shipped already.\n`,
    );
  });

  test('leave other steps alone', async () => {
    workshop.write('workshop/01-dig-a-hole/exercise.ts', 'my work');
    await outputOf(['solve', '2', '3']);
    await outputOf(['reset', '2', '3']);
    expect(workshop.read('workshop/01-dig-a-hole/exercise.ts')).toBe('my work');
  });

  test('start the hints again on reset', async () => {
    await outputOf(['hint', '2']);
    await outputOf(['reset', '2']);
    expect(await outputOf(['hint', '2'])).toContain('hint 1 of 2');
  });

  test.each(['reset', 'solve'])('%s asks for a step', async (command) => {
    expect(await complaintOf([command])).toBe(
      `Which step? Name one or more: npm run ${command} -- 1\n` +
        'The steps are:\n  1  01-dig-a-hole\n  2  02-plant-a-tree\n  3  03-water-the-tree',
    );
  });

  test('change nothing when one of several steps does not exist', async () => {
    expect(await complaintOf(['solve', '2', 'plnt'])).toContain('Did you mean 02-plant-a-tree?');
    expect(workshop.read(exercise)).toBe(shippedExercise('02-plant-a-tree'));
  });
});

describe('progress', () => {
  beforeEach(() => {
    workshop.write('workshop/01-dig-a-hole/exercise.ts', 'mine');
    recordStepPassed(workshop.root, '01-dig-a-hole', 'mine', new Date('2026-11-24T22:20:55Z'));
    workshop.write(exercise, solution('02-plant-a-tree'));
  });

  test('is shown as text', async () => {
    const lines = (await outputOf(['progress'])).split('\n');
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

    expect(await outputOf(['progress'])).toMatch(
      /\n ~ {2}1 {2}dig a hole {6}changed {2}passed [-\d]{10} [:\d]{5}\n/,
    );
  });

  test('keeps a step to one line, however narrow the terminal is', async () => {
    const { columns } = process.stdout;
    process.stdout.columns = 34;
    try {
      const [, first, second] = (await outputOf(['progress'])).split('\n');
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
      expect(await outputOf(['progress'])).not.toContain('You have done the workshop.');
      workshop.write(`workshop/${name}/exercise.ts`, 'mine');
      recordStepPassed(workshop.root, name, 'mine', new Date('2026-11-24T22:20:55Z'));
    }
    const text = await outputOf(['progress']);
    expect(text).toMatch(/\n\n Going further .* {2}0 of 1 step done\n ○ {2}6 {2}Bake /);
    expect(text).toMatch(
      /\n\n You have done the workshop\. What you have learned: docs\/recap\.md\n Next: step 6, Bake\.\n$/,
    );

    workshop.write('sheet.json', await outputOf(['progress', '--json']));
    expect(await outputOf(['progress', 'sheet.json'])).toMatch(/\n\n You have done the workshop\. .+\n$/);
  });

  test('shows the steps that were not possible in the last run', async () => {
    for (const step of ['01-dig-a-hole', '03-water-the-tree'])
      workshop.write(`workshop/${step}/needs.json`, '["cloudtrail:LookupEvents"]');
    rememberLacks(workshop.root, [{ need: 'cloudtrail:LookupEvents', why: '501' }]);

    const lines = (await outputOf(['progress'])).split('\n');
    expect(lines.slice(0, 4)).toEqual([
      expect.stringMatching(/^ The workshop .* {2}1 of 2 steps done, 1 not possible here$/),
      expect.stringMatching(/^ ✔ {2}1 {2}dig a hole {6}done /),
      ' ↷  2  plant a tree    skipped  the reference is in its place',
      ' ∅  3  water the tree  not possible here',
    ]);
    expect(lines[5]).toBe(
      ' Nothing is left to do here. All steps are possible on the local AWS: unset WORKSHOP_TARGET.',
    );

    const sheet = progressSheetSchema.parse(JSON.parse(await outputOf(['progress', '--json'])));
    expect(sheet.steps['03-water-the-tree']?.state).toBe('to do');
  });

  test('ignores an unreadable record of missing operations', async () => {
    workshop.write('workshop/03-water-the-tree/needs.json', '["cloudtrail:LookupEvents"]');
    workshop.write('.workshop/lacks.json', '[{"need":"cloudtr');

    expect(await outputOf(['progress'])).toContain(' ○  3  water the tree  to do');
  });

  test('is printed as a sheet', async () => {
    const sheet = progressSheetSchema.parse(JSON.parse(await outputOf(['progress', '--json'])));
    const passedAt = '2026-11-24T22:20:55.000Z';
    expect(sheet.steps).toEqual({
      '01-dig-a-hole': { state: 'done', firstPassedAt: passedAt, lastPassedAt: passedAt },
      '02-plant-a-tree': { state: 'skipped', firstPassedAt: null, lastPassedAt: null },
      '03-water-the-tree': { state: 'to do', firstPassedAt: null, lastPassedAt: null },
    });
  });

  test('of two computers is merged, even with the lines that npm run prints', async () => {
    const here = await outputOf(['progress', '--json']);
    workshop.write('here.json', `\n> workshop@1.0.0 progress\n> node start.js progress --json\n\n${here}`);
    await outputOf(['reset', '1']);
    await outputOf(['solve', '3']);
    workshop.write('there.json', await outputOf(['progress', '--json']));

    const merged = JSON.parse(await outputOf(['progress', 'here.json', 'there.json', '--json']));
    const states = Object.values(progressSheetSchema.parse(merged).steps).map(({ state }) => state);
    expect(states).toEqual(['done', 'skipped', 'skipped']);
    expect(await outputOf(['progress', 'here.json', 'there.json'])).toContain('1 of 3 steps done');
  });

  test.each([
    ['no JSON', 'hello', /^sheet\.json is not a progress sheet\. Make one with: npm run --silent progress/],
    ['another JSON', '{"version":1,"steps":{"01-a":{"state":"finished"}}}', /steps\["01-a"\]\.state/],
  ])('of a file with %s is refused', async (_what, text, complaint) => {
    workshop.write('sheet.json', text);
    expect(await complaintOf(['progress', 'sheet.json'])).toMatch(complaint);
  });

  test.each(['3', '03-water-the-tree'])('of step %s alone is refused', async (step) => {
    expect(await complaintOf(['progress', step])).toBe(
      'progress shows all steps and takes no step name: npm run progress',
    );
  });

  test('of a sheet that PowerShell 5 wrote is read: UTF-16', async () => {
    const sheet = Buffer.from(`\uFEFF${await outputOf(['progress', '--json'])}`, 'utf16le');
    workshop.write('sheet.json', sheet);
    expect(await outputOf(['progress', 'sheet.json'])).toContain('1 of 3 steps done');
  });

  test('of a missing file is refused', async () => {
    expect(await complaintOf(['progress', 'nowhere.json'])).toMatch(/^nowhere\.json can't be read: ENOENT/);
  });
});

describe('the command line', () => {
  test('lists the commands', async () => {
    const help = await outputOf(['--help']);
    for (const command of [
      'hint',
      'reset',
      'solve',
      'diff',
      'progress',
      'class',
      'doctor',
      'clean-up',
      'console',
    ]) {
      expect(help).toMatch(new RegExp(`^  ${command} .*  \\w+`, 'm'));
    }
    expect(await outputOf([])).toBe(help);
  });

  test.each(['hint', 'reset', 'solve', 'diff', 'progress', 'class', 'doctor', 'clean-up', 'console'])(
    'explains %s',
    async (command) => {
      const help = await outputOf([command, '--help']);
      expect(help).toContain(`$ npm run ${command}`);
      expect(help).toContain('-h, --help');
    },
  );

  test('suggests the command that was meant', async () => {
    expect(await complaintOf(['resett'])).toBe(
      'There is no command "resett". Did you mean reset?\n' +
        'The commands are: hint, reset, solve, diff, update, progress, class, doctor, clean-up, console.',
    );
  });

  test('rejects an unknown option', async () => {
    expect(await complaintOf(['hint', '--all'])).toBe('Unknown option `--all`');
  });

  test('says when there is no workshop', async () => {
    rmSync(join(workshop.root, 'workshop'), { recursive: true });
    expect(await complaintOf(['progress'])).toMatch(
      /^There are no steps in .*Run this in the project's folder\.$/,
    );
  });
});
