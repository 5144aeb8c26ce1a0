import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareWithSolution, differingBlocks, findBlocks, solvedButOne } from '../numbered-blocks.ts';
import type { Answer, WrongAnswer } from './answers.ts';
import { type Assertion, findAssertions, withoutAssertion } from './assertions.ts';
import { foulPlay } from './foul-play.ts';
import type { SpecOutcome, SpecRun } from './spec-run.ts';
import type { StepFiles } from './step-files.ts';
import {
  complainOfFoulPlay,
  complainOfSolution,
  complainOfStart,
  complainOfTodo,
  complainOfVariant,
  complainOfWrongAnswer,
  firstFailure,
  isRed,
} from './verdicts.ts';

/** The checks of a step that run its spec, by what they prove. */
export type CheckName =
  | 'startsRed'
  | 'everyTodoMatters'
  | 'wrongAnswersAreRejected'
  | 'validVariantsAreAccepted'
  | 'mistakesCanBeMended'
  | 'foulPlayIsNoticed'
  | 'everyAssertionMatters';

/** A run of a spec, and what its outcome has to be. */
export interface Check {
  name: CheckName;
  specRun: SpecRun;
  /** Returns complaints. None: the outcome is as it has to be. */
  judge(outcome: SpecOutcome): string[];
}

/** The exercise as shipped, which has to be red for its TODOs. */
export function startOf({ name }: StepFiles): Check {
  return {
    name: 'startsRed',
    specRun: { step: name, implementation: 'exercise.ts', everyTest: true },
    judge: complainOfStart,
  };
}

/** The solution with one TODO left, for each TODO. */
export function todosOf(root: string, { name, exercise, solution }: StepFiles): Check[] {
  if (compareWithSolution(exercise, solution).length > 0) return [];
  return findBlocks(exercise, 'exercise').map(({ number }) => ({
    name: 'everyTodoMatters',
    specRun: {
      step: name,
      implementation: write(root, name, `todo-${number}.ts`, solvedButOne(exercise, solution, number)),
      everyTest: true,
    },
    judge: (outcome) => complainOfTodo(number, outcome),
  }));
}

/** The wrong answers, in their order. A test that passes without a TODO passes with any answer to it. */
export function wrongAnswersOf(root: string, { name, solution, wrongAnswers }: StepFiles): Check[] {
  return wrongAnswers.map((wrongAnswer) => ({
    name: 'wrongAnswersAreRejected',
    specRun: {
      step: name,
      implementation: writeAnswer(root, name, wrongAnswer),
      firstTodos: differingBlocks(solution, wrongAnswer.source),
    },
    judge: (outcome) => complainOfWrongAnswer(wrongAnswer, outcome),
  }));
}

/** The valid variants, in their order. */
export function validVariantsOf(root: string, { name, validVariants }: StepFiles): Check[] {
  return validVariants.map((variant) => ({
    name: 'validVariantsAreAccepted',
    specRun: { step: name, implementation: writeAnswer(root, name, variant) },
    judge: (outcome) => complainOfVariant(variant, outcome),
  }));
}

/**
 * The solution after the wrong answers, in the same run. Half of these ran in the prover's other process, where the valid
 * variants come after them, which have to be green, too.
 */
export function mendingOf({ name }: StepFiles): Check {
  return {
    name: 'mistakesCanBeMended',
    specRun: { step: name, implementation: 'solution.ts' },
    judge: complainOfSolution,
  };
}

/**
 * Attempts to cheat. If every test has to notice the attempt, one test is enough.
 *
 * @param testNames the spec's tests, in their order
 */
export function foulPlayOf(root: string, { name, solution }: StepFiles, testNames: string[]): Check[] {
  const anyTest = testNames.at(-1);
  return foulPlay(solution).map(({ source, ...play }, index) => ({
    name: 'foulPlayIsNoticed',
    specRun: {
      step: name,
      implementation: write(root, name, `foul-play-${index}.ts`, source),
      ...(play.says && anyTest && { tests: [anyTest] }),
    },
    judge: (outcome) => complainOfFoulPlay(play, outcome),
  }));
}

