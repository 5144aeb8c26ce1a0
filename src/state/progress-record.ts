import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { filesOf, readText } from '../steps/step-files.ts';
import { stateFolder } from './state-folder.ts';
import { writeWhole } from './write-whole.ts';

const passSchema = z.object({
  firstPassedAt: z.iso.datetime(),
  lastPassedAt: z.iso.datetime(),
  /** The SHA-256 of the exercise that passed last, in hex. */
  exercise: z.string(),
});

/** Record of a step whose exercise passed, in any run. Times are ISO 8601, in UTC. */
export type StepPass = z.infer<typeof passSchema>;

/**
 * Records that an exercise of the learner's passed, for later runs and commands. A step that passes with the reference
 * solution in the exercise's place is not recorded, because that is not the learner's work.
 *
 * Each step has a file of its own: two runs at the same time, in a terminal and in an editor, lose nothing.
 *
 * @param exercise the text of the exercise that ran, not of what has become of it since
 */
export function recordStepPassed(root: string, step: string, exercise: string, at: Date): void {
  if (exercise === readText(root, filesOf(step).solution)) return;
  const before = readPass(root, step);
  const pass: StepPass = {
    firstPassedAt: before?.firstPassedAt ?? at.toISOString(),
    lastPassedAt: at.toISOString(),
    exercise: digest(exercise),
  };
  writeWhole(join(root, fileOf(step)), `${JSON.stringify(pass)}\n`);
}

/** The steps whose exercises have passed at some time, by their folders' names. */
export function readPasses(root: string): Map<string, StepPass> {
  const passes = new Map<string, StepPass>();
  for (const step of recordedSteps(root)) {
    const pass = readPass(root, step);
    if (pass) passes.set(step, pass);
  }
  return passes;
}

/** True if this text of the exercise is the one that passed. */
export function isPassOf(pass: StepPass, exercise: string): boolean {
  return pass.exercise === digest(exercise);
}

const folder = `${stateFolder}/progress`;

function fileOf(step: string): string {
  return `${folder}/${step}.json`;
}

function recordedSteps(root: string): string[] {
  try {
    return readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.json'))
      .map((name) => name.slice(0, -'.json'.length));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** A record that somebody damaged proves nothing: the step's next pass writes a new one. */
function readPass(root: string, step: string): StepPass | undefined {
  try {
    return passSchema.parse(JSON.parse(readText(root, fileOf(step)) ?? ''));
  } catch {
    return undefined;
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
