import { groupSteps, type StepFolder } from '../steps/step-folders.ts';
import { columnsOf, type Page, pad, truncate, wrap } from '../text/layout.ts';
import type { LongStep, Status, StepState, StepView, ThrownError, Wait, WorkshopView } from './model.ts';
import { renderFailure, renderLocation, renderThrown } from './render-failure.ts';
import { renderLacks } from './render-lacks.ts';

/** The whole screen, while steps run and afterwards. */
export function renderWorkshop(view: WorkshopView, page: Page): string[] {
  return [...renderBeginning(view, page), ...renderResult(view, page)];
}

/** Renders what is known before steps run: where AWS is, and which operations it lacks. */
export function renderBeginning(view: WorkshopView, page: Page): string[] {
  return [...renderHeading(view, page), ...renderLacks(view.missing, page)];
}

/** The steps, and what to do next. */
export function renderResult(view: WorkshopView, page: Page): string[] {
  return [
    ...renderSteps(view, page),
    ...view.turnedGreen.flatMap((turned) => renderTurnedGreen(turned, page)),
    ...renderNext(view, page),
    ...renderUnhandled(view.unhandled, page),
    '',
  ];
}

/** Renders the current activity while steps run, in one line. */
export function renderStatus(status: Status, page: Page): string[] {
  if (status.kind === 'getting ready') return [page.colors.dim(' Getting ready …')];
  if (status.kind === 'taking long') return [page.colors.cyan(truncate(inWords(status), page.width - 1))];
  return status.kind === 'waiting' ? renderWaiting(status, page) : [''];
}

function inWords({ step, seconds, canSave }: LongStep): string {
  return ` Step ${step.number} has been running for ${seconds} s${canSave ? ' · saving restarts it' : ''}`;
}

/** One line about a wait for CloudTrail. */
function renderWaiting({ step, message }: Wait, page: Page): string[] {
  return [page.colors.cyan(truncate(` Step ${step.number} waits · ${message}`, page.width - 1))];
}

/** Why nothing ran: the filter on the command line leads to no step. */
export function renderNoStep(steps: StepFolder[], page: Page): string[] {
  return [
    ` ${page.colors.bold(page.colors.red('There is no such step.'))} The steps are:`,
    '',
    ...steps.map(({ name }) => `   workshop/${name}`),
    '',
  ];
}

/** Renders what starts the next run while Vitest watches, and the first keys to know where there is a keyboard. */
export function renderKeys({ colors: { bold, dim }, width, hasKeyboard }: Page): string[] {
  const save = dim('Save an exercise to run it.');
  if (!hasKeyboard) return [` ${save}`];
  const keys = [
    ['i', 'gives a hint'],
    ['l', 'shows the lesson'],
    ['?', 'lists keys'],
  ]
    .map(([key = '', does = '']) => `${bold(key)}${dim(` ${does}`)}`)
    .join(dim(' · '));
  const line = `${save} ${keys}`;
  const lines = columnsOf(line) < width ? [line] : [save, keys];
  return lines.flatMap((part) => wrap(` ${part}`, width));
}

/** Renders the heading: exercises or solutions, and where AWS is. */
function renderHeading(view: Pick<WorkshopView, 'solutions' | 'target'>, page: Page): string[] {
  const { bold, dim, magenta } = page.colors;
  const title = ` ${bold('Data key caching workshop')}${view.solutions ? magenta(' · reference solutions') : ''}`;
  const gap = page.width - columnsOf(title) - columnsOf(view.target ?? '') - 1;
  if (!view.target) return ['', title, ''];
  const target = dim(view.target);
  return ['', ...(gap > 0 ? [title + ' '.repeat(gap) + target] : [title, ` ${target}`]), ''];
}

/** The list of the steps, in their groups. Of further steps there is only the heading, until one of them is begun. */
function renderSteps({ steps, next }: WorkshopView, page: Page): string[] {
  const longest = Math.max(0, ...steps.map(({ title }) => columnsOf(title)));
  const [, ...further] = groupSteps(steps);
  const folded = further
    .filter((group) => !group.steps.some((step) => step.name === next?.step.name || isBegun(step)))
    .flatMap((group) => group.steps);
  return renderGroups(steps, page, (step) =>
    folded.includes(step) ? [] : [renderStep(step, Math.min(longest, page.width - 35), page)],
  );
}

