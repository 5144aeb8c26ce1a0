import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LearnerError } from '../text/learner-error.ts';

/** The files of a step that `reset` and `solve` are about, relative to the repository, with forward slashes. */
export function filesOf(step: string) {
  const folder = `workshop/${step}`;
  return {
    exercise: `${folder}/exercise.ts`,
    /** A copy of the exercise as it was shipped: the learner edits the one and finds the way back in the other. */
    shipped: `${folder}/exercise.ts.shipped`,
    solution: `${folder}/solution.ts`,
  };
}

/**
 * Reads a file of the repository; gives undefined when it isn't there. Line ends are `\n` whatever the editor's.
 *
 * @throws LearnerError when a folder is in its place: the system's error doesn't name it
 */
export function readText(root: string, file: string): string | undefined {
  const path = join(root, file);
  try {
    return readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code === 'EISDIR')
      throw new LearnerError(`${path} is a folder, but a file is needed in its place. Move it away.`, {
        cause: error,
      });
    throw error;
  }
}
