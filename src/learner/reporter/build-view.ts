import type { SerializedError } from 'vitest';
import type { TestCase, TestModule } from 'vitest/node';
import type { StepFolder } from '../step-folders.ts';
import { describeFailure, type ReportedError } from './failure.ts';
import { findLine, remainingTodos } from './learner-code.ts';
import type { Failure, StepView, ThrownError } from './model.ts';

export interface Workshop {
  /** The repository's folder. */
  root: string;
  /** Whether the reference solutions run instead of the learner's exercises. */
  solutions: boolean;
}

/** A step and where the learner is in it, from the results of its spec, if that has run. */
export function viewStep({ root, solutions }: Workshop, step: StepFolder, spec?: TestModule): StepView {
  const tests = spec ? [...spec.children.allTests()] : [];
  const file = `workshop/${step.name}/${solutions ? 'solution' : 'exercise'}.ts`;
  const left = remainingTodos(root, file);
  const view: StepView = {
    ...step,
    state: 'not run',
    tests: { passed: tests.filter(hasState('passed')).length, total: tests.length },
  };
  const named = new Set([...left, ...tests.flatMap(todosOf)]);
  if (named.size && !solutions) view.todos = { left: left.length, total: named.size };
  if (!spec) return view;

  const failure = firstFailure(root, file, spec, tests, left);
  if (failure) return { ...view, failure, state: failure.kind === 'todo' ? 'to do' : 'wrong' };
  const isWhole = tests.length > 0 && tests.every(hasState('passed'));
  return { ...view, state: isWhole ? 'done' : 'not run' };
}

/** An error outside of all tests, such as a promise that nobody awaited. */
export function viewUnhandledError(root: string, error: SerializedError): ThrownError | undefined {
  const failure = describeFailure(error, root);
  return failure.kind === 'error' ? failure : undefined;
}

/**
 * A wrong answer comes before the next TODO, but not when it only follows from a TODO that is left: a test that
 * names such a TODO says nothing yet.
 */
function firstFailure(
  root: string,
  file: string,
  spec: TestModule,
  tests: TestCase[],
  left: number[],
): Failure | undefined {
  const loading = [spec, ...spec.children.allSuites()].flatMap((suite) => suite.errors())[0];
  if (loading) return describeFailure(loading, root);

  const proved = new Set(tests.filter(hasState('passed')).flatMap(todosOf));
  const failed = tests.filter(hasState('failed')).map((test) => {
    const error = test.result().errors?.[0] as ReportedError;
    const named = todosOf(test);
    const unproved = named.filter((todo) => !proved.has(todo));
    const suspects = unproved.length ? unproved : named;
    const failure = describeFailure(error, root, { name: test.name, suspects });
    return { failure: locate(root, file, failure), isPremature: named.some((todo) => left.includes(todo)) };
  });
  const wrong = failed.find(({ failure, isPremature }) => failure.kind !== 'todo' && !isPremature);
  if (wrong) return wrong.failure;
  const todos = failed.map(({ failure }) => failure).filter((failure) => failure.kind === 'todo');
  const byTitle = (a: { title: string }, b: { title: string }) =>
    a.title.localeCompare(b.title, 'en', { numeric: true });
  return todos.sort(byTitle)[0] ?? failed[0]?.failure;
}

/** A wrong answer has no stack frame in the exercise: the comment of its first TODO leads there. */
function locate(root: string, file: string, failure: Failure): Failure {
  if (failure.kind !== 'wrong' || failure.location) return failure;
  const [first] = failure.suspects;
  const line = first === undefined ? undefined : findLine(root, file, new RegExp(`// (TODO )?${first}[.:]`));
  return { ...failure, location: { file, line } };
}

function hasState(state: 'passed' | 'failed') {
  return (test: TestCase) => test.result().state === state;
}

function todosOf(test: TestCase): number[] {
  return test.meta().todos ?? [];
}
