import { compareWithSolution } from '../numbered-blocks.ts';
import {
  type Check,
  type CheckName,
  complainOfIdleAssertions,
  deletedAssertionsOf,
  fileOf,
  foulPlayOf,
  mendingOf,
  startOf,
  todosOf,
  validVariantsOf,
  wrongAnswersOf,
} from './checks.ts';
import { compile } from './compile.ts';
import { complainOfGaps } from './completeness.ts';
import { complainOfCoverage } from './coverage.ts';
import type { Prover } from './prover.ts';
import type { SpecOutcome, SpecRun } from './spec-run.ts';
import { readStep, type StepFiles } from './step-files.ts';
import { complainOfLikeness } from './verdicts.ts';

/** The complaints about a step, by check. The step is proved if all lists are empty. */
export type StepProof = Record<
  CheckName | 'isComplete' | 'requestsAreCovered' | 'answersCompile' | 'exerciseIsSolutionWithoutBlocks',
  string[]
>;

/**
 * Proves steps.
 *
 * @param root the folder of a copy of the project, which is written to
 * @param names the steps' folders
 * @returns the proofs, in the order of the names
 */
export async function proveSteps(prover: Prover, root: string, names: string[]): Promise<StepProof[]> {
  const steps = names.map((name) => readStep(root, name));
  const runnable = steps.filter(({ exercise, solution, spec }) => exercise && solution && spec);
  const checks = runnable.flatMap((step) => [
    startOf(step),
    ...todosOf(root, step),
    ...wrongAnswersOf(root, step),
    ...validVariantsOf(root, step),
    mendingOf(step),
  ]);
  const compilation = compile(
    root,
    runnable.flatMap(({ folder, wrongAnswers, validVariants }) =>
      [...wrongAnswers, ...validVariants].map((answer) => `${folder}/${fileOf(answer)}`),
    ),
  );
  const asIs = await run(prover, checks);
  const compilerErrors = await compilation;
  const testNames = (step: StepFiles) =>
    outcomesOf(asIs, step, 'startsRed').flatMap(({ tests }) => tests.map(({ name }) => name));
  const deletions = runnable.flatMap((step) =>
    deletedAssertionsOf(root, step, testNames(step), outcomesOf(asIs, step, 'wrongAnswersAreRejected')),
  );
  const [first, others] = firstOfEachSpec(deletions);
  const foulPlay = runnable.flatMap((step) => foulPlayOf(root, step, testNames(step)));
  const changed = await run(prover, [...foulPlay, ...first]);
  const unnoticed = changed.filter(({ check, outcome }) => check.judge(outcome).length > 0);
  const undecided = others.filter((deletion) =>
    unnoticed.some(({ check }) => isSameSpec(check.specRun, deletion.specRun)),
  );
  if (undecided.length > 0) changed.push(...(await run(prover, undecided)));
  return steps.map((step) => proofOf(root, step, [...asIs, ...changed], compilerErrors));
}

interface Result {
  check: Check;
  outcome: SpecOutcome;
}

async function run(prover: Prover, checks: Check[]): Promise<Result[]> {
  const outcomes = await prover.runSpecs(checks.map(({ specRun }) => specRun));
  return checks.flatMap((check, index) => {
    const outcome = outcomes[index];
    return outcome ? [{ check, outcome }] : [];
  });
}

function proofOf(root: string, step: StepFiles, results: Result[], compilerErrors: string[]): StepProof {
  const complaintsOf = (checkName: CheckName) =>
    resultsOf(results, step, checkName).flatMap(({ check, outcome }) => check.judge(outcome));
  const wrongAnswers = outcomesOf(results, step, 'wrongAnswersAreRejected');
  return {
    isComplete: complainOfGaps(root, step.name),
    requestsAreCovered: complainOfCoverage(step),
    answersCompile: complainOfCompilation(step, compilerErrors),
    exerciseIsSolutionWithoutBlocks: compareWithSolution(step.exercise, step.solution),
    startsRed: complaintsOf('startsRed'),
    everyTodoMatters: complaintsOf('everyTodoMatters'),
    wrongAnswersAreRejected: [
      ...complaintsOf('wrongAnswersAreRejected'),
      ...complainOfLikeness(step, wrongAnswers),
    ],
    validVariantsAreAccepted: complaintsOf('validVariantsAreAccepted'),
    mistakesCanBeMended: complaintsOf('mistakesCanBeMended'),
    foulPlayIsNoticed: complaintsOf('foulPlayIsNoticed'),
    everyAssertionMatters: [
      ...complainOfDeletedAssertions(resultsOf(results, step, 'everyAssertionMatters')),
      ...complainOfIdleAssertions(step, wrongAnswers),
    ],
  };
}

function complainOfCompilation(
  { folder, wrongAnswers, validVariants }: StepFiles,
  errors: string[],
): string[] {
  return [...wrongAnswers, ...validVariants].flatMap((answer) => {
    const start = `${folder}/${fileOf(answer)}(`;
    return errors
      .filter((error) => error.startsWith(start))
      .map((error) => `${answer.place} does not compile: ${error.slice(start.length - 1)}`);
  });
}

function resultsOf(results: Result[], { name }: StepFiles, checkName: CheckName): Result[] {
  return results.filter(({ check }) => check.specRun.step === name && check.name === checkName);
}

function outcomesOf(results: Result[], step: StepFiles, checkName: CheckName): SpecOutcome[] {
  return resultsOf(results, step, checkName).map(({ outcome }) => outcome);
}

/** One wrong answer that shows the deletion is enough: the others run only if the first one doesn't show it. */
function firstOfEachSpec(deletions: Check[]): [first: Check[], others: Check[]] {
  const first = deletions.filter(
    ({ specRun }, index) => deletions.findIndex((other) => isSameSpec(other.specRun, specRun)) === index,
  );
  return [first, deletions.filter((deletion) => !first.includes(deletion))];
}

function isSameSpec(one: SpecRun, other: SpecRun): boolean {
  return one.step === other.step && one.spec === other.spec;
}

/** A deleted assertion counts as noticed if one wrong answer shows it, even if others don't. */
function complainOfDeletedAssertions(results: Result[]): string[] {
  const specs = new Set(results.map(({ check }) => check.specRun.spec));
  return [...specs].flatMap((spec) => {
    const complaints = results
      .filter(({ check }) => check.specRun.spec === spec)
      .map(({ check, outcome }) => check.judge(outcome));
    return complaints.every(({ length }) => length > 0) ? complaints.flat() : [];
  });
}
