import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stateFolder } from '../state/state-folder.ts';
import { writeWhole } from '../state/write-whole.ts';
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
  const exercise = join(root, files.exercise);
  const savedTo = isLearners ? saveVersion(root, step, readFileSync(exercise), at) : undefined;
  writeWhole(exercise, text);
  return { changed: true, savedTo };
}

/**
 * Saves a version of the learner's, byte for byte. Never writes over a saved file, and doesn't save a version twice.
 *
 * @param at when, for the name of the saved file
 * @returns the saved file, relative to the repository
 */
export function saveVersion(root: string, step: string, version: Buffer, at: Date): string {
  const folder = `${stateFolder}/saved/${step}`;
  mkdirSync(join(root, folder), { recursive: true });
  const saved = readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .find(({ name }) => readFileSync(join(root, folder, name)).equals(version));
  if (saved) return `${folder}/${saved.name}`;
  const time = at
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-');
  for (let copy = 1; ; copy++) {
    const file = `${folder}/${time}${copy === 1 ? '' : `-${copy}`}.ts`;
    try {
      writeFileSync(join(root, file), version, { flag: 'wx', flush: true });
      return file;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
