import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { readStepFolders } from '../../steps/step-folders.ts';
import { LearnerError } from '../learner-error.ts';
import { marks, paint } from '../look.ts';
import {
  mergeProgress,
  nextStep,
  type ProgressSheet,
  type ProgressState,
  progressSheetSchema,
  readProgress,
  type StepProgress,
} from '../progress.ts';
import { columnsOf, pad } from '../reporter/layout.ts';
import type { StepView } from '../reporter/model.ts';
import { renderProgress } from '../reporter/render.ts';
import { requireSteps } from '../step-by-name.ts';

/**
 * Tells how far the learner has come: in this checkout, or, when files are named, in those together.
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
  return describe(root, sheet, isMerged ? [] : ['', ` ${whatIsNext(root)}`]);
}

/** `npm run` prints its own lines before the sheet unless it is told to be silent: those are skipped. */
function readSheet(root: string, file: string): ProgressSheet {
  const text = readFile(root, file);
  try {
    return progressSheetSchema.parse(JSON.parse(text.replace(/^(?:>.*|\s*)$/gm, '')));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new LearnerError(
      `${file} is not a progress sheet. Make one with: npm run --silent progress -- --json > ${file}\n${reason}`,
    );
  }
}

function readFile(root: string, file: string): string {
  try {
    return readFileSync(resolve(root, file), 'utf8');
  } catch (error) {
    throw new LearnerError(`${file} can't be read: ${(error as Error).message}`);
  }
}

const looks: Record<ProgressState, { mark: string; word: string }> = {
  done: { mark: marks.ok, word: paint.green('done   ') },
  skipped: { mark: marks.skipped, word: paint.cyan('skipped') },
  changed: { mark: marks.unsure, word: paint.yellow('changed') },
  'to do': { mark: marks.toDo, word: 'to do  ' },
};

function describe(root: string, sheet: ProgressSheet, footer: string[]): string {
  const titles = new Map(readStepFolders(root).map(({ name, title }) => [name, title]));
  const rows = Object.entries(sheet.steps).map(([name, step]) => ({
    number: Number.parseInt(name, 10),
    name,
    title: titles.get(name) ?? name,
    step,
  }));
  const width = Math.max(...rows.map(({ title }) => columnsOf(title)));
  const lines = rows.map(({ number, title, step }) => {
    const { mark, word } = looks[step.state];
    const place = paint.dim(String(number).padStart(2));
    return ` ${mark} ${place}  ${pad(title, width)}  ${word}  ${remark(step)}`.trimEnd();
  });
  const views: StepView[] = rows.map(({ step, ...folder }) => ({
    ...folder,
    state: step.state === 'done' ? 'done' : 'not run',
    tests: { passed: 0, total: 1 },
  }));
  const page = { colors: paint, width: process.stdout.columns ?? 80 };
  return [...lines, '', renderProgress(views, page), ...footer].join('\n');
}

function remark({ state, firstPassedAt, lastPassedAt }: StepProgress): string {
  if (state === 'skipped') return paint.dim('the reference is in its place');
  if (!lastPassedAt) return '';
  if (state === 'changed') return paint.dim(`passed ${shortTime(lastPassedAt)}, changed since`);
  if (state === 'to do') return paint.dim(`passed ${shortTime(lastPassedAt)}, then reset`);
  return paint.dim(shortTime(firstPassedAt ?? lastPassedAt));
}

/** In the time zone of whoever reads it. */
function shortTime(iso: string): string {
  return new Date(iso).toLocaleString('sv-SE', { dateStyle: 'short', timeStyle: 'short' });
}

function whatIsNext(root: string): string {
  const next = nextStep(root);
  return next ? `Next: step ${next.number}, ${next.title}.` : 'Nothing is left to do.';
}