function isBegun({ state, todos }: StepView): boolean {
  return !todos || todos.left < todos.total || !['to do', 'not run', 'waiting', 'running'].includes(state);
}

/** One line: the state's sign, number, title, state in words. */
function renderStep(step: StepView, titleWidth: number, page: Page): string {
  const { bold, dim } = page.colors;
  const { sign, color } = looks(step.state, page);
  const title = pad(truncate(step.title, titleWidth), titleWidth);
  const isCurrent = step.state === 'wrong' || step.state === 'running';
  const detail = detailOf(step);
  return [
    ` ${color(sign)} ${dim(String(step.number).padStart(2))}`,
    isCurrent ? bold(title) : step.state === 'not run' ? dim(title) : title,
    color(wordsOf(step).padEnd(detail ? 7 : 0)) + (detail ? dim(`  ${detail}`) : ''),
  ].join('  ');
}

/** The state of a step in words. */
export function wordsOf({ state, tests }: StepView): string {
  if (state === 'not possible') return 'not possible here';
  return state === 'not run' && tests.passed ? 'in part' : state;
}

function looks(state: StepState, { colors }: Page): { sign: string; color: (text: string) => string } {
  switch (state) {
    case 'done':
      return { sign: '✔', color: colors.green };
    case 'wrong':
      return { sign: '✘', color: colors.red };
    case 'to do':
      return { sign: '○', color: colors.yellow };
    case 'running':
      return { sign: '▸', color: colors.cyan };
    case 'not possible':
      return { sign: '∅', color: colors.magenta };
    case 'waiting':
    case 'not run':
      return { sign: '·', color: colors.dim };
  }
}

/** The progress of a step that isn't done. */
export function detailOf({ state, todos, tests }: StepView): string | undefined {
  if (state === 'not run' && tests.passed) return `${tests.passed} of ${tests.total} tests ran, and passed`;
  if ((state !== 'to do' && state !== 'wrong') || !todos?.left) return undefined;
  return `${todos.left} of ${todos.total} ${todos.total === 1 ? 'TODO' : 'TODOs'} left`;
}

/** Each group of steps below its title and its progress: a bar that grows with every test that passes, and numbers. */
export function renderGroups<Step extends StepView>(
  steps: Step[],
  page: Page,
  renderRows: (step: Step) => string[],
): string[] {
  const groups = groupSteps(steps).map((group) => ({ ...group, label: labelOf(group.steps) }));
  const widthOfTitle = Math.max(0, ...groups.map(({ title }) => columnsOf(title)));
  const widthOfLabel = Math.max(0, ...groups.map(({ label }) => columnsOf(label)));
  const widthOfBar = Math.min(60, page.width - widthOfTitle - widthOfLabel - 6);
  return groups.flatMap(({ title, label, steps }, index) => {
    const heading = page.colors.bold(pad(title, widthOfTitle));
    const lines =
      widthOfBar < 10
        ? wrap(`${title}: ${label}`, page.width - 2).map((line) => ` ${line}`)
        : [` ${heading}  ${renderBar(steps, widthOfBar, page)}  ${label}`];
    return [...(index ? [''] : []), ...lines, ...steps.flatMap(renderRows)];
  });
}

/**
 * The number of steps that are done: of those that were asked for, and are possible. The others are named after it, so that all
 * the numbers together are those of the list.
 */
function labelOf(steps: StepView[]): string {
  const { done, wanted, notPossible, notRun } = countSteps(steps);
  return [
    wanted === 0 ? 'no step was run' : `${done} of ${wanted} ${wanted === 1 ? 'step' : 'steps'} done`,
    ...(notPossible ? [`${notPossible} not possible here`] : []),
    ...(notRun && notRun < steps.length ? [`${notRun} not run`] : []),
  ].join(', ');
}

function renderBar(steps: StepView[], width: number, { colors: { green, dim } }: Page): string {
  const { done, wanted } = countSteps(steps);
  const share = steps.reduce((sum, step) => sum + shareOf(step), 0) / Math.max(1, wanted);
  const isFull = wanted > 0 && done === wanted;
  const filled = isFull ? width : Math.min(width - 1, Math.floor(share * width));
  return `${green('━'.repeat(filled))}${dim('─'.repeat(width - filled))}`;
}

function countSteps(steps: StepView[]) {
  const notPossible = steps.filter(({ state }) => state === 'not possible').length;
  const notRun = steps.filter(isNotRun).length;
  const done = steps.filter(({ state }) => state === 'done').length;
  return { done, notPossible, notRun, wanted: steps.length - notRun - notPossible };
}

