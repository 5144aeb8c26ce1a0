import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  type FixtureWorkshop,
  makeFixtureWorkshop,
  shippedExercise,
  solution,
} from '../../test/learner/fixture-workshop.ts';
import { rememberLacks } from '../state/lacks-record.ts';
import { recordStepPassed } from '../state/progress-record.ts';

import { complaintOf, outputOf } from './testing/command-output.ts';

const exercise = 'workshop/02-plant-a-tree/exercise.ts';

let workshop: FixtureWorkshop;
beforeEach(() => {
  workshop = makeFixtureWorkshop();
  return workshop.remove;
});

describe('hint', () => {
  test('gives one more level each time, remembers it, and says how many are left', async () => {
    const first = await outputOf(workshop.root, ['hint', '2']);
    expect(first).toContain('Step 2, plant a tree  hint 1 of 2: A nudge\n\n  Think of a *spade*.');
    expect(first).toContain('1 more: npm run hint -- 2');

    const second = await outputOf(workshop.root, ['hint', '02-plant-a-tree']);
    expect(second).toContain('hint 2 of 2: Nearly the code');
    expect(second).toContain('    ## not a heading\n');
    expect(second).not.toContain('spade');
    expect(second).toContain('That was the last hint. To use the reference: npm run solve -- 2');

    expect(await outputOf(workshop.root, ['hint', 'plant'])).toBe(
      'All 2 hints of step 2 were shown.\n' +
        '  to read them again       npm run hint -- 2 --again\n' +
        '  the reference instead    npm run solve -- 2\n',
    );
  });

  test('shows only the earlier hints again', async () => {
    expect(await outputOf(workshop.root, ['hint', '2', '--again'])).toContain(
      'You have seen no hint of step 2 yet',
    );
    await outputOf(workshop.root, ['hint', '2']);
    const again = await outputOf(workshop.root, ['hint', '2', '--again']);
    expect(again).toContain('A nudge');
    expect(again).not.toContain('Nearly the code');
  });

  test('is about the next step to do when none is named', async () => {
    expect(await outputOf(workshop.root, ['hint'])).toContain('Step 1, dig a hole');
    workshop.write('workshop/01-dig-a-hole/exercise.ts', 'mine');
    recordStepPassed(workshop.root, '01-dig-a-hole', 'mine', new Date());
    expect(await outputOf(workshop.root, ['hint'])).toContain('Step 2, plant a tree');
    await outputOf(workshop.root, ['solve', '1', '2', '3']);
    expect(await outputOf(workshop.root, ['hint'])).toBe(
      'Every step is done. For the hints of one, name it: npm run hint -- 2\n',
    );
  });

  test('leaves out a step that was not possible', async () => {
    workshop.write('workshop/01-dig-a-hole/needs.json', '["cloudtrail:LookupEvents"]');
    rememberLacks(workshop.root, [{ need: 'cloudtrail:LookupEvents', why: '501' }]);
    expect(await outputOf(workshop.root, ['hint'])).toContain('Step 2, plant a tree');

    await outputOf(workshop.root, ['solve', '2', '3']);
    expect(await outputOf(workshop.root, ['hint'])).toContain('Every step that is possible here is done.');
    expect(await outputOf(workshop.root, ['hint', '1'])).toContain('Step 1, dig a hole');

    rememberLacks(workshop.root, []);
    expect(await outputOf(workshop.root, ['hint'])).toContain('Step 1, dig a hole');
  });

  test('is for one step at a time', async () => {
    expect(await complaintOf(workshop.root, ['hint', '2', '3'])).toBe(
      'Name one step at a time: npm run hint -- 2',
    );
  });

  test('names a folder that is in the place of a file', async () => {
    const folder = join(workshop.root, '.workshop/hints/02-plant-a-tree');
    mkdirSync(folder, { recursive: true });
    expect(await complaintOf(workshop.root, ['hint', '2'])).toBe(
      `${folder} is a folder, but a file is needed in its place. Move it away.`,
    );
  });

  test('says when a step has none', async () => {
    workshop.write('workshop/01-dig-a-hole/hints.md', '# Hints\n');
    expect(await complaintOf(workshop.root, ['hint', '1'])).toBe(
      'Step 1 has no hints: workshop/01-dig-a-hole/hints.md has no section "## ...".',
    );
  });
});

