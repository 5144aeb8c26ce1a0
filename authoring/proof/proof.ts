import { compareWithSolution } from '../numbered-blocks.ts';
import { compile } from './compile.ts';
import { complainOfGaps } from './completeness.ts';
import { complainOfCoverage } from './coverage.ts';
import {
  type Claim,
  complainOfIdleAssertions,
  deletedAssertionsOf,
  type Experiment,
  fileOf,
  foulPlayOf,
  mendingOf,
  startOf,
  todosOf,
  validVariantsOf,
  wrongAnswersOf,
} from './experiments.ts';
import type { Prover } from './prover.ts';
import { readStep, type StepFiles } from './step-files.ts';
import type { Trial, TrialOutcome } from './trial.ts';
import { complainOfLikeness } from './verdicts.ts';

/** What is wrong with a step, by what has to be proved. Empty lists mean that it is proved. */
export type StepProof = Record<
  Claim | 'isComplete' | 'requestsAreCovered' | 'answersCompile' | 'exerciseIsSolutionWithoutBlocks',
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
  const experiments = runnable.flatMap((step) => [
    startOf(step),
    ...todosOf(root, step),
    ...wrongAnswersOf(root, step),
    ...validVariantsOf(root, step),
    ...mendingOf(step),
  ]);
  const compilation = compile(
    root,
    runnable.flatMap(({ folder, wrongAnswers, validVariants }) =>
      [...wrongAnswers, ...validVariants].map((answer) => `${folder}/${fileOf(answer)}`),
    ),
  );
  const asIs = await run(prover, experiments);
  const compilerErrors = await compilation;
  const deletions = runnable.flatMap((step) =>
    deletedAssertionsOf(root, step, outcomesOf(asIs, step, 'wrongAnswersAreRejected')),
  );
  const [first, others] = firstOfEachSpec(deletions);
  const foulPlay = runnable.flatMap((step) =>
    foulPlayOf(root, step, lastTest(outcomesOf(asIs, step, 'startsRed'))),
  );
  // Foul play is noticed by any failure, and a deleted assertion by the first one.
  const changed = await run(prover, [...foulPlay, ...first], true);
  const unnoticed = changed.filter(({ experiment, outcome }) => experiment.judge(outcome).length > 0);
  const undecided = others.filter((deletion) =>
    unnoticed.some(({ experiment }) => isSameSpec(experiment.trial, deletion.trial)),
  );
  if (undecided.length > 0) changed.push(...(await run(prover, undecided, true)));
  return steps.map((step) => proofOf(root, step, [...asIs, ...changed], compilerErrors));
}

interface Result {
  experiment: Experiment;
  outcome: TrialOutcome;
}

async function run(prover: Prover, experiments: Experiment[], untilFailure = false): Promise<Result[]> {
  const outcomes = await prover.runTrials(
    experiments.map(({ trial }) => trial),
    untilFailure,
  );
  return experiments.flatMap((experiment, index) => {
    const outcome = outcomes[index];
    return outcome ? [{ experiment, outcome }] : [];
  });
}

function proofOf(root: string, step: StepFiles, results: Result[], compilerErrors: string[]): StepProof {
  const complaintsOf = (claim: Claim) =>
    resultsOf(results, step, claim).flatMap(({ experiment, outcome }) => experiment.judge(outcome));
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

function resultsOf(results: Result[], { name }: StepFiles, claim: Claim): Result[] {
  return results.filter(({ experiment }) => experiment.trial.step === name && experiment.claim === claim);
}

function outcomesOf(results: Result[], step: StepFiles, claim: Claim): TrialOutcome[] {
  return resultsOf(results, step, claim).map(({ outcome }) => outcome);
}

/** One wrong answer that tells is enough: the others are needed only if the first one doesn't. */
function firstOfEachSpec(deletions: Experiment[]): [first: Experiment[], others: Experiment[]] {
  const first = deletions.filter(
    ({ trial }, index) => deletions.findIndex((other) => isSameSpec(other.trial, trial)) === index,
  );
  return [first, deletions.filter((deletion) => !first.includes(deletion))];
}

function isSameSpec(one: Trial, other: Trial): boolean {
  return one.step === other.step && one.spec === other.spec;
}

/** A deleted assertion is noticed if one wrong answer tells, however many don't. */
function complainOfDeletedAssertions(results: Result[]): string[] {
  const specs = new Set(results.map(({ experiment }) => experiment.trial.spec));
  return [...specs].flatMap((spec) => {
    const complaints = results
      .filter(({ experiment }) => experiment.trial.spec === spec)
      .map(({ experiment, outcome }) => experiment.judge(outcome));
    return complaints.every(({ length }) => length > 0) ? complaints.flat() : [];
  });
}

function lastTest([outcome]: TrialOutcome[]): string | undefined {
  return outcome?.tests.at(-1)?.name;
}
