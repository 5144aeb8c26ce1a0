import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeInside } from './remove-inside.ts';
import { type Run, requireRunName } from './run.ts';
import { stateFolder } from './state-folder.ts';

/** Identifies the progress of a run. */
type RunFolder = Pick<Run, 'root' | 'name'>;

/** Remembers, from one worker to the next, that a step's exercise passed in this run. */
export function rememberPassed({ root, name }: RunFolder, step: string): void {
  mkdirSync(folderOf(root, name), { recursive: true });
  writeFileSync(join(folderOf(root, name), step), '');
}

/** The step is about to run again: what it showed before no longer counts. */
export function forgetPassed({ root, name }: RunFolder, step: string): void {
  removeInside(join(root, stateFolder), join(folderOf(root, name), step));
}

/** The steps whose exercises passed in this run, by their folders' names. */
export function passedSteps({ root, name }: RunFolder): string[] {
  try {
    return readdirSync(folderOf(root, name)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Forgets the progress of a run that is over. */
export function forgetProgress({ root, name }: RunFolder): void {
  removeInside(join(root, stateFolder), folderOf(root, name), { recursive: true });
}

function folderOf(root: string, name: string): string {
  return join(root, stateFolder, 'runs', requireRunName(name));
}
