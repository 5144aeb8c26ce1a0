import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyProject, type ProjectCopy } from '../project-copy.ts';
import { Prover } from './prover.ts';
import { stepFolderNames } from './step-files.ts';
import { complainOfSolution } from './verdicts.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const steps = stepFolderNames(root);
const minutes = 60_000;

// Two Vitests, on the embedded AWS of the default settings. The first steps hand their work on to those that come later.
describe('the solutions are green', () => {
  let copy: ProjectCopy;
  let prover: Prover;
  let complaints: string[];
  let together: string[];
  let apart: string[];

  beforeAll(async () => {
    copy = copyProject(root);
    prover = new Prover(copy.root, 1);
    const outcomes = await prover.runSolutions([
      { runs: [{}, { order: 1 }] },
      { runs: [{ filter: 'workshop/05' }, { order: 'reverse' }], seed: 1 },
    ]);
    complaints = outcomes.flat().flatMap(complainOfSolution);
    [together = [], apart = []] = outcomes.map((session) => session.map(({ step }) => step));
  }, 10 * minutes);

  afterAll(async () => {
    await prover?.close();
    copy?.remove();
  });

  test('in every run', () => {
    expect(complaints).toEqual([]);
  });

  test('together, and again in another order as in watch mode', () => {
    const again = together.slice(steps.length);

    expect(together.slice(0, steps.length)).toEqual(steps);
    expect(again.toSorted()).toEqual(steps);
    expect([steps, steps.toReversed()]).not.toContainEqual(again);
  });

  test('one alone, and each without the steps before it, with its tests in any order', () => {
    expect(apart).toEqual([steps[4], ...steps.toReversed()]);
  });
});
