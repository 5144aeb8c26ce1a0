import { z } from 'zod';
import { wasPossible } from '../state/lacks-record.ts';
import { isPassOf, readPasses, type StepPass } from '../state/progress-record.ts';
import { filesOf, readText } from '../steps/step-files.ts';
import { readStepFolders, type StepFolder } from '../steps/step-folders.ts';

/**
 * The state of a step:
 * - `done`: the exercise as it is now has passed;
 * - `skipped`: the reference solution is in its place, and no version of the learner's has ever passed;
 * - `changed`: a version has passed, and was changed since: whether it still passes, the next run shows;
 * - `to do`: no version has passed, or the exercise is as shipped again.
 *
 * In the order in which one outranks the other when two sheets are merged.
 */
export const progressStates = ['to do', 'changed', 'skipped', 'done'] as const;

export type ProgressState = (typeof progressStates)[number];

const time = z.iso.datetime({ precision: 3 }).nullable();

const stepProgressSchema = z.strictObject({
  state: z.enum(progressStates),
  firstPassedAt: time,
  lastPassedAt: time,
});

/** The version of the sheets that this workshop writes and reads. */
const version = 1;

/**
 * What `npm run progress -- --json` prints: for each step, by its folder's name, its state and when an exercise of the
 * learner's own passed for the first and the last time (ISO 8601, UTC, milliseconds), or null when none ever did.
 */
export const progressSheetSchema = z.strictObject({
  version: z.literal(version),
  steps: z.record(z.string().regex(/^\d+-/, 'a step, such as 01-create-key'), stepProgressSchema),
});

/**
 * Reads a sheet from a file's content. `npm run` prints lines of its own before the sheet unless it is told to be silent;
 * they are skipped. PowerShell 5 writes UTF-16.
 *
 * @throws Error whose message says in a line why it is no sheet
 */
export function parseProgressSheet(content: Uint8Array): ProgressSheet {
  const isUtf16 = content[0] === 0xff && content[1] === 0xfe;
  const text = new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8').decode(content);
  const value = parseJson(text.replace(/^>.*$/gm, ''));
  const ofOtherVersion = otherVersionSchema.safeParse(value);
  if (ofOtherVersion.success) {
    throw new Error(`It has version ${ofOtherVersion.data.version}. This workshop reads version ${version}.`);
  }
  const sheet = progressSheetSchema.safeParse(value);
  if (sheet.success) return sheet.data;
  const [issue] = sheet.error.issues;
  throw new Error(`It is wrong at ${z.core.toDotPath(issue?.path ?? []) || 'the top'}: ${issue?.message}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the file, which may be anything.
    throw new Error('It is not JSON, or it is cut off.');
  }
}

const otherVersionSchema = z.object({ version: z.number().refine((other) => other !== version) });

export type StepProgress = z.infer<typeof stepProgressSchema>;
export type ProgressSheet = z.infer<typeof progressSheetSchema>;

/** Reads how far the learner of this checkout has come. */
export function readProgress(root: string): ProgressSheet {
  const passes = readPasses(root);
  const steps = readStepFolders(root).map(({ name }) => {
    const pass = passes.get(name);
    const progress: StepProgress = {
      state: stateOf(root, name, pass),
      firstPassedAt: pass?.firstPassedAt ?? null,
      lastPassedAt: pass?.lastPassedAt ?? null,
    };
    return [name, progress] as const;
  });
  return { version, steps: Object.fromEntries(steps) };
}

/** The first step that isn't known to be done and was possible where the last run was, or undefined when there is none. */
export function nextStep(root: string): StepFolder | undefined {
  return stepsLeft(root).find(({ name }) => wasPossible(root, name));
}

/** The step whose exercise, as it is now, was the last to pass for the first time: its folder's name. */
export function lastDone(root: string): string | undefined {
  const done = Object.entries(readProgress(root).steps).filter(([, { state }]) => state === 'done');
  const at = ([, { firstPassedAt }]: [string, StepProgress]) => firstPassedAt ?? '';
  return done.sort((a, b) => at(a).localeCompare(at(b))).at(-1)?.[0];
}

/** The steps that aren't known to be done, and weren't possible where the last run was. */
export function stepsNotPossible(root: string): StepFolder[] {
  return stepsLeft(root).filter(({ name }) => !wasPossible(root, name));
}

function stepsLeft(root: string): StepFolder[] {
  const { steps } = readProgress(root);
  return readStepFolders(root).filter(
    ({ name }) => !['done', 'skipped'].includes(steps[name]?.state ?? 'to do'),
  );
}

/**
 * Puts together what one learner did in two places. The order of the sheets doesn't matter, nor how often one is
 * merged: of two states the one that says more stays, of the times the first and the last.
 */
export function mergeProgress(a: ProgressSheet, b: ProgressSheet): ProgressSheet {
  const names = [...new Set([...Object.keys(a.steps), ...Object.keys(b.steps)])].sort();
  const steps = names.map((name) => [name, mergeStep(a.steps[name], b.steps[name])] as const);
  return { version, steps: Object.fromEntries(steps) };
}

function stateOf(root: string, step: string, pass: StepPass | undefined): ProgressState {
  const files = filesOf(step);
  const exercise = readText(root, files.exercise);
  if (exercise === undefined || exercise === readText(root, files.shipped)) return 'to do';
  if (pass && isPassOf(pass, exercise)) return 'done';
  if (exercise === readText(root, files.solution)) return pass ? 'done' : 'skipped';
  return pass ? 'changed' : 'to do';
}

function mergeStep(a: StepProgress = nothingDone, b: StepProgress = nothingDone): StepProgress {
  const rank = ({ state }: StepProgress) => progressStates.indexOf(state);
  return {
    state: rank(a) >= rank(b) ? a.state : b.state,
    firstPassedAt:
      [a.firstPassedAt, b.firstPassedAt]
        .filter((at) => at !== null)
        .sort()
        .at(0) ?? null,
    lastPassedAt:
      [a.lastPassedAt, b.lastPassedAt]
        .filter((at) => at !== null)
        .sort()
        .at(-1) ?? null,
  };
}

/** The progress with a step before anything of it has passed. */
export const nothingDone: StepProgress = { state: 'to do', firstPassedAt: null, lastPassedAt: null };
