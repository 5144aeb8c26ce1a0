import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readTodos } from './exercise-todos.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'todos-'));
  mkdirSync(join(root, 'workshop/01-step'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

const shipped = `
// TODO 1: predict. A number.
const prediction = todo('TODO 1: predict the number');

// TODO 2: make the keyring.
const keyring = todo('TODO 2: make the keyring');
`;

function write(exercise: string): void {
  writeFileSync(join(root, 'workshop/01-step/exercise.ts.shipped'), shipped);
  writeFileSync(join(root, 'workshop/01-step/exercise.ts'), exercise);
}

test('as shipped, every TODO is left', () => {
  write(shipped);

  expect(readTodos(root, '01-step')).toEqual([
    { number: 1, title: 'predict the number', isLeft: true, line: 3 },
    { number: 2, title: 'make the keyring', isLeft: true, line: 6 },
  ]);
});

test('a TODO that was replaced is found at its comment', () => {
  write(shipped.replace("todo('TODO 1: predict the number')", '1'));

  expect(readTodos(root, '01-step')).toMatchObject([
    { number: 1, isLeft: false, line: 2 },
    { number: 2, isLeft: true, line: 6 },
  ]);
});

test('the comments of the reference count as well', () => {
  write('// 1. Predict.\nconst prediction = 1;\n\n// 2. Make the keyring.\n');

  expect(readTodos(root, '01-step')).toMatchObject([
    { number: 1, isLeft: false, line: 1 },
    { number: 2, title: 'make the keyring', isLeft: false, line: 4 },
  ]);
});

test('without its comment a TODO that was replaced has no place', () => {
  write('const prediction = 1;\n');

  expect(readTodos(root, '01-step').map(({ line }) => line)).toEqual([undefined, undefined]);
});

test('a todo() call in a comment does not count as left', () => {
  write(shipped.replace('const keyring', '  // const keyring'));

  expect(readTodos(root, '01-step').map(({ isLeft }) => isLeft)).toEqual([true, false]);
});

test('line ends of another system make no difference', () => {
  write(shipped.replaceAll('\n', '\r\n'));

  expect(readTodos(root, '01-step')).toMatchObject([{ line: 3 }, { line: 6 }]);
});
