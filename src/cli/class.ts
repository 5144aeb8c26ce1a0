import type { StepFolder } from '../steps/step-folders.ts';
import { toCsv } from '../text/csv.ts';
import { LearnerError } from '../text/learner-error.ts';
import { type Class, readClass } from './class-sheets.ts';
import { renderClass, renderRemarks } from './class-table.ts';
import { shortTime } from './progress.ts';
import { requireSteps } from './step-by-name.ts';

/**
 * Shows where the learners of a class are, by the progress sheets in a folder. It only reads: it writes no file and sends
 * nothing.
 *
 * @param folder with the sheets, relative to the project's
 * @param print takes the table
 * @param report takes the remarks about files that must not stand in a spreadsheet's table
 * @param json prints all of it for a program
 * @param csv prints the table for a spreadsheet
 * @returns whether all files could be read
 * @throws LearnerError when there is no such folder, or nothing in it
 */
export function showClass(
  root: string,
  folder: string | undefined,
  { print, report }: { print(text: string): void; report(text: string): void },
  { json = false, csv = false } = {},
): boolean {
  if (!folder) throw new LearnerError('Name the folder with the sheets: npm run class -- sheets/');
  if (json && csv) throw new LearnerError('Choose one of --json and --csv.');
  const steps = requireSteps(root);
  const group = readClass(root, folder, steps);
  const width = process.stdout.columns ?? 80;
  if (json) {
    print(JSON.stringify(forPrograms(group, steps), null, 2));
  } else if (csv) {
    print(toCsv(forSpreadsheets(group, steps)));
    for (const line of renderRemarks(group, width)) report(line);
  } else {
    print(renderClass(group, steps, { width, now: new Date() }).join('\n'));
  }
  return group.unreadable.length === 0;
}

function forPrograms({ learners, unreadable, notes }: Class, steps: StepFolder[]) {
  return {
    version: 1,
    steps: steps.map(({ name }) => name),
    learners: learners.map((learner) => ({ ...learner, step: learner.step?.name ?? null })),
    unreadable,
    notes,
  };
}

function forSpreadsheets({ learners }: Class, steps: StepFolder[]): string[][] {
  const names = steps.map(({ name }) => name);
  const rows = learners.map((learner) => [
    learner.name,
    learner.step?.name ?? '',
    learner.since ? shortTime(learner.since) : '',
    ...names.map((name) => learner.steps[name]?.state ?? ''),
  ]);
  return [['learner', 'step', 'since', ...names], ...rows];
}
