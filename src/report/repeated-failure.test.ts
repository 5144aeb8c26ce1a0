import { expect, test } from 'vitest';
import type { Failure, StepView } from './model.ts';
import { RepeatedFailure } from './repeated-failure.ts';

const step: StepView = {
  number: 2,
  name: '02-two',
  title: 'Two',
  state: 'wrong',
  tests: { passed: 0, total: 3 },
};
const todo = (number: number) => ({ number, title: 'make it' });
const wrong = (number: number): Failure => ({ kind: 'wrong', test: `about ${number}`, todo: todo(number) });
const thrown = (number: number): Failure => ({ ...wrong(number), kind: 'error', message: 'no' });
const typo: Failure = { kind: 'error', message: 'Unexpected token' };
const toDo: Failure = { kind: 'todo', number: 2, title: 'TODO 2: make it' };

/** The counts after saves of step 2 that led to these failures; `undefined` is a green step. */
function counts(...failures: (Failure | undefined)[]): number[] {
  const repeated = new RepeatedFailure();
  return failures.map((failure) => repeated.count(failure && { step, failure }, step.name));
}

test('counts the saves in a row after which the same TODO is wrong or stops with an error', () => {
  expect(counts(wrong(2), thrown(2), wrong(2), wrong(2))).toEqual([1, 2, 3, 4]);
});

test.each([
  ['another TODO', wrong(3), 1],
  ['a TODO that is left', toDo, 0],
  ['a green step', undefined, 0],
])('starts over after %s', (_what, other, count) => {
  expect(counts(wrong(2), wrong(2), other, wrong(2))).toEqual([1, 2, count, 1]);
});

test('a typo, for which nothing could be loaded, neither counts nor starts over', () => {
  expect(counts(wrong(2), typo, wrong(2))).toEqual([1, 0, 2]);
});

test('a failure that no TODO is known of counts by its test', () => {
  const ofTest = (name: string): Failure => ({ kind: 'error', test: name, message: 'no' });
  expect(counts(ofTest('one'), ofTest('one'), ofTest('two'))).toEqual([1, 2, 1]);
});

test('a run that no save of that step started does not count', () => {
  const repeated = new RepeatedFailure();
  const next = { step, failure: wrong(2) };
  expect(repeated.count(next, undefined)).toBe(0);
  expect(repeated.count(next, step.name)).toBe(1);
  expect(repeated.count(next, undefined)).toBe(0);
  expect(repeated.count(next, step.name)).toBe(2);

  // Of another step, it starts over: step 2 is only what is next after that.
  expect(repeated.count(next, '01-one')).toBe(0);
  expect(repeated.count(next, step.name)).toBe(1);
});
