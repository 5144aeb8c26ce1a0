import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { noteCalls, noteRequests } from '../evidence/request-tally.ts';
import type { Run } from '../state/run.ts';

// The steps run in other processes than the one that tells what a run has cost: notes are handed over in a file.

declare global {
  /** In the global object, because Vitest loads modules anew for each spec, and once more in a process on standby. */
  var stopNotingRequestsOfSteps: (() => void) | undefined;
  var stopNotingCallsOfSteps: (() => void) | undefined;
}

/** Notes what this process sends to the target of the run from now on: once, however often it is told to. */
export function noteRequestsOfSteps(run: Run): void {
  const file = notesOf(run);
  globalThis.stopNotingRequestsOfSteps?.();
  globalThis.stopNotingRequestsOfSteps = noteRequests((line) => appendLine(file, line));
}

/** Notes which calls of this process the target of the run answers from now on, for the console: once, as above. */
export function noteCallsOfSteps(run: Run): void {
  const file = callsFileOf(run);
  globalThis.stopNotingCallsOfSteps?.();
  globalThis.stopNotingCallsOfSteps = noteCalls((call) => appendLine(file, JSON.stringify(call)));
}

/** The file with the calls of a run's steps, in the order of their answers: a line of JSON for each `AnsweredCall`. */
export function callsFileOf({ scratchFolder }: Pick<Run, 'scratchFolder'>): string {
  return join(scratchFolder, 'calls.jsonl');
}

function appendLine(file: string, line: string): void {
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
