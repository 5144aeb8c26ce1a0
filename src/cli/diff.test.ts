import { stripVTControlCharacters } from 'node:util';
import { beforeEach, expect, test } from 'vitest';
import { type FixtureWorkshop, makeFixtureWorkshop, solution } from '../../test/learner/fixture-workshop.ts';
import { recordStepPassed } from '../state/progress-record.ts';
import { diff } from './diff.ts';

const step = '02-plant-a-tree';
const exercise = `workshop/${step}/exercise.ts`;
const mine = '// My own way.\nexport const pla = 1;\n';

let workshop: FixtureWorkshop;
beforeEach(() => {
  workshop = makeFixtureWorkshop();
  return workshop.remove;
});

const textOf = (...given: Parameters<typeof diff>) => stripVTControlCharacters(diff(...given));

test('compares a finished exercise with the reference, and changes neither', () => {
  workshop.write(exercise, mine);
  recordStepPassed(workshop.root, step, mine, new Date());

  expect(textOf(workshop.root, ['2'])).toBe(
    [
      'Step 2, plant a tree',
      `- ${exercise}`,
      `+ workshop/${step}/solution.ts`,
      '',
      '  line 1',
      '-// My own way.',
      `+// 1. ${step}.`,
      ' export const pla = 1;',
    ].join('\n'),
  );
  expect([workshop.read(exercise), workshop.read(`workshop/${step}/solution.ts`)]).toEqual([
    mine,
    solution(step),
  ]);
});

test('shows nothing of the reference before the step is done', () => {
  workshop.write(exercise, mine);

  const text = textOf(workshop.root, ['plant']);
  expect(text).toMatch(/^Step 2 is not done yet/);
  expect(text).not.toContain('1. 02-plant-a-tree.');
  expect(textOf(workshop.root, ['plant'], { anyway: true })).toContain('+// 1. 02-plant-a-tree.');
});

test('says when the exercise is the reference', () => {
  workshop.write(exercise, solution(step));

  expect(textOf(workshop.root, ['2'])).toBe(`${exercise} is the reference solution.`);
});

test.each([[[]], [['1', '2']]])('asks for one step: %j', (typed) => {
  expect(() => diff(workshop.root, typed)).toThrow('Name one step: npm run diff -- 1');
});
