import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stateFolder } from '../state/state-folder.ts';
import { filesOf, readText } from '../steps/step-files.ts';
import { LearnerError } from '../text/learner-error.ts';

/** The outcome of replacing an exercise. */
export interface Replaced {
  changed: boolean;
  /** File to which the learner's version was saved. Undefined if it was the shipped text. */
  savedTo?: string;
}

/**
 * Puts the exercise as shipped, or the reference solution, in the exercise's place, after saving what the learner
 * wrote.
 *
 * @param at when, for the name of the saved file
 * @throws LearnerError when the text to put there is missing
 */
export function replaceExercise(root: string, step: string, by: 'shipped' | 'solution', at: Date): Replaced {
  const files = filesOf(step);
  const text = readText(root, files[by]);
  if (text === undefined) {
    throw new LearnerError(
      `${files[by]} is missing, so ${files.exercise} was left as it is. Get the file again from where you got the workshop.`,
    );
  }
  const current = readText(root, files.exercise);
  if (current === text) return { changed: false };
  const isLearners =
    current !== undefined &&
    current !== readText(root, files.shipped) &&
    current !== readText(root, files.solution);
  const savedTo = isLearners ? save(root, step, current, at) : undefined;
  writeFileSync(join(root, files.exercise), text);
  return { changed: true, savedTo };
}

/** Never writes over a file that was saved before. */
function save(root: string, step: string, text: string, at: Date): string {
  const time = at
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-');
  for (let copy = 1; ; copy++) {
    const file = `${stateFolder}/saved/${step}/${time}${copy === 1 ? '' : `-${copy}`}.ts`;
    mkdirSync(dirname(join(root, file)), { recursive: true });
    try {
      writeFileSync(join(root, file), text, { flag: 'wx', flush: true });
      return file;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
