import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { StepView } from '../report/model.ts';
import { isWorkshopDone, renderGroups } from '../report/render.ts';
import { readStepFolders, type StepFolder } from '../steps/step-folders.ts';
import { columnsOf, pad, truncate } from '../text/layout.ts';
import { LearnerError } from '../text/learner-error.ts';
import { marks, paint } from '../text/look.ts';
import {
  mergeProgress,
  nextStep,
  type ProgressSheet,
  type ProgressState,
  parseProgressSheet,
  readProgress,
  type StepProgress,
  stepsNotPossible,
} from './progress-sheet.ts';
import { requireSteps } from './step-by-name.ts';

/**
 * Shows how far the learner has come: in this checkout, or, when files are named, in those together.
 *
 * @param files sheets of one learner, as `--json` prints them
 * @param json gives the sheet itself; its schema is `progressSheetSchema`
 * @returns the text to print
 * @throws LearnerError when a file isn't a progress sheet
 */
export function progress(root: string, files: string[], { json = false } = {}): string {
  const isMerged = files.length > 0;
  if (!isMerged) requireSteps(root);
  const sheet = isMerged
    ? files.map((file) => readSheet(root, file)).reduce(mergeProgress)
    : readProgress(root);
  if (json) return JSON.stringify(sheet, null, 2);
  const notPossible = isMerged ? [] : stepsNotPossible(root);
  const rows = rowsOf(root, sheet, notPossible);
  const footer = [
    ...(isWorkshopDone(rows) ? ['You have done the workshop. What you have learned: docs/recap.md'] : []),
    ...(isMerged ? [] : [whatIsNext(root, notPossible)]),
  ];
  return [...describeRows(rows), ...(footer.length ? [''] : []), ...footer.map((line) => ` ${line}`)].join(
    '\n',
  );
}

function readSheet(root: string, file: string): ProgressSheet {
  const content = readFile(root, file);
  try {
    return parseProgressSheet(content);
  } catch (error) {
    throw new LearnerError(
      `${file} is not a progress sheet. Make one with: npm run --silent progress -- --json > ${file}\n${(error as Error).message}`,
    );
  }
}

function readFile(root: string, file: string): Uint8Array {
  try {
    return readFileSync(resolve(root, file));
  } catch (error) {
    const isStep = readStepFolders(root).some(({ number, name }) => [String(number), name].includes(file));
    if (isStep) throw new LearnerError('progress shows all steps and takes no step name: npm run progress');
    throw new LearnerError(`${file} can't be read: ${(error as Error).message}`);
  }
}

const looks: Record<ProgressState | 'not possible', { mark: string; word: string }> = {
  'not possible': { mark: marks.notPossible, word: paint.magenta('not possible here') },
  done: { mark: marks.ok, word: paint.green('done   ') },
  skipped: { mark: marks.skipped, word: paint.cyan('skipped') },
  changed: { mark: marks.unsure, word: paint.yellow('changed') },
  'to do': { mark: marks.toDo, word: 'to do  ' },
};

/** A row of the sheet. */
interface Row extends StepView {
  progress: StepProgress;
  look: keyof typeof looks;
}

/** @param notPossible the steps that are left, and not possible where the last run was */
function rowsOf(root: string, sheet: ProgressSheet, notPossible: StepFolder[]): Row[] {
  const titles = new Map(readStepFolders(root).map(({ name, title }) => [name, title]));
  return Object.entries(sheet.steps).map(([name, progress]) => {
    const look = notPossible.some((other) => other.name === name) ? 'not possible' : progress.state;
    return {
      number: Number.parseInt(name, 10),
      name,
      title: titles.get(name) ?? name,
      state: look === 'done' || look === 'not possible' ? look : 'to do',
      tests: { passed: 0, total: 1 },
      progress,
      look,
    };
  });
}

function describeRows(rows: Row[]): string[] {
  const page = { colors: paint, width: process.stdout.columns ?? 80 };
  const width = Math.max(...rows.map(({ title }) => columnsOf(title)));
  return renderGroups(rows, page, ({ number, title, progress, look }) => {
    const { mark, word } = looks[look];
    const place = paint.dim(String(number).padStart(2));
    const line = ` ${mark} ${place}  ${pad(title, width)}  ${word}  ${remark(progress)}`.trimEnd();
    return [truncate(line, page.width)];
  });
}

function remark({ state, firstPassedAt, lastPassedAt }: StepProgress): string {
  if (state === 'skipped') return paint.dim('the reference is in its place');
  if (!lastPassedAt) return '';
  if (state === 'changed' || state === 'to do') return paint.dim(`passed ${shortTime(lastPassedAt)}`);
  return paint.dim(shortTime(firstPassedAt ?? lastPassedAt));
}

/** A time such as `2026-11-24 22:20`, in the reader's time zone. */
export function shortTime(iso: string): string {
  return timeFormat.format(new Date(iso));
}

const timeFormat = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'short' });

function whatIsNext(root: string, notPossible: StepFolder[]): string {
  const next = nextStep(root);
  if (next) return `Next: step ${next.number}, ${next.title}.`;
  if (notPossible.length === 0) return 'Nothing is left to do.';
  return 'Nothing is left to do here. All steps are possible on the local AWS: unset WORKSHOP_TARGET.';
}
