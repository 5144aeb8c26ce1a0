import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyProject, type ProjectCopy } from '../project-copy.ts';
import { describeCoverage } from './coverage.ts';
import { proveSteps, type StepProof } from './proof.ts';
import { Prover } from './prover.ts';
import { readStep, stepFolderNames } from './step-files.ts';

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const steps = stepFolderNames(root);
const minutes = 60_000;

let copy: ProjectCopy;
let prover: Prover;
let proofs: StepProof[];

beforeAll(async () => {
  copy = copyProject(root);
  prover = new Prover(copy.root);
  proofs = await proveSteps(prover, copy.root, steps);
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
