/// <reference types="vite/types/importMeta.d.ts" />

import { basename, dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, inject } from 'vitest';
import { forgetPassed, passedSteps, rememberPassed } from '../state/passed-in-run.ts';
import { recordStepPassed } from '../state/progress-record.ts';
import type { Run } from '../state/run.ts';
import { lacking } from '../steps/lack.ts';
import { filesOf, readText } from '../steps/step-files.ts';
import { readNeeds } from '../steps/step-needs.ts';
import { enterKeysOf } from './clean-up/created-keys.ts';
import { TodoError } from './todo.ts';

declare module '@vitest/runner' {
  interface TaskMeta {
    /** The numbers of the exercise's TODOs without which the test can't pass. */
    todos?: number[];
    /** The TODO that is to blame when the test fails: the reporter leads the learner there. */
    about?: number;
  }
}

/** A step's view of the run that it is part of. */
export interface Step {
  run: Run;
  /** The ARN of the key that global set-up created. */
  runKeyArn: string;
  /** True if an earlier step's exercise passed in this run, so that this step may build on it. */
  passed(step: string): boolean;
}

/** Throws what an exercise threw, if that is only a TODO: it is no answer to judge. */
export function throwIfTodo(outcome: unknown): void {
  if (outcome instanceof TodoError) throw outcome;
}

/** An action that runs once, however many tests ask for what it gives. */
export function once<Result>(action: () => Promise<Result>): () => Promise<Result> {
  let result: Promise<Result> | undefined;
  return () => {
    result ??= action();
    return result;
  };
}

/**
 * Makes a spec file a step of the run: when all of its tests pass, later steps may build on it, and the learner's
 * progress has it. Where something is lacking that the step needs, its tests are skipped.
 *
 * @param specFile the `import.meta.filename` of the spec
 */
export function useStep(specFile: string): Step {
  const run = inject('run');
  const step = basename(dirname(specFile));
  const root = join(dirname(specFile), '../..');
  // As it is now that it was imported: the learner may save another version while the tests run.
  const exercise = readText(root, filesOf(step).exercise);
  const stopCounting = enterKeysOf(run, step);
  let hasTimedOut = false;
  const missing = lacking(readNeeds(root, step), inject('lacks'));
  beforeAll(() => forgetPassed(run, step));
  afterAll(() => stopCounting());
  beforeEach(({ skip }) => {
    if (missing.length) skip(`not possible here: ${missing.join(', ')} is not there`);
    if (hasTimedOut) skip('an earlier test of the step took too long');
  });
  // If one test hangs, the others mostly hang too. The learner shouldn't wait for each.
  afterEach(({ task }) => {
    hasTimedOut ||= task.result?.errors?.some(({ message }) => message.startsWith('Test timed out')) ?? false;
  });
  // biome-ignore lint/correctness/noEmptyPattern: Vitest wants fixtures destructured, and this needs none.
  afterAll(({}, { tasks }) => {
    if (tasks.some((task) => task.result?.state !== 'pass')) return;
    rememberPassed(run, step);
    const isLearners = import.meta.env.MODE === 'test';
    if (isLearners && exercise !== undefined) recordStepPassed(root, step, exercise, new Date());
  });
  return {
    run,
    runKeyArn: inject('keyArn'),
    passed: (earlier) => passedSteps(run).includes(earlier),
  };
}
