import { columnsOf, truncate, wrap } from './layout.ts';
import type { CodeFrame, CodeLocation } from './learner-code.ts';
import type { Failure, RemainingTodo, StepView, ThrownError, WrongAnswer } from './model.ts';
import type { Page } from './render.ts';

const longestDifference = 12;

/** The next thing: what it is, where it is, and why. */
export function renderFailure(step: StepView, failure: Failure, page: Page): string[] {
  switch (failure.kind) {
    case 'todo':
      return renderTodo(step, failure, page);
    case 'wrong':
      return renderWrongAnswer(step, failure, page);
    case 'error':
      return [
        ...renderTitle(
          `Step ${step.number} stops with an error${failure.test ? ` · ${failure.test}` : ''}`,
          page,
        ),
        ...renderLocation(failure.location, page),
        '',
        ...renderThrown(failure, page),
      ];
  }
}

function renderTodo(step: StepView, { title, location }: RemainingTodo, page: Page): string[] {
  return [...renderTitle(`Step ${step.number}, ${title}`, page), ...renderLocation(location, page)];
}

function renderWrongAnswer(step: StepView, failure: WrongAnswer, page: Page): string[] {
  const { sentence } = failure;
  return [
    ...renderTitle(`Step ${step.number} is not right yet · ${failure.test}`, page),
    ...renderLocation(failure.location, page),
    ...(sentence ? ['', ...wrap(sentence, page.width - 5).map((line) => `   ${page.colors.red(line)}`)] : []),
    ...renderComparison(failure, page),
  ];
}

function renderComparison({ expected, got, difference, detail }: WrongAnswer, page: Page): string[] {
  const { dim, green, red } = page.colors;
  if (expected !== undefined && got !== undefined) {
    return [
      '',
      ...renderLabelled('expected', expected, green, page),
      ...renderLabelled('got', got, red, page),
    ];
  }
  if (difference?.length) {
    const lines = difference.slice(0, longestDifference).map((line) => {
      const color = line.startsWith('- ') ? green : line.startsWith('+ ') ? red : dim;
      return `   ${color(truncate(line, page.width - 4))}`;
    });
    const rest = difference.length - longestDifference;
    return [
      '',
      `   ${green('- expected')}  ${red('+ got')}`,
      ...lines,
      ...(rest > 0 ? [dim(`   … and ${rest} more lines`)] : []),
    ];
  }
  return detail ? ['', ...wrap(detail, page.width - 5).map((line) => `   ${dim(line)}`)] : [];
}

function renderLabelled(label: string, value: string, color: (text: string) => string, page: Page): string[] {
  const [first = '', ...rest] = wrap(value, page.width - 15);
  return [
    `   ${page.colors.dim(label.padEnd(9))} ${color(first)}`,
    ...rest.map((line) => `${' '.repeat(13)}${color(line)}`),
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

function renderTitle(title: string, page: Page): string[] {
  return wrap(title, page.width - 2).map((line) => ` ${page.colors.bold(line)}`);
}

function renderLocation(location: CodeLocation | undefined, { colors }: Page): string[] {
  if (!location) return [];
  const { file, line, column } = location;
  return [` ${colors.cyan(`→ ${[file, line, column].filter(Boolean).join(':')}`)}`];
}
