import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  type FixtureWorkshop,
  makeFixtureWorkshop,
  shippedExercise,
  solution,
} from '../../test/learner/fixture-workshop.ts';
import { readPasses, recordStepPassed } from '../state/progress-record.ts';
import {
  mergeProgress,
  nextStep,
  type ProgressSheet,
  progressSheetSchema,
  progressStates,
  readProgress,
} from './progress-sheet.ts';

const step = '01-dig-a-hole';
const exercise = `workshop/${step}/exercise.ts`;
const monday = new Date('2026-11-23T10:00:00.000Z');
const tuesday = new Date('2026-11-24T10:00:00.000Z');

let workshop: FixtureWorkshop;
beforeEach(() => {
  workshop = makeFixtureWorkshop();
  return workshop.remove;
});

/** Does what a run does when the exercise passes. */
function pass(text: string, at: Date): void {
  workshop.write(exercise, text);
  recordStepPassed(workshop.root, step, text, at);
}

const ofStep = () => readProgress(workshop.root).steps[step];

describe('a step is', () => {
  test('to do as shipped', () => {
    expect(ofStep()).toEqual({ state: 'to do', firstPassedAt: null, lastPassedAt: null });
  });

  test('to do while no version of it has passed', () => {
    workshop.write(exercise, 'half');
    expect(ofStep()?.state).toBe('to do');
  });

  test('done when the exercise as it is has passed, with the first and the last time', () => {
    pass('mine', monday);
    pass('mine, better', tuesday);
    expect(ofStep()).toEqual({
      state: 'done',
      firstPassedAt: monday.toISOString(),
      lastPassedAt: tuesday.toISOString(),
    });
  });

  test('done whatever line ends the editor writes', () => {
    pass('a\nb\n', monday);
    workshop.write(exercise, 'a\r\nb\r\n');
    expect(ofStep()?.state).toBe('done');
  });

  test('changed when it was edited since it passed', () => {
    pass('mine', monday);
    workshop.write(exercise, 'mine, broken');
    expect(ofStep()).toMatchObject({ state: 'changed', lastPassedAt: monday.toISOString() });
  });

  test('done again when the edit is undone', () => {
    pass('mine', monday);
    workshop.write(exercise, 'mine, broken');
    workshop.write(exercise, 'mine');
    expect(ofStep()?.state).toBe('done');
  });

  test('to do again after a reset, which does not forget when it passed', () => {
    pass('mine', monday);
    workshop.write(exercise, shippedExercise(step));
    expect(ofStep()).toMatchObject({ state: 'to do', lastPassedAt: monday.toISOString() });
  });

  test('skipped with the reference in its place, even when that passes', () => {
    pass(solution(step), monday);
    expect(ofStep()).toEqual({ state: 'skipped', firstPassedAt: null, lastPassedAt: null });
  });

  test('done when the learner passed first and looked at the reference later', () => {
    pass('mine', monday);
    workshop.write(exercise, solution(step));
    expect(ofStep()?.state).toBe('done');
  });

  test('not done if the version that passed is older than the one on disk', () => {
    workshop.write(exercise, 'saved during the run');
    recordStepPassed(workshop.root, step, 'what ran', monday);
    expect(ofStep()?.state).toBe('changed');
  });
});

describe('the record', () => {
  test('is complete at any time, and leaves no other file', () => {
    pass('mine', monday);
    pass('mine, better', tuesday);
    expect(readdirSync(join(workshop.root, '.workshop/progress'))).toEqual([`${step}.json`]);
  });

  test('that was damaged proves nothing, until the step passes again', () => {
    pass('mine', monday);
    workshop.write(`.workshop/progress/${step}.json`, '{"firstPassedAt":');
    expect(readPasses(workshop.root).size).toBe(0);
    expect(ofStep()?.state).toBe('to do');

    pass('mine', tuesday);
    expect(ofStep()).toMatchObject({ state: 'done', firstPassedAt: tuesday.toISOString() });
  });
});

test('the next step is the first that is neither done nor skipped', () => {
  expect(nextStep(workshop.root)?.name).toBe('01-dig-a-hole');
  pass('mine', monday);
  expect(nextStep(workshop.root)?.name).toBe('02-plant-a-tree');
  workshop.write('workshop/02-plant-a-tree/exercise.ts', solution('02-plant-a-tree'));
  expect(nextStep(workshop.root)?.name).toBe('03-water-the-tree');
  workshop.write('workshop/03-water-the-tree/exercise.ts', solution('03-water-the-tree'));
  expect(nextStep(workshop.root)).toBeUndefined();
});

describe('merging two sheets of one learner', () => {
  const times = fc
    .date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString());
  const progressOfStep = fc.record({
    state: fc.constantFrom(...progressStates),
    firstPassedAt: fc.option(times),
    lastPassedAt: fc.option(times),
  });
  const names = fc.constantFrom('01-create-key', '02-encrypt-with-cache', '03-decrypt', '10-more');
  const sheets: fc.Arbitrary<ProgressSheet> = fc
    .dictionary(names, progressOfStep, { noNullPrototype: true })
    .map((steps) => ({ version: 1, steps }));

  test('does not depend on their order', () => {
    fc.assert(
      fc.property(sheets, sheets, (a, b) => {
        expect(mergeProgress(a, b)).toEqual(mergeProgress(b, a));
      }),
      { seed: 1 },
    );
  });

  test('does not depend on which two of three are merged first', () => {
    fc.assert(
      fc.property(sheets, sheets, sheets, (a, b, c) => {
        expect(mergeProgress(mergeProgress(a, b), c)).toEqual(mergeProgress(a, mergeProgress(b, c)));
      }),
      { seed: 2 },
    );
  });

  test('changes nothing the second time', () => {
    fc.assert(
      fc.property(sheets, sheets, (a, b) => {
        expect(mergeProgress(a, a)).toEqual(a);
        expect(mergeProgress(mergeProgress(a, b), b)).toEqual(mergeProgress(a, b));
      }),
      { seed: 3 },
    );
  });

  test('gives a sheet', () => {
    fc.assert(
      fc.property(sheets, sheets, (a, b) => {
        expect(progressSheetSchema.safeParse(mergeProgress(a, b)).success).toBe(true);
      }),
      { seed: 4 },
    );
  });

  test('keeps the better state, the first and the last time, and the steps of both', () => {
    const laptop: ProgressSheet = {
      version: 1,
      steps: {
        '01-create-key': {
          state: 'changed',
          firstPassedAt: '2026-11-23T10:00:00.000Z',
          lastPassedAt: '2026-11-23T11:00:00.000Z',
        },
        '02-encrypt-with-cache': { state: 'skipped', firstPassedAt: null, lastPassedAt: null },
      },
    };
    const desktop: ProgressSheet = {
      version: 1,
      steps: {
        '01-create-key': {
          state: 'done',
          firstPassedAt: '2026-11-24T10:00:00.000Z',
          lastPassedAt: '2026-11-24T12:00:00.000Z',
        },
        '03-decrypt': { state: 'to do', firstPassedAt: null, lastPassedAt: null },
      },
    };
    expect(mergeProgress(laptop, desktop)).toEqual({
      version: 1,
      steps: {
        '01-create-key': {
          state: 'done',
          firstPassedAt: '2026-11-23T10:00:00.000Z',
          lastPassedAt: '2026-11-24T12:00:00.000Z',
        },
        '02-encrypt-with-cache': { state: 'skipped', firstPassedAt: null, lastPassedAt: null },
        '03-decrypt': { state: 'to do', firstPassedAt: null, lastPassedAt: null },
      },
    });
  });
});
