import picocolors from 'picocolors';
import { expect, test } from 'vitest';
import type { ThrownError } from './model.ts';
import { renderWorkshop } from './render.ts';

/** Returns the lines below the heading: there are no steps. */
function shownOf(unhandled: ThrownError[]): string {
  const view = { solutions: false, missing: [], steps: [], turnedGreen: [], unhandled };
  const lines = renderWorkshop(view, { colors: picocolors.createColors(false), width: 80 });
  return lines.slice(lines.findIndex((line) => line.includes('workshop')) + 2).join('\n');
}

const inTheSdk: ThrownError = { kind: 'error', name: 'TypeError', message: 'x is not a function' };
const inTheExercise: ThrownError = {
  kind: 'error',
  message: 'nobody waits',
  location: { file: 'workshop/02-multiply/exercise.ts', line: 5, column: 23 },
};

test('an error outside of the steps is shown', () => {
  expect(shownOf([inTheSdk])).toMatchInlineSnapshot(`
    "
     An error was thrown outside the steps. Is an await missing?

       TypeError: x is not a function
    "
  `);
});

test('of several errors, shows one that leads to the exercise, and how to see all', () => {
  expect(shownOf([inTheSdk, inTheExercise, inTheSdk])).toMatchInlineSnapshot(`
    "
     3 errors were thrown outside the steps. Is an await missing?
     → workshop/02-multiply/exercise.ts:5:23

       nobody waits

     To see all of them: npx vitest run --reporter=default
    "
  `);
  expect(shownOf([inTheSdk, inTheSdk])).toContain(' 2 errors were thrown outside the steps.');
  expect(shownOf([inTheSdk, inTheSdk])).toContain('TypeError: x is not a function');
});

test('shows nothing without an error', () => {
  expect(shownOf([])).toBe('');
});
