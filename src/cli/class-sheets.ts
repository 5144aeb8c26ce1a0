import { readdirSync, readFileSync, statSync } from 'node:fs';
import { parse, resolve } from 'node:path';
import type { StepFolder } from '../steps/step-folders.ts';
import { truncate } from '../text/layout.ts';
import { LearnerError } from '../text/learner-error.ts';
import { printable } from '../text/printable.ts';
import { nothingDone, type ProgressSheet, parseProgressSheet, type StepProgress } from './progress-sheet.ts';

/** A learner's progress, as their sheet has it. */
export interface Learner {
  /** The name of the sheet's file, without its extension; printable. */
  name: string;
  /** For each step of this workshop, by its folder's name. */
  steps: Record<string, StepProgress>;
  /** The first step that is neither done nor skipped, or undefined when there is none. */
  step: StepFolder | undefined;
  /** When they came to this step, or did the last one: when something passed last for the first time. Null if nothing did. */
  since: string | null;
}

/** Something about a file that the instructor should know. */
export interface Remark {
  /** The file's name; printable. */
  file: string;
  text: string;
}

/** A class, as its sheets show it. */
export interface Class {
  /** By their names. */
  learners: Learner[];
  /** The files that aren't sheets of this version. */
  unreadable: Remark[];
  /** The sheets that are doubled, or name steps that this workshop doesn't have. */
  notes: Remark[];
}

/**
 * Reads the sheets of a class, one file for each learner. A file that can't be read is named and stops nothing.
 *
 * A sheet is of the same learner as a newer one if they have the same name, or if each step that has passed did so for the
 * first time in the same millisecond. Only the newer one counts.
 *
 * @param folder with the sheets, relative to the project's
 * @param steps the steps of this workshop
 * @throws LearnerError when the folder can't be read or has no files
 */
export function readClass(root: string, folder: string, steps: StepFolder[]): Class {
  const unreadable: Remark[] = [];
  const sheets = filesIn(root, folder).flatMap((name) => {
    const file = oneLine(name);
    try {
      return [{ file, sheet: parseProgressSheet(readSmallFile(resolve(root, folder, name))) }];
    } catch (error) {
      unreadable.push({ file, text: shortLine((error as Error).message) });
      return [];
    }
  });

  const notes: Remark[] = [];
  const learners: Learner[] = [];
  const counted: { file: string; name: string; passes: Set<string> }[] = [];
  for (const { file, sheet } of sheets.toSorted((a, b) =>
    compare(lastPassOf(b.sheet), lastPassOf(a.sheet)),
  )) {
    const name = parse(file).name;
    const passes = firstPassesOf(sheet);
    const newer = counted.find(
      (other) => other.name.toLowerCase() === name.toLowerCase() || isPartOf(passes, other.passes),
    );
    if (newer) {
      const text = `It is of the same learner as ${newer.file}, which is not older, and was left out.`;
      notes.push({ file, text });
      continue;
    }
    counted.push({ file, name, passes });
    const unknown = Object.keys(sheet.steps).find((step) => steps.every((known) => known.name !== step));
    if (unknown) {
      const text = `It has steps that this workshop doesn't have, such as ${shortLine(unknown)}. They were left out.`;
      notes.push({ file, text });
    }
    learners.push(learnerOf(name, sheet, steps));
  }
  return {
    learners: learners.sort((a, b) => collator.compare(a.name, b.name)),
    unreadable,
    notes: notes.sort((a, b) => collator.compare(a.file, b.file)),
  };
}

function learnerOf(name: string, sheet: ProgressSheet, steps: StepFolder[]): Learner {
  const progressOf = (step: StepFolder) => sheet.steps[step.name] ?? nothingDone;
  const step = steps.find((each) => !['done', 'skipped'].includes(progressOf(each).state));
  const times = steps.map((each) => progressOf(each).firstPassedAt);
  // It has passed before, and was changed since.
  if (step) times.push(progressOf(step).lastPassedAt);
  return {
    name,
    steps: Object.fromEntries(steps.map((each) => [each.name, progressOf(each)])),
    step,
    since: latest(times) ?? null,
  };
}

/** All but hidden files, such as those that macOS makes. `ada.json` comes before its download `ada (1).json`. */
function filesIn(root: string, folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(resolve(root, folder)).filter((name) => !name.startsWith('.'));
  } catch (error) {
    throw new LearnerError(
      `The folder ${folder} can't be read: ${(error as Error).message}\nName the folder with the sheets: npm run class -- sheets/`,
    );
  }
  if (names.length === 0) {
    throw new LearnerError(
      `The folder ${folder} is empty. Put the sheets of the learners there. A learner makes one with: npm run --silent progress -- --json > ada.json`,
    );
  }
  return names.sort((a, b) => collator.compare(parse(a).name, parse(b).name));
}

const collator = new Intl.Collator('en', { numeric: true });

/** A sheet has about 3 KiB. Somebody else's file may be anything. */
const mostBytes = 1024 * 1024;

function readSmallFile(path: string): Uint8Array {
  const stats = statSync(path);
  if (!stats.isFile()) throw new Error('It is not a file. Put the sheets themselves into the folder.');
  if (stats.size > mostBytes) throw new Error('It has more than 1 MiB, which no sheet has.');
  if (stats.size === 0) throw new Error('It is empty.');
  return readFileSync(path);
}

/** When each step passed for the first time. */
function firstPassesOf({ steps }: ProgressSheet): Set<string> {
  const passed = Object.entries(steps).filter(([, { firstPassedAt }]) => firstPassedAt);
  return new Set(passed.map(([step, { firstPassedAt }]) => `${step} ${firstPassedAt}`));
}

function isPartOf(passes: Set<string>, others: Set<string>): boolean {
  return passes.size > 0 && [...passes].every((pass) => others.has(pass));
}

function lastPassOf({ steps }: ProgressSheet): string {
  return latest(Object.values(steps).map(({ lastPassedAt }) => lastPassedAt)) ?? '';
}

/** The last of some times in ISO 8601, all in UTC and of the same precision. */
function latest(times: (string | null)[]): string | undefined {
  return times
    .filter((time) => time !== null)
    .sort()
    .at(-1);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function oneLine(text: string): string {
  return printable(text).replace(/\s+/g, ' ').trim().normalize('NFC');
}

/** Shortens a message that quotes a sheet: a sheet can have lines of any length. */
function shortLine(text: string): string {
  return truncate(oneLine(text), 160);
}
