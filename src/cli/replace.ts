import { forgetHintsShown } from '../state/hints-shown.ts';
import { filesOf } from '../steps/step-files.ts';
import type { StepFolder } from '../steps/step-folders.ts';
import { LearnerError } from '../text/learner-error.ts';
import { marks, paint } from '../text/look.ts';
import { replaceExercise } from './exercise.ts';
import { listOf, requireSteps, stepByName } from './step-by-name.ts';

/**
 * Brings exercises back as they were shipped, their hints to the first, and keeps what the learner wrote.
 *
 * @param at when, for the names of the saved files
 * @returns the text to print
 * @throws LearnerError when no step is named, or one that isn't there
 */
export function reset(root: string, typed: string[], at: Date): string {
  return namedSteps(root, typed, 'reset')
    .map((step) => {
      forgetHintsShown(root, step.name);
      return replace(root, step, 'shipped', at);
    })
    .join('\n');
}

/**
 * Puts the reference solutions in the exercises' places, and keeps what the learner wrote. Parameters and errors as
 * for `reset`.
 */
export function solve(root: string, typed: string[], at: Date): string {
  return namedSteps(root, typed, 'solve')
    .map((step) => replace(root, step, 'solution', at))
    .join('\n');
}

function namedSteps(root: string, typed: string[], command: string): StepFolder[] {
  const steps = requireSteps(root);
  if (typed.length === 0) {
    throw new LearnerError(
      `Which step? Name one or more: npm run ${command} -- ${steps[0]?.number}\n${listOf(steps)}`,
    );
  }
  return [...new Set(typed.map((name) => stepByName(steps, name)))];
}

function replace(root: string, step: StepFolder, by: 'shipped' | 'solution', at: Date): string {
  const { changed, savedTo } = replaceExercise(root, step.name, by, at);
  const { exercise } = filesOf(step.name);
  const is = by === 'shipped' ? 'as shipped' : 'the reference solution';
  const lines = [
    `${marks.ok} ${paint.bold(`Step ${step.number}, ${step.title}`)}: ${exercise} is ${changed ? 'now' : 'already'} ${is}.`,
  ];
  if (savedTo) {
    lines.push(
      `  Your version is in ${paint.cyan(savedTo)}`,
      '  To go on with it, copy it back over the exercise.',
    );
  }
  return lines.join('\n');
}
