import type { Answer, WrongAnswer } from './answers.ts';
import type { FoulPlay } from './foul-play.ts';
import type { Failure, SpecOutcome, TestOutcome } from './spec-run.ts';
import type { StepFiles } from './step-files.ts';

// Each verdict is a list of complaints, for people to read; none means that all is well.

/** The reference solution has to be green. */
export function complainOfSolution({ step, tests, failures }: SpecOutcome): string[] {
  return [
    ...failures.map((failure) => `${step}: the spec could not run: ${inWords(failure)}`),
    ...(tests.length === 0 ? [`${step}: step.spec.ts has no test that ran.`] : []),
    ...tests
      .filter(isRed)
      .map(({ name, failures }) => `${step}: "${name}" is red with the solution: ${inWords(failures[0])}`),
  ];
}

/** The exercise as shipped has to be red in every test, and for its TODOs alone. */
export function complainOfStart({ tests, failures }: SpecOutcome): string[] {
  return [
    ...failures.map((failure) => `The exercise fails outside of its TODOs: ${inWords(failure)}`),
    ...(tests.length === 0 ? ['step.spec.ts has no test that ran: write one.'] : []),
    ...tests.flatMap(({ name, todos, about, failures: [failure] }) => {
      if (about !== undefined && !todos.includes(about))
        return [`"${name}" is about TODO ${about}, but does not name it in meta.todos.`];
      if (todos.length === 0) return [`"${name}" names no TODO: give the test { meta: { todos: […] } }.`];
      if (!failure)
        return [`"${name}" passes with the exercise as shipped: assert what only the learner's code does.`];
      if (failure.todo === undefined)
        return [
          `"${name}" fails with something else than a TODO: ${inWords(failure)} Call the exercise first, and ` +
            'pass on its TodoError with throwIfTodo.',
        ];
      return [];
    }),
  ];
}

/** With one TODO left, the tests that name it have to be red with it, and the others green. */
export function complainOfTodo(number: number, { tests, failures }: SpecOutcome): string[] {
  return [
    ...failures.map((failure) => `The spec could not run: ${inWords(failure)}`),
    ...(tests.some(({ todos }) => todos.includes(number))
      ? []
      : [`No test names TODO ${number}: add it to the meta.todos of those that need it.`]),
    ...tests.flatMap(({ name, todos, failures: [failure] }) => {
      if (!todos.includes(number))
        return failure ? [`"${name}" does not name TODO ${number}, but needs it: ${inWords(failure)}`] : [];
      if (!failure) return [`"${name}" names TODO ${number}, but passes without it.`];
      return failure.todo === number
        ? []
        : [`"${name}" fails with something else than TODO ${number}: ${inWords(failure)}`];
    }),
  ];
}

/** A wrong answer has to be red, and the first thing that the learner reads has to name the mistake. */
export function complainOfWrongAnswer({ place, says }: WrongAnswer, outcome: SpecOutcome): string[] {
  if (outcome.failures[0]) return [`${place} could not run: ${inWords(outcome.failures[0])}`];
  const first = firstFailure(outcome);
  if (!first) return [`${place} is accepted: the spec has to fail with "${says}".`];
  return first.message.includes(says)
    ? []
    : [`${place} has to fail with "${says}" first, but fails with ${inWords(first)}`];
}

/** A valid variant has to be green. */
export function complainOfVariant({ place }: Answer, { tests, failures }: SpecOutcome): string[] {
  return [
    ...failures.map((failure) => `${place} could not run: ${inWords(failure)}`),
    ...tests
      .filter(isRed)
      .map(({ name, failures }) => `${place} is valid, but "${name}" rejects it: ${inWords(failures[0])}`),
  ];
}

/**
 * The message of a wrong answer has to be its own, so that the learner is told this mistake and no other. Only answers
 * that break the same may share one.
 */
export function complainOfLikeness(
  { wrongAnswers }: Pick<StepFiles, 'wrongAnswers'>,
  outcomes: SpecOutcome[],
): string[] {
  return wrongAnswers.flatMap(({ place, says, breaks }) =>
    wrongAnswers.flatMap((other, index) => {
      const outcome = outcomes[index];
      const message = outcome && firstFailure(outcome)?.message;
      const isSameMistake = other.breaks.some((name) => breaks.includes(name));
      return other.place !== place && !isSameMistake && message?.includes(says)
        ? [`${place} and ${other.place} both fail with "${says}": give each mistake a message of its own.`]
        : [];
    }),
  );
}

/** Foul play has to be noticed by at least one test. */
export function complainOfFoulPlay(
  { name, says = [] }: Pick<FoulPlay, 'name' | 'says'>,
  outcome: SpecOutcome,
): string[] {
  const failures = [...outcome.failures, ...outcome.tests.flatMap((test) => test.failures)];
  if (failures.length === 0) return [`${name} passes: the spec is fooled.`];
  return says
    .filter((part) => !failures.some(({ message }) => message.includes(part)))
    .map((part) => `${name} has to fail with "${part}", but fails with ${inWords(failures[0])}`);
}

/** The failure that the learner is shown first. */
export function firstFailure({ tests }: Pick<SpecOutcome, 'tests'>): Failure | undefined {
  return tests.find(isRed)?.failures[0];
}

export function isRed({ failures }: TestOutcome): boolean {
  return failures.length > 0;
}

function inWords(failure: Failure | undefined): string {
  if (!failure) return 'nothing';
  const { name, message, places } = failure;
  const [place] = places;
  return `${name}: ${message.split('\n')[0]}${place ? ` (${place.file}:${place.line})` : ''}`;
}
