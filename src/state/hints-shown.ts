import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readText } from '../steps/step-files.ts';
import { stateFolder } from './state-folder.ts';

/** Number of hints of a step that the learner has seen. */
export function hintsShown(root: string, step: string): number {
  const shown = Number(readText(root, shownFile(step)));
  return Number.isInteger(shown) && shown > 0 ? shown : 0;
}

export function rememberHintsShown(root: string, step: string, shown: number): void {
  const file = join(root, shownFile(step));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${shown}\n`);
}

/** Starts the hints of a step over. */
export function forgetHintsShown(root: string, step: string): void {
  rmSync(join(root, shownFile(step)), { force: true });
}

function shownFile(step: string): string {
  return `${stateFolder}/hints/${step}`;
}
