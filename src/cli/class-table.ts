import { groupSteps, type StepFolder } from '../steps/step-folders.ts';
import { columnsOf, pad, truncate, wrap } from '../text/layout.ts';
import { marks, paint } from '../text/look.ts';
import type { Class, Learner, Remark } from './class-sheets.ts';
import { shortTime } from './progress.ts';
import type { ProgressState } from './progress-sheet.ts';

/** The terminal's width, and the time now: a time of today is shown without its date. */
interface Reader {
  width: number;
  now: Date;
}

/** Renders a class: its learners by steps, those who have been at one step for longest, and remarks about the files. */
export function renderClass(group: Class, steps: StepFolder[], reader: Reader): string[] {
  const sections = [
    renderTable(group.learners, steps, reader),
    renderLongest(group.learners, steps, reader),
    renderRemarks(group, reader.width),
  ].filter((lines) => lines.length > 0);
  return sections
    .flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]))
    .map((line) => truncate(line, reader.width));
}

/** Renders what the instructor should know about the files, each with its name. */
export function renderRemarks({ unreadable, notes }: Class, width: number): string[] {
  const lines = (mark: string, remarks: Remark[]) =>
    remarks.flatMap(({ file, text }) =>
      wrap(`${file}: ${text}`, width - 4).map((line, index) => ` ${index === 0 ? mark : ' '} ${line}`),
    );
  const list = [...lines(marks.wrong, unreadable), ...lines(marks.unsure, notes)];
  return list.length > 0 ? [` ${paint.bold('Look at these files')}`, ...list] : [];
}

const stateMarks: Record<ProgressState, string> = {
  done: marks.ok,
  skipped: marks.skipped,
  changed: marks.unsure,
  'to do': marks.none,
};

/** A line of the table. */
interface Row {
  label: string;
  /** One for each step. */
  cells: string[];
  since?: string;
  title?: string;
}

/** A name that takes more columns would leave no room for the titles of steps. */
const widestName = 30;

function renderTable(learners: Learner[], steps: StepFolder[], { width, now }: Reader): string[] {
  if (learners.length === 0) return [];
  const heading: Row = {
    label: learners.length === 1 ? '1 learner' : `${learners.length} learners`,
    cells: steps.map(({ number }) => `${number}`),
    since: 'since',
    title: 'at step',
  };
  const rows: Row[] = learners.map((learner) => ({
    label: learner.name,
    cells: steps.map((step) => markOf(learner, step)),
    since: shortTimeSince(learner.since, now),
    title: learner.step?.title ?? paint.green('all steps done'),
  }));
  const count = (isCounted: (learner: Learner, step: StepFolder) => boolean) =>
    steps.map((step) => `${learners.filter((learner) => isCounted(learner, step)).length || marks.none}`);
  const totals: Row[] = [
    { label: 'done', cells: count((learner, { name }) => learner.steps[name]?.state === 'done') },
    { label: 'here now', cells: count(({ step }, { name }) => step?.name === name) },
  ];

  const widest = (texts: string[]) => Math.max(...texts.map(columnsOf));
  const widthOfSince = widest([heading, ...rows].map(({ since = '' }) => since));
  const widthOfCell = Math.max(2, `${learners.length}`.length) + 1;
  const startOfSecondGroup = groupSteps(steps)[1]?.steps[0];
  const inColumns = (cells: string[]) =>
    cells
      .map((cell, index) => (steps[index] === startOfSecondGroup ? ' ' : '') + alignRight(cell, widthOfCell))
      .join('');
  const widthOfRest = columnsOf(inColumns(heading.cells)) + widthOfSince + ' '.length + '  '.length;
  const widthOfLabel = Math.max(
    columnsOf(heading.label),
    Math.min(width - widthOfRest, widestName, widest(rows.map(({ label }) => label))),
  );
  const widthOfTitle = widest(rows.map(({ title = '' }) => title));
  const hasRoomForTitle = widthOfLabel + widthOfRest + '  '.length + widthOfTitle <= width;
  const line = ({ label, cells, since = '', title = '' }: Row) => {
    const ends = hasRoomForTitle ? [pad(since, widthOfSince), title] : [since];
    const start = ` ${pad(truncate(label, widthOfLabel), widthOfLabel)}${inColumns(cells)}`;
    return [start, ...ends].join('  ').trimEnd();
  };
  return [
    paint.bold(line(heading)),
    ...rows.map(line),
    '',
    ...totals.map(line),
    '',
    ` ${marks.ok} done  ${marks.toDo} here now  ${marks.unsure} changed since it passed  ${marks.skipped} used the reference`,
  ];
}

function markOf({ step, steps }: Learner, { name }: StepFolder): string {
  const state = steps[name]?.state ?? 'to do';
  return state === 'to do' && step?.name === name ? marks.toDo : stateMarks[state];
}

/** Renders the learners who have been at one step for longest, first those who haven't done the workshop. */
function renderLongest(learners: Learner[], steps: StepFolder[], { now }: Reader): string[] {
  const [workshop] = groupSteps(steps);
  const isOf = ({ step }: Learner) => workshop?.steps.some(({ name }) => name === step?.name);
  const atOneStep = learners
    .filter(({ step }) => step)
    .sort((a, b) => (a.since ?? '').localeCompare(b.since ?? ''));
  const longest = [...atOneStep.filter(isOf), ...atOneStep.filter((learner) => !isOf(learner))].slice(0, 5);
  if (longest.length === 0) return [];
  const width = Math.min(widestName, Math.max(...longest.map(({ name }) => columnsOf(name))));
  return [
    ` ${paint.bold('Longest at one step')}`,
    ...longest.map(
      ({ name, step, since }) =>
        ` ${marks.toDo} ${pad(truncate(name, width), width)}  step ${step?.number}, ${step?.title}: ${since ? `since ${shortTimeSince(since, now)}` : 'nothing has passed yet'}`,
    ),
  ];
}

/** A time such as `10:42` of today, or `2026-11-24 22:20` of another day; empty if nothing has passed. */
function shortTimeSince(since: string | null, now: Date): string {
  if (!since) return '';
  const text = shortTime(since);
  const [day, time = ''] = text.split(' ');
  return shortTime(now.toISOString()).startsWith(`${day} `) ? time : text;
}

function alignRight(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - columnsOf(text))) + text;
}