/**
 * The spec without one assertion, for each assertion and each wrong answer that fails at it: then the wrong answer has to
 * be accepted, or to fail with another message first. It does so without a run if the message is nowhere else in the spec.
 *
 * @param testNames the spec's tests, in their order
 * @param outcomes of the wrong answers, with all assertions in place
 */
export function deletedAssertionsOf(
  root: string,
  step: StepFiles,
  testNames: string[],
  outcomes: SpecOutcome[],
): Check[] {
  return findAssertions(step.spec).flatMap((assertion, index) => {
    const failing = step.wrongAnswers.flatMap((wrongAnswer, nth) => {
      const outcome = outcomes[nth];
      return outcome && failsAt(step, assertion, outcome) ? [{ wrongAnswer, outcome }] : [];
    });
    const withoutIt = withoutAssertion(step.spec, assertion);
    if (failing.some(({ wrongAnswer }) => isSaidByAssertion(step.spec, withoutIt, wrongAnswer))) return [];
    return failing.map(({ wrongAnswer, outcome }) => ({
      name: 'everyAssertionMatters' as const,
      specRun: {
        step: step.name,
        implementation: fileOf(wrongAnswer),
        spec: write(root, step.name, `step-without-${index}.ts`, withoutIt),
        // The tests before the first red one pass with or without the assertion.
        tests: testNames.slice(testNames.indexOf(outcome.tests.find(isRed)?.name ?? '')),
      },
      judge: (mutated: SpecOutcome) => {
        const where = describe(step, assertion);
        if (mutated.tests.length === 0) return [`${where} cannot be deleted: then the spec runs no test.`];
        return firstFailure(mutated)?.message.includes(wrongAnswer.says)
          ? [`${where} can be deleted: ${wrongAnswer.place} fails all the same.`]
          : [];
      },
    }));
  });
}

/** True if the spec has the message of a wrong answer, and not without the assertion: then nothing else can fail with it. */
function isSaidByAssertion(spec: string, withoutAssertion: string, { says, source }: WrongAnswer): boolean {
  return spec.includes(says) && !withoutAssertion.includes(says) && !source.includes(says);
}

/** Each assertion has to fail with a wrong answer, or to say why none does. */
export function complainOfIdleAssertions(step: StepFiles, outcomes: SpecOutcome[]): string[] {
  return findAssertions(step.spec).flatMap((assertion) => {
    const isNeeded = outcomes.some((outcome) => failsAt(step, assertion, outcome));
    if (isNeeded === (assertion.reason === undefined)) return [];
    return isNeeded
      ? [
          `${describe(step, assertion)} does fail with a wrong answer: delete the comment that says it does not.`,
        ]
      : [
          `${describe(step, assertion)} could be deleted, and no wrong answer would notice: add one to ` +
            `${step.folder}/answers.md that fails there first, or say above the assertion why there is none: ` +
            '"// No wrong answer fails here: …".',
        ];
  });
}

/** True if the first failure that a learner with that answer sees comes from this assertion. */
function failsAt({ folder }: StepFiles, { lines: [first, last] }: Assertion, outcome: SpecOutcome): boolean {
  const places = firstFailure(outcome)?.places ?? [];
  return places.some(({ file, line }) => file === `${folder}/step.spec.ts` && line >= first && line <= last);
}

function describe({ folder }: StepFiles, { code, lines }: Assertion): string {
  return `${folder}/step.spec.ts:${lines[0]}: ${code.slice(0, 80)}`;
}

/** The file that an answer is written to, relative to the step's folder. */
export function fileOf({ name }: Answer): string {
  return `proof-answer-${name}.ts`;
}

function writeAnswer(root: string, step: string, answer: Answer): string {
  writeFileSync(join(root, 'workshop', step, fileOf(answer)), answer.source);
  return fileOf(answer);
}

/** Writes a file beside the step's own, and returns its name. */
function write(root: string, step: string, name: string, source: string): string {
  const file = `proof-${name}`;
  writeFileSync(join(root, 'workshop', step, file), source);
  return file;
}