describe('reset and solve', () => {
  test("put the texts in place and say where the learner's version was saved", async () => {
    workshop.write(exercise, 'my work');
    const solved = await outputOf(workshop.root, ['solve', '2']);
    expect(solved).toContain(`✔ Step 2, plant a tree: ${exercise} is now the reference solution.`);
    const saved = /Your version is in (\S+)/.exec(solved)?.[1] ?? '';
    expect(saved).toMatch(/^\.workshop\/saved\/02-plant-a-tree\/\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.ts$/);
    expect(workshop.read(saved)).toBe('my work');
    expect(workshop.read(exercise)).toBe(solution('02-plant-a-tree'));

    expect(await outputOf(workshop.root, ['reset', '2'])).toBe(
      `✔ Step 2, plant a tree: ${exercise} is now as shipped.\n`,
    );
    expect(workshop.read(exercise)).toBe(shippedExercise('02-plant-a-tree'));
    expect(await outputOf(workshop.root, ['reset', '2'])).toBe(
      `✔ Step 2, plant a tree: ${exercise} is already as shipped.\n`,
    );
  });

  test('leave other steps alone', async () => {
    workshop.write('workshop/01-dig-a-hole/exercise.ts', 'my work');
    await outputOf(workshop.root, ['solve', '2', '3']);
    await outputOf(workshop.root, ['reset', '2', '3']);
    expect(workshop.read('workshop/01-dig-a-hole/exercise.ts')).toBe('my work');
  });

  test('start the hints again on reset', async () => {
    await outputOf(workshop.root, ['hint', '2']);
    await outputOf(workshop.root, ['reset', '2']);
    expect(await outputOf(workshop.root, ['hint', '2'])).toContain('hint 1 of 2');
  });

  test.each(['reset', 'solve'])('%s asks for a step', async (command) => {
    expect(await complaintOf(workshop.root, [command])).toBe(
      `Which step? Name one or more: npm run ${command} -- 1\n` +
        'The steps are:\n  1  01-dig-a-hole\n  2  02-plant-a-tree\n  3  03-water-the-tree',
    );
  });

  test('change nothing when one of several steps does not exist', async () => {
    expect(await complaintOf(workshop.root, ['solve', '2', 'plnt'])).toContain(
      'Did you mean 02-plant-a-tree?',
    );
    expect(workshop.read(exercise)).toBe(shippedExercise('02-plant-a-tree'));
  });
});

describe('the command line', () => {
  const commands = [
    'hint',
    'reset',
    'solve',
    'diff',
    'update',
    'progress',
    'class',
    'doctor',
    'clean-up',
    'console',
  ];

  test('lists the commands', async () => {
    const help = await outputOf(workshop.root, ['--help']);
    for (const command of commands) {
      expect(help).toMatch(new RegExp(`^  ${command} .*  \\w+`, 'm'));
    }
    expect(await outputOf(workshop.root, [])).toBe(help);
  });

  test.each(commands)('explains %s', async (command) => {
    const help = await outputOf(workshop.root, [command, '--help']);
    expect(help).toContain(`$ npm run ${command}`);
    expect(help).toContain('-h, --help');
  });

  test('suggests the command that was meant', async () => {
    expect(await complaintOf(workshop.root, ['resett'])).toBe(
      `There is no command "resett". Did you mean reset?\nThe commands are: ${commands.join(', ')}.`,
    );
  });

  test('rejects an unknown option', async () => {
    expect(await complaintOf(workshop.root, ['hint', '--all'])).toBe('Unknown option `--all`');
  });

  test('takes options after --, which some package managers pass on, and a number after an option', async () => {
    await outputOf(workshop.root, ['hint', '2']);
    const again = await outputOf(workshop.root, ['hint', '2', '--again']);
    expect(again).toContain('hint 1 of');
    expect(await outputOf(workshop.root, ['hint', '--', '2', '--again'])).toBe(again);
    expect(await outputOf(workshop.root, ['hint', '--again', '2'])).toBe(again);
  });

  test.each(['false', 'no', '0', ''])('rejects the value "%s" for an option that has none', async (value) => {
    expect(await complaintOf(workshop.root, ['clean-up', `--all-runs=${value}`])).toBe(
      `The option --all-runs has no value, but you wrote --all-runs=${value}. Write --all-runs, or leave it out.`,
    );
  });

  test('says when there is no workshop', async () => {
    rmSync(join(workshop.root, 'workshop'), { recursive: true });
    expect(await complaintOf(workshop.root, ['progress'])).toMatch(
      /^There are no steps in .*Run this in the project's folder\.$/,
    );
  });
});
