import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeInside } from '../remove-inside.ts';
import { stateFolder } from '../steps/state-folder.ts';
import { requireRunName } from './run.ts';

/** Remembers, from one worker to the next, that a step's exercise passed in this run. */
export function rememberPassed(runName: string, step: string): void {
  mkdirSync(folderOf(runName), { recursive: true });
  writeFileSync(join(folderOf(runName), step), '');
}

/** The step is about to run again: what it showed before no longer counts. */
export function forgetPassed(runName: string, step: string): void {
  removeInside(stateFolder, join(folderOf(runName), step));
}

/** The steps whose exercises passed in this run, by their folders' names. */
export function passedSteps(runName: string): string[] {
  try {
    return readdirSync(folderOf(runName)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Forgets the progress of a run that is over. */
export function forgetProgress(runName: string): void {
  removeInside(stateFolder, folderOf(runName), { recursive: true });
}

function folderOf(runName: string): string {
  return join(stateFolder, 'runs', requireRunName(runName));
}
