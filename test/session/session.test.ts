import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { copyProject, type ProjectCopy } from '../../authoring/project-copy.ts';
import { replaceExercise } from '../../src/cli/exercise.ts';
import { stepNames } from '../../src/steps/step-folders.ts';
import { Learner } from './learner.ts';
import { whyNoPseudoTerminal } from './pseudo-terminal.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const recordFile = fileURLToPath(new URL('../../docs/session.txt', import.meta.url));

const introduction = `A learner's way through the workshop, from a fresh clone to its fifth step, as a terminal shows it: what the learner
types, what they save, and the screen after each. test/session/session.test.ts drives a real terminal and
compares what it sees with this file, but for names of runs and the like, which are in angle brackets.
To make it anew: npx vitest run --config vitest.project.config.ts test/session --update

`;

let project: ProjectCopy;
let learner: Learner;

beforeEach((context) => {
  const reason = whyNoPseudoTerminal();
  context.skip(reason !== undefined, `No pseudo terminal here: ${reason}`);
  project = copyProject(root);
  for (const step of stepNames(project.root)) replaceExercise(project.root, step, 'shipped', new Date());
  learner = new Learner(project.root);
});

afterEach(async () => {
  await learner?.leave();
  project?.remove();
});

test('from a clone to the end of the workshop', { timeout: 300_000 }, async () => {
  await learner.types('npx vitest');
  expect(await learner.seesResult()).toContain('0 of 5 steps done');
  learner.presses('i');
  expect(await learner.sees('2 more: press i')).toContain('Step 1, Create a key  hint 1 of 3: A nudge');

  learner.edits('01-create-key', (exercise) => exercise.replace(/todo\('TODO 1: .*'\)/, '2'));
  expect(await learner.seesResult()).toContain('Step 1, TODO 2: ');
  learner.solves('01-create-key', [2, 3, 4]);
  expect(await learner.seesResult()).toContain('You predicted a different number');
  learner.edits('01-create-key', (exercise) => exercise.replace('return 2;', 'return 1;'));
  expect(await learner.seesResult()).toContain('Step 1 is done');
  learner.presses('d');
  expect(await learner.sees(' +  // 1. Predict.\n    return 1;\n  }')).toContain(
    '+ workshop/01-create-key/solution.ts',
  );

  learner.solves('02-encrypt-with-cache', [1, 2, 3, 4], (code) => code.replace('300 * 1000', '300'));
  expect(await learner.seesResult()).toContain('After 299 seconds');
  learner.edits('02-encrypt-with-cache', (exercise) =>
    exercise.replace('maxAge: 300,', 'maxAge: 300 * 1000,'),
  );
  expect(await learner.seesResult()).toContain('Step 2 is done');

  learner.solves('03-decrypt', [1, 2, 3, 4], (code) =>
    code.replace('await decrypt(keyring', 'await decrypt(keyRing'),
  );
  expect(await learner.seesResult()).toContain('ReferenceError: keyRing is not defined');
  learner.edits('03-decrypt', (exercise) => exercise.replace('keyRing', 'keyring'));
  expect(await learner.seesResult()).toContain('Step 3 is done');

  learner.solves('04-audit-cloudtrail');
  expect(await learner.sees('Step 4 waits')).toContain('3 of 5 steps done');
  learner.presses('?');
  expect(await learner.sees('q  quits')).toContain('Step 4 is done');

  learner.solves('05-clean-up');
  expect(await learner.seesResult()).toContain('You have done the workshop.');

  learner.presses('q');
  await learner.types('clear && npm run --silent progress');
  await learner.seesPrompt();

  await expect(introduction + learner.record()).toMatchFileSnapshot(recordFile);
});
