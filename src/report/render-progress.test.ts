import picocolors from 'picocolors';
import { expect, test } from 'vitest';
import type { StepState, StepView } from './model.ts';
import { renderProgress } from './render.ts';

function progressOf(states: StepState[], width = 80): string {
  const steps = states.map((state, index): StepView => {
    const tests = { passed: state === 'done' ? 4 : 0, total: 4 };
    return { number: index + 1, name: `0${index + 1}-step`, title: 'A step', state, tests };
  });
  return renderProgress(steps, { colors: picocolors.createColors(false), width });
}

test('counts the selected steps, and names the others', () => {
  expect(progressOf(['not run', 'done', 'wrong'])).toMatch(/^ ━+─+ {2}1 of 2 steps done, 1 not run$/);
  expect(progressOf(['not run', 'done', 'not run'])).toMatch(/^ ━+ {2}1 of 1 step done, 2 not run$/);
});

test('counts no step if none ran', () => {
  expect(progressOf(['not run', 'not run'])).toMatch(/^ ─+ {2}no step was run$/);
});

test('the bar is full when every possible step is done', () => {
  expect(progressOf(['done', 'not possible'])).toMatch(/^ ━+ {2}1 of 1 step done, 1 not possible here$/);
  expect(progressOf(['done', 'wrong', 'not possible'])).toMatch(
    /^ ━+─+ {2}1 of 2 steps done, 1 not possible here$/,
  );
});

test('the numbers are those of the steps, however few were asked for', () => {
  expect(progressOf(['not run', 'done', 'not run', 'not possible', 'not run'])).toMatch(
    /^ ━+ {2}1 of 1 step done, 1 not possible here, 3 not run$/,
  );
});

test('if no step is possible, none ran', () => {
  expect(progressOf(['not possible'])).toMatch(/^ ─+ {2}no step was run, 1 not possible here$/);
  expect(progressOf(['not possible', 'not run'])).toMatch(
    /^ ─+ {2}no step was run, 1 not possible here, 1 not run$/,
  );
});

test('a narrow terminal gets no bar', () => {
  expect(progressOf(['done', 'not possible'], 40)).toBe(' 1 of 1 step done, 1 not possible here');
});
