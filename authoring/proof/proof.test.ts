import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { learnerEnvironment } from '../learner-environment.ts';
import { copyProject, type ProjectCopy } from '../project-copy.ts';
import { describeCoverage } from './coverage.ts';
import { proveSteps, type StepProof } from './proof.ts';
import { Prover } from './prover.ts';
import { readStep, stepFolderNames } from './step-files.ts';
import { brokenSteps, goodStep, writeNewSteps } from './testing/new-steps.ts';

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const steps = stepFolderNames(root);
const minutes = 60_000;

let copy: ProjectCopy;
let prover: Prover;
let proofs: StepProof[];
/** Of the good new step, and then of the broken ones. */
let proofsOfNewSteps: StepProof[];

// The new steps are proved together with the real ones, because a prover takes seconds to start.
beforeAll(async () => {
  copy = copyProject(root);
  prover = new Prover(copy.root);
  proofs = await proveSteps(prover, copy.root, [...steps, ...writeNewSteps(copy.root)]);
  proofsOfNewSteps = proofs.slice(steps.length);
  // Now, because its processes take half a gigabyte.
  await prover.close();
}, 10 * minutes);

afterAll(async () => {
  await prover?.close();
  copy?.remove();
  console.log(describeCoverage(steps.map((name) => readStep(root, name))));
});

describe.for(steps.map((name, index) => [name, index] as const))('%s', ([, index]) => {
  test('is complete', () => {
    expect(proofs[index]?.isComplete).toEqual([]);
  });

  test('has a wrong answer for each request of the lesson and each parameter', () => {
    expect(proofs[index]?.requestsAreCovered).toEqual([]);
  });

  test('has answers that compile', () => {
    expect(proofs[index]?.answersCompile).toEqual([]);
  });

  test('has the solution, with its blocks taken out, as its exercise', () => {
    expect(proofs[index]?.exerciseIsSolutionWithoutBlocks).toEqual([]);
  });

  test('starts red, for its TODOs alone', () => {
    expect(proofs[index]?.startsRed).toEqual([]);
  });

  test('needs every TODO in exactly the tests that name it', () => {
    expect(proofs[index]?.everyTodoMatters).toEqual([]);
  });

  test('rejects every wrong answer, each with its own message', () => {
    expect(proofs[index]?.wrongAnswersAreRejected).toEqual([]);
  });

  test('accepts every valid variant', () => {
    expect(proofs[index]?.validVariantsAreAccepted).toEqual([]);
  });

  test('turns green with the solution after all wrong answers, in the same run', () => {
    expect(proofs[index]?.mistakesCanBeMended).toEqual([]);
  });

  test('notices foul play', () => {
    expect(proofs[index]?.foulPlayIsNoticed).toEqual([]);
  });

  test('has no assertion that could be deleted unnoticed', () => {
    expect(proofs[index]?.everyAssertionMatters).toEqual([]);
  });
});

describe('a new step is a new folder', () => {
  test('that is proved like the others', () => {
    const [proof = {}] = proofsOfNewSteps;
    expect(proof).toEqual(Object.fromEntries(Object.keys(proof).map((check) => [check, []])));
  });

  test('that is found, in its place', () => {
    expect(stepFolderNames(copy.root).indexOf(goodStep)).toBe(steps.length);
  });

  test('that the learner sees', { timeout: minutes }, () => {
    const vitest = join(copy.root, 'node_modules/vitest/vitest.mjs');
    const { stdout } = spawnSync(process.execPath, [vitest, 'run', `workshop/${goodStep}`], {
      cwd: copy.root,
      encoding: 'utf8',
      env: learnerEnvironment(),
    });
    expect(stdout).toMatch(/\n ○ 50 {2}Who manages the key +to do +2 of 2 TODOs left/);
    expect(stdout).toContain(`workshop/${goodStep}/exercise.ts`);
  });
});

describe('a step does not pass when', () => {
  for (const [index, { flaw, complaints }] of brokenSteps.entries()) {
    test(flaw, () => {
      const proof = proofsOfNewSteps[index + 1];
      for (const [check, complaint] of complaints) {
        expect(proof?.[check].join('\n')).toContain(complaint);
      }
    });
  }
});
