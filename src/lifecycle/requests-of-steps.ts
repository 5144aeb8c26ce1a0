import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Run } from './run.ts';

// The steps run in other processes than the one that tells what a run has cost: notes are handed over in a file.

/** Notes a line about a request of a step. */
export function noteRequestOfStep(run: Run, line: string): void {
  const file = notesOf(run);
  mkdirSync(dirname(file), { recursive: true });
  appendFileSync(file, `${line}\n`);
}

/** The lines that were noted about the requests of a run's steps. */
export function requestsOfSteps(run: Run): string[] {
  const file = notesOf(run);
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
}

function notesOf({ scratchFolder }: Run): string {
  return join(scratchFolder, 'requests');
}
