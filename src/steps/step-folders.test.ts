import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { groupSteps, readStepFolders, stepNames, whatWasLearned } from './step-folders.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'steps-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function makeStep(name: string, lesson?: string): void {
  mkdirSync(join(root, 'workshop', name), { recursive: true });
  writeFileSync(join(root, 'workshop', name, 'step.spec.ts'), '');
  if (lesson) writeFileSync(join(root, 'workshop', name, 'README.md'), lesson);
}

test('the steps are in the order of their numbers, whatever the number of digits', () => {
  for (const name of ['10-last', '2-second', '01-first']) makeStep(name);
  mkdirSync(join(root, 'workshop', '03-without-a-spec'));

  expect(stepNames(root)).toEqual(['01-first', '2-second', '10-last']);
});

test("a step's title is its lesson's, without the number", () => {
  makeStep('01-a', '# Step 1: Create a key\n');
  makeStep('02-b', '# 2. Encrypt with KMS\n');
  makeStep('03-c', 'Preface\n\n# Decrypt\n');
  makeStep('04-clean-up');

  expect(readStepFolders(root)).toEqual([
    { number: 1, name: '01-a', title: 'Create a key' },
    { number: 2, name: '02-b', title: 'Encrypt with KMS' },
    { number: 3, name: '03-c', title: 'Decrypt' },
    { number: 4, name: '04-clean-up', title: 'Clean up' },
  ]);
});

test('a lesson may have line ends of Windows', () => {
  makeStep('01-a', '# Step 1: Create a key\r\n\r\n## What you learned\r\n\r\nFirst.\r\n\r\nThe\r\nlast.\r\n');

  expect(readStepFolders(root)).toEqual([{ number: 1, name: '01-a', title: 'Create a key' }]);
  expect(whatWasLearned(root, '01-a')).toBe('The last.');
});

test('without a workshop there are no steps', () => {
  expect(readStepFolders(root)).toEqual([]);
});

test('what was learned is the last paragraph of its section', () => {
  makeStep('01-a', '# A\n\n## What you learned\n\nFirst.\n\nThe last\nparagraph.\n\n## More\n\nNot this.\n');
  makeStep('02-b', '# B\n\nNothing.\n');
  makeStep('03-c', '# C\n\n## What you learned\n');

  expect(whatWasLearned(root, '01-a')).toBe('The last paragraph.');
  expect(whatWasLearned(root, '02-b')).toBeUndefined();
  expect(whatWasLearned(root, '03-c')).toBeUndefined();
});

test('the first five steps are the workshop, and later ones go further', () => {
  const numbers = (...all: number[]) => all.map((number) => ({ number }));
  expect(groupSteps(numbers(1, 5, 6, 13))).toEqual([
    { title: 'The workshop', steps: numbers(1, 5) },
    { title: 'Going further', steps: numbers(6, 13) },
  ]);
  expect(groupSteps(numbers(2))).toEqual([{ title: 'The workshop', steps: numbers(2) }]);
  expect(groupSteps([])).toEqual([]);
});
