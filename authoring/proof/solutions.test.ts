import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyProject, type ProjectCopy } from '../project-copy.ts';
import { Prover } from './prover.ts';
import type { SolutionRun, SpecOutcome } from './spec-run.ts';
import { stepFolderNames } from './step-files.ts';
import { complainOfSolution } from './verdicts.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const steps = stepFolderNames(root);
const minutes = 60_000;

// Each is a Vitest of its own, on the embedded AWS of the default settings.
const ways: { way: string; run: SolutionRun; ran: string[] }[] = [
  { way: 'together, twice in a row as in watch mode', run: { times: 2 }, ran: [...steps, ...steps] },
  {
    way: 'each without the steps before it: in reverse order',
    run: { order: 'reverse' },
    ran: steps.toReversed(),
  },
  { way: 'in any order: seed 1', run: { order: 1 }, ran: steps },
  { way: 'one alone', run: { filters: ['workshop/03'] }, ran: steps.slice(2, 3) },
];

describe('the solutions are green', () => {
  let copy: ProjectCopy;
  let prover: Prover;
  let outcomes: SpecOutcome[][];

  beforeAll(async () => {
    copy = copyProject(root);
    prover = new Prover(copy.root);
    outcomes = await prover.runSolutions(ways.map(({ run }) => run));
  }, 10 * minutes);

  afterAll(async () => {
    await prover?.close();
    copy?.remove();
  });

  for (const [index, { way, run, ran }] of ways.entries()) {
    test(way, () => {
      const outcome = outcomes[index] ?? [];
      const order = outcome.map(({ step }) => step);

      expect(outcome.flatMap(complainOfSolution)).toEqual([]);
      expect(typeof run.order === 'number' ? order.toSorted() : order).toEqual(ran);
    });
  }

  test('the orders differ', () => {
    const orders = outcomes.slice(0, 3).map((outcome) => outcome.map(({ step }) => step).join());
    expect(new Set(orders).size).toBe(3);
  });
});
