import type { Page } from '../text/layout.ts';
import { columnsOf, truncate, wrap } from '../text/layout.ts';
import type { CodeFrame, CodeLocation } from './learner-code.ts';
import type { Failure, StepView, ThrownError, WrongAnswer } from './model.ts';

const longestDifference = 12;

/** The next thing: what it is, where it is, and why. */
export function renderFailure(step: StepView, failure: Failure, page: Page): string[] {
  return [
    ...wrap(titleOf(step, failure), page.width - 2).map((line) => ` ${page.colors.bold(line)}`),
    ...renderLocation(failure.location, page),
    ...('test' in failure && failure.test ? ['', ...renderTest(failure.test, page)] : []),
    ...(failure.kind === 'wrong' ? renderWrongAnswer(failure, page) : []),
    ...(failure.kind === 'error' ? ['', ...renderThrown(failure, page)] : []),
  ];
}

function titleOf({ number }: StepView, failure: Failure): string {
  if (failure.kind === 'todo') return `Step ${number}, ${failure.title}`;
  if (failure.kind === 'error') return `Step ${number} stops with an error`;
  if (!failure.todo) return `Step ${number} is not right yet`;
  return `Step ${number}, TODO ${failure.todo.number} is not right yet: ${failure.todo.title}`;
}

/** Location, in a form that editors turn into a link. */
export function renderLocation(location: CodeLocation | undefined, { colors }: Page): string[] {
  if (!location) return [];
  const { file, line, column } = location;
  return [` ${colors.cyan(`→ ${[file, line, column].filter(Boolean).join(':')}`)}`];
}

function renderTest(test: string, page: Page): string[] {
  const [first = '', ...rest] = wrap(test, page.width - 7);
  return [`   ${page.colors.red('✘')} ${first}`, ...rest.map((line) => `     ${line}`)];
}

function renderWrongAnswer(failure: WrongAnswer, page: Page): string[] {
  const { sentence } = failure;
  return [
    ...(sentence ? ['', ...wrap(sentence, page.width - 5).map((line) => `   ${page.colors.red(line)}`)] : []),
    ...renderComparison(failure, page),
  ];
}

function renderComparison(failure: WrongAnswer, page: Page): string[] {
  const { expected, got, difference, detail } = failure;
  const { dim, green, red } = page.colors;
  if (expected !== undefined && got !== undefined) {
    const [labelOfExpected, labelOfGot] = labelsOf(failure);
    return [
      '',
      ...renderLabelled(labelOfExpected, expected, green, page),
      ...renderLabelled(labelOfGot, got, red, page),
    ];
  }
  if (difference?.length) return ['', ...renderDifference(difference, page)];
  return detail ? ['', ...wrap(detail, page.width - 5).map((line) => `   ${dim(line)}`)] : [];
}

/** Nobody expects that a prediction comes true: what came to be is a fact. Both labels are of the same width. */
function labelsOf({ expected = '', isPrediction }: WrongAnswer): [string, string] {
  if (!isPrediction) return ['expected ', 'got      '];
  return [/^\d+$/.test(expected) ? 'counted      ' : 'it was       ', 'you predicted'];
}

function renderLabelled(label: string, value: string, color: Color, page: Page): string[] {
  const [first = '', ...rest] = wrap(value, page.width - label.length - 6);
  return [
    `   ${page.colors.dim(label)} ${color(first)}`,
    ...rest.map((line) => `${' '.repeat(label.length + 4)}${color(line)}`),
  ];
}

function renderDifference(difference: string[], page: Page): string[] {
  const { dim, green, red } = page.colors;
  const colorOf = (line: string): Color =>
    line.startsWith('- ') ? green : line.startsWith('+ ') ? red : dim;
  const more = difference.length - longestDifference;
  return [
    `   ${green('- expected')}  ${red('+ got')}`,
    ...difference
      .slice(0, longestDifference)
      .map((line) => `   ${colorOf(line)(truncate(line, page.width - 4))}`),
    ...(more > 0 ? [dim(`   … and ${more} more ${more === 1 ? 'line' : 'lines'}`)] : []),
  ];
}

/** An error's name and message, and the learner's line that it came from. */
export function renderThrown({ name, message, frame }: ThrownError, page: Page): string[] {
  const text = name ? `${name}: ${message}` : message;
  return [
    ...wrap(text, page.width - 5).map((line) => `   ${page.colors.red(line)}`),
    ...(frame ? ['', ...renderFrame(frame, page)] : []),
  ];
}

function renderFrame({ location, lines }: CodeFrame, page: Page): string[] {
  const { dim, red } = page.colors;
  const gutter = Math.max(...lines.map(({ number }) => String(number).length));
  const code = lines.map(({ number, text }) => {
    const prefix = `   ${String(number).padStart(gutter)} │ `;
    return dim(prefix) + truncate(text, page.width - columnsOf(prefix) - 1);
  });
  if (!location.column) return code;
  const caret = `   ${' '.repeat(gutter)} ${dim('│')} ${' '.repeat(location.column - 1)}${red('^')}`;
  return [...code, ...(columnsOf(caret) < page.width ? [caret] : [])];
}

type Color = (text: string) => string;
