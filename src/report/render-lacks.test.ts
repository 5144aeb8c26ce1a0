import picocolors from 'picocolors';
import { expect, test } from 'vitest';
import type { Page } from '../text/layout.ts';
import { type MissingNeed, nextThing, type StepView, type WorkshopView } from './model.ts';
import { renderWorkshop } from './render.ts';

const page: Page = { colors: picocolors.createColors(false), width: 80 };

const done: Partial<StepView> = { state: 'done', tests: { passed: 4, total: 4 } };
const notPossible: Partial<StepView> = { state: 'not possible' };

function viewOf(missing: MissingNeed[], ...states: Partial<StepView>[]): WorkshopView {
  const steps = states.map(
    (some, index): StepView => ({
      number: index + 1,
      name: `0${index + 1}-step`,
      title: ['Create a key', 'Encrypt', 'Audit'][index] ?? '',
      state: 'not run',
      tests: { passed: 0, total: 0 },
      ...some,
    }),
  );
  return {
    solutions: false,
    missing,
    steps,
    next: nextThing(steps, '03-step'),
    turnedGreen: [],
    unhandled: [],
  };
}

const textOf = (view: WorkshopView) => renderWorkshop(view, page).join('\n');

const noEvents: MissingNeed = {
  need: 'cloudtrail:LookupEvents',
  why: '501 InternalFailure: The service is not part of this edition, which is for free',
  steps: [3],
};

test('missing operations stand above the steps; steps that need them are neither done nor to do', () => {
  const view = viewOf([noEvents], done, done, notPossible);

  expect(textOf(view)).toMatchInlineSnapshot(`
    "
     Data key caching workshop

     ∅ This endpoint lacks some of what the workshop needs.

       cloudtrail:LookupEvents: 501 InternalFailure: The service is not part of
         this edition, which is for free
         → step 3 is not possible here

       All steps are possible on the local AWS: unset WORKSHOP_TARGET.

     The workshop  ━━━━━━━━━━━━━━━━━━━━━━━━  2 of 2 steps done, 1 not possible here
     ✔  1  Create a key  done
     ✔  2  Encrypt       done
     ∅  3  Audit         not possible here

     All 2 steps that are possible here are done.
     What you have learned, on one page: docs/recap.md
    "
  `);
});

test('a step that is not possible is never the next one, even after a save', () => {
  const failure = { kind: 'todo' as const, title: 'TODO 2: make the keyring' };
  const view = viewOf([noEvents], done, { state: 'to do', failure }, notPossible);

  expect(view.next?.step.number).toBe(2);
  expect(textOf(viewOf([noEvents], done, done, notPossible))).toContain('are done.');
  expect(textOf(view)).not.toContain('are done.');
});

test('an operation that several steps need names them all, and says what happens to the key', () => {
  const deletion: MissingNeed = { need: 'kms:ScheduleKeyDeletion', why: '404', steps: [1, 2, 3] };
  const text = textOf(viewOf([deletion], notPossible, notPossible, notPossible));

  expect(text).toContain(
    [
      '   kms:ScheduleKeyDeletion: 404',
      '     → steps 1, 2 and 3 are not possible here',
      "     → nothing deletes the run's key: it stays there",
    ].join('\n'),
  );
  expect(text).toContain('no step was run, 3 not possible here');
  expect(textOf(viewOf([deletion], done, notPossible, notPossible))).toMatch(/(is|are) done\./);
  expect(text).not.toMatch(/(is|are) done\./);
});
