import type { TestCase, TestModule } from 'vitest/node';
import { type Lack, lacking } from '../steps/lack.ts';
import { filesOf } from '../steps/step-files.ts';
import type { StepFolder } from '../steps/step-folders.ts';
import { readNeeds } from '../steps/step-needs.ts';
import { type ExerciseTodo, readTodos } from './exercise-todos.ts';
import { describeFailure, type ReportedError } from './failure.ts';
import type { Workshop } from './learner-code.ts';
import type { Failure, MissingNeed, StepView } from './model.ts';

/** Missing operations, with the steps that need each one. */
export function viewMissing({ root }: Workshop, steps: StepFolder[], lacks: Lack[]): MissingNeed[] {
  return lacks
    .map((lack) => ({
      ...lack,
      steps: steps
        .filter(({ name }) => readNeeds(root, name).includes(lack.need))
        .map(({ number }) => number),
    }))
    .filter((missing) => missing.steps.length > 0);
}

/**
 * A step and where the learner is in it, from the results of its spec, if that has run.
 *
 * @param lacks what is lacking where AWS is: a step that needs it is not possible
 */
export function viewStep(workshop: Workshop, step: StepFolder, lacks: Lack[], spec?: TestModule): StepView {
  const tests = spec ? [...spec.children.allTests()] : [];
  const todos = workshop.solutions ? [] : readTodos(workshop.root, step.name);
  const view: StepView = {
    ...step,
    state: 'not run',
    tests: { passed: tests.filter(hasState('passed')).length, total: tests.length },
  };
  if (todos.length) view.todos = { left: todos.filter(({ isLeft }) => isLeft).length, total: todos.length };

  const failure = firstFailure(workshop, step, spec, todos);
  if (failure) return { ...view, failure, state: failure.kind === 'todo' ? 'to do' : 'wrong' };
  if (lacking(readNeeds(workshop.root, step.name), lacks).length) return { ...view, state: 'not possible' };
  const isWhole = tests.length > 0 && tests.every(hasState('passed'));
  return { ...view, state: isWhole ? 'done' : 'not run' };
}

/**
 * A wrong answer comes before the next TODO, but not when it only follows from a TODO that is left: a test that
 * names such a TODO says nothing yet.
 */
function firstFailure(
  workshop: Workshop,
  step: StepFolder,
  spec: TestModule | undefined,
  todos: ExerciseTodo[],
): Failure | undefined {
  if (!spec) return undefined;
  const loading = [spec, ...spec.children.allSuites()].flatMap((suite) => suite.errors())[0];
  if (loading) return describeFailure(loading, workshop);

  const left = new Set(todos.filter(({ isLeft }) => isLeft).map(({ number }) => number));
  const failed = [...spec.children.allTests('failed')].map((test) => ({
    failure: viewFailedTest(workshop, step, test, todos),
    isPremature: (test.meta().todos ?? []).some((number) => left.has(number)),
  }));
  const wrong = failed.find(({ failure, isPremature }) => failure.kind !== 'todo' && !isPremature);
  if (wrong) return wrong.failure;
  const next = failed.map(({ failure }) => failure).filter((failure) => failure.kind === 'todo');
  next.sort((a, b) => (a.number ?? Number.POSITIVE_INFINITY) - (b.number ?? Number.POSITIVE_INFINITY));
  return next[0] ?? failed[0]?.failure;
}

/** An assertion leaves no stack frame in the exercise: the TODO that its test is about leads there. */
function viewFailedTest(
  workshop: Workshop,
  step: StepFolder,
  test: TestCase,
  todos: ExerciseTodo[],
): Failure {
  const failure = describeFailure(test.result().errors?.[0] as ReportedError, workshop, test.name);
  if (failure.kind === 'todo') return failure;
  const files = filesOf(step.name);
  const todo = todos.find(({ number }) => number === test.meta().about);
  const file = workshop.solutions ? files.solution : files.exercise;
  return { ...failure, todo, location: failure.location ?? { file, line: todo?.line } };
}

function hasState(state: 'passed' | 'failed') {
  return (test: TestCase) => test.result().state === state;
}
