import { readFileSync } from 'node:fs';
import { join } from 'node:path';

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

/** Reads a file of the repository; gives undefined when it isn't there. Line ends are `\n` whatever the editor's. */
export function readText(root: string, file: string): string | undefined {
  try {
    return readFileSync(join(root, file), 'utf8').replaceAll('\r\n', '\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
