import { existsSync } from 'node:fs';
import { join } from 'node:path';
import picocolors from 'picocolors';
import { expect, test } from 'vitest';
import type { Failure, StepState, StepView, WorkshopView } from './model.ts';
import { renderGroups, renderWorkshop } from './render.ts';

function stepsIn(states: StepState[]): StepView[] {
  return states.map((state, index) => {
    const tests = { passed: state === 'done' ? 4 : 0, total: 4 };
    return { number: index + 1, name: `0${index + 1}-step`, title: 'A step', state, tests };
  });
}

const pageOf = (width: number) => ({ colors: picocolors.createColors(false), width });

/** The headings of the groups, without the steps. */
function headingsOf(states: StepState[], width = 80): string {
  return renderGroups(stepsIn(states), pageOf(width), () => [''])
    .filter(Boolean)
    .join('\n');
}

test('counts the selected steps, and names the others', () => {
  expect(headingsOf(['not run', 'done', 'wrong'])).toMatch(
    /^ The workshop {2}━+─+ {2}1 of 2 steps done, 1 not run$/,
  );
  expect(headingsOf(['not run', 'done', 'not run'])).toMatch(/ ━+ {2}1 of 1 step done, 2 not run$/);
});

test('counts no step if none ran', () => {
  expect(headingsOf(['not run', 'not run'])).toMatch(/ ─+ {2}no step was run$/);
});

test('the bar is full when every possible step is done', () => {
  expect(headingsOf(['done', 'not possible'])).toMatch(/ ━+ {2}1 of 1 step done, 1 not possible here$/);
  expect(headingsOf(['done', 'wrong', 'not possible'])).toMatch(
    / ━+─+ {2}1 of 2 steps done, 1 not possible here$/,
  );
});

test('the numbers are those of the steps, however few were asked for', () => {
  expect(headingsOf(['not run', 'done', 'not run', 'not possible', 'not run'])).toMatch(
    / ━+ {2}1 of 1 step done, 1 not possible here, 3 not run$/,
  );
});

test('if no step is possible, none ran', () => {
  expect(headingsOf(['not possible'])).toMatch(/ ─+ {2}no step was run, 1 not possible here$/);
  expect(headingsOf(['not possible', 'not run'])).toMatch(
    / ─+ {2}no step was run, 1 not possible here, 1 not run$/,
  );
});

test('a narrow terminal gets no bar', () => {
  expect(headingsOf(['done', 'not possible'], 50)).toBe(
    ' The workshop: 1 of 1 step done, 1 not possible\n here',
  );
});

const recap = ' What you have learned, on one page: docs/recap.md';
const fiveDone: StepState[] = ['done', 'done', 'done', 'done', 'done'];

test('the steps after the fifth are a group of their own, with its own progress', () => {
  expect(headingsOf([...fiveDone, 'wrong'])).toMatch(
    /^ The workshop {3}(━+) {2}5 of 5 steps done\n Going further {2}(─+) {2}0 of 1 step done$/,
  );
  expect(renderGroups(stepsIn([...fiveDone, 'to do']), pageOf(80), ({ name }) => [name]).slice(5)).toEqual([
    '05-step',
    '',
    expect.stringMatching(/^ Going further /),
    '06-step',
  ]);
});

test('a further step is shown as soon as a further step is begun or next', () => {
  const view = (left: number, next = 0): WorkshopView => {
    const steps = stepsIn([...fiveDone, 'to do', 'to do']).map((step) =>
      step.number > 5 ? { ...step, todos: { left: step.number === 6 ? left : 4, total: 4 } } : step,
    );
    const failure: Failure = { kind: 'todo', title: 'TODO 1' };
    const step = steps[next];
    return {
      solutions: false,
      missing: [],
      turnedGreen: [],
      unhandled: [],
      steps,
      ...(step && { next: { step, failure } }),
    };
  };
  const numbersOf = (shown: WorkshopView) =>
    renderWorkshop(shown, pageOf(80)).flatMap((line) => / (\d) {2}A step/.exec(line)?.[1] ?? []);

  expect(numbersOf(view(4))).toEqual(['1', '2', '3', '4', '5']);
  expect(renderWorkshop(view(4), pageOf(80)).join('\n')).toContain('0 of 2 steps done');
  expect(numbersOf(view(3))).toEqual(['1', '2', '3', '4', '5', '6', '7']);
  expect(numbersOf(view(4, 5))).toEqual(['1', '2', '3', '4', '5', '6', '7']);
});

test.each<{ states: StepState[]; sentence: string | undefined }>([
  { states: [...fiveDone.slice(1), 'wrong'], sentence: undefined },
  { states: [...fiveDone.slice(1), 'wrong', 'done'], sentence: undefined },
  { states: fiveDone, sentence: ' All 5 steps are done.' },
  { states: [...fiveDone, 'to do', 'done'], sentence: ' You have done the workshop.' },
  { states: [...fiveDone, 'not run'], sentence: ' You have done the workshop.' },
  {
    states: ['done', 'done', 'done', 'not possible', 'done', 'wrong'],
    sentence: ' You have done the workshop.',
  },
  { states: [...fiveDone, 'done'], sentence: ' All 6 steps are done.' },
  { states: [...fiveDone, 'not possible'], sentence: ' All 5 steps that are possible here are done.' },
])('after $states, the last line says: $sentence', ({ states, sentence }) => {
  const view = { solutions: false, missing: [], turnedGreen: [], unhandled: [], steps: stepsIn(states) };
  const said = renderWorkshop(view, pageOf(80)).filter((line) => /You have|you have|All \d/.test(line));
  expect(said).toEqual(sentence ? [sentence, recap] : []);
});

test('the recap that the last line names is there', () => {
  expect(existsSync(join(import.meta.dirname, '../..', recap.split(': ')[1] ?? ''))).toBe(true);
});