function isNotRun({ state, tests }: StepView): boolean {
  return state === 'not run' && tests.passed === 0;
}

function shareOf({ state, tests }: StepView): number {
  return state === 'done' ? 1 : tests.passed / Math.max(1, tests.total);
}

function renderTurnedGreen({ step, learned }: WorkshopView['turnedGreen'][number], page: Page): string[] {
  const { bold, green } = page.colors;
  const lines = learned ? indent(wrap(learned, page.width - 4), 3) : [];
  return ['', ` ${green('✔')} ${bold(`Step ${step.number} is done · ${step.title}`)}`, ...lines];
}

function renderNext(view: WorkshopView, page: Page): string[] {
  const { next } = view;
  return [
    ...renderWhatIsDone(view.steps, page),
    ...(next ? ['', ...renderFailure(next.step, next.failure, page), ...renderHelp(next, view, page)] : []),
  ];
}

/** One sentence when all steps are done, or those of the workshop, which is the first group; and where its recap is. */
function renderWhatIsDone(steps: StepView[], { colors: { dim, green } }: Page): string[] {
  if (!isWorkshopDone(steps)) return [];
  const possible = steps.filter(({ state }) => state !== 'not possible');
  const where = possible.length === steps.length ? '' : 'that are possible here ';
  const recap = ` ${dim('What you have learned, on one page: docs/recap.md')}`;
  if (!areDone(steps)) return ['', ` ${green('You have done the workshop.')}`, recap];
  const sentence =
    possible.length === 1
      ? `The step ${where.replace('are', 'is')}is done.`
      : `All ${possible.length} steps ${where}are done.`;
  return ['', ` ${green(sentence)}`, recap];
}

/** True if the steps of the first group are done, as far as they are possible here. */
export function isWorkshopDone(steps: StepView[]): boolean {
  const [workshop] = groupSteps(steps);
  return workshop !== undefined && areDone(workshop.steps);
}

function areDone(steps: StepView[]): boolean {
  const { done, notPossible } = countSteps(steps);
  return done > 0 && done + notPossible === steps.length;
}

/** So often the same TODO has failed when a hint is offered. */
const timesUntilOffer = 3;

function renderHelp(
  { step, failure }: NonNullable<WorkshopView['next']>,
  { solutions, timesFailed = 0 }: WorkshopView,
  { colors, width, hasKeyboard }: Page,
): string[] {
  if (solutions) return [];
  const lesson = `Lesson: workshop/${step.name}/README.md`;
  const isUnknown = failure.kind === 'error' && !failure.location?.line;
  const isStuck = timesFailed >= timesUntilOffer;
  const todo = 'todo' in failure && failure.todo ? `TODO ${failure.todo.number}` : 'This';
  const offer = `${todo} has failed ${timesFailed} times in a row. For a hint: ${hasKeyboard ? 'press i, or ' : ''}npm run hint -- ${step.number}`;
  const help = [
    lesson,
    ...(isUnknown ? ['To see the whole error: npx vitest run --reporter=default'] : []),
    // The line of keys names the one for a hint.
    ...(isUnknown || isStuck || hasKeyboard ? [] : ['Stuck? npm run hint']),
  ];
  return [
    '',
    ...help.map((line) => ` ${colors.dim(line)}`),
    ...(isStuck ? wrap(offer, width - 2).map((line) => ` ${colors.yellow(line)}`) : []),
  ];
}

/** One missing await can cause many errors. Shows one of them, preferably one that leads to the learner's code. */
function renderUnhandled(errors: ThrownError[], page: Page): string[] {
  const shown = errors.find(({ location }) => location) ?? errors[0];
  if (!shown) return [];
  const { bold, dim, red } = page.colors;
  const what = errors.length === 1 ? 'An error was' : `${errors.length} errors were`;
  const heading = `${what} thrown outside the steps. Is an await missing?`;
  const others =
    errors.length === 1 ? [] : ['', ` ${dim('To see all of them: npx vitest run --reporter=default')}`];
  return [
    '',
    ...wrap(heading, page.width - 2).map((line) => ` ${bold(red(line))}`),
    ...renderLocation(shown.location, page),
    '',
    ...renderThrown(shown, page),
    ...others,
  ];
}

function indent(lines: string[], columns: number): string[] {
  return lines.map((line) => (line ? ' '.repeat(columns) + line : line));
}
