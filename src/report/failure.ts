import type { SerializedError } from 'vitest';
import type { Todo } from '../run/todo.ts';
import { printable } from '../text/printable.ts';
import {
  findLearnerFrame,
  findLine,
  isLearnerCode,
  readCodeFrame,
  relativeTo,
  type Workshop,
} from './learner-code.ts';
import type { Failure, RemainingTodo, ThrownError, WrongAnswer } from './model.ts';

/** An error as Vitest hands it over, from a test or from loading a file. */
export type ReportedError = SerializedError & {
  expected?: unknown;
  actual?: unknown;
  operator?: unknown;
  diff?: string;
  /** Of a `TodoError`. */
  todo?: Todo;
};

/**
 * Explains an error to the learner.
 *
 * @param reported as Vitest gives it: what an endpoint or the learner's code put into it may have any characters
 * @param test the name of the test that failed; none when the error came before any test
 */
export function describeFailure(reported: ReportedError, workshop: Workshop, test?: string): Failure {
  const error = printableError(reported);
  const todo = findTodo(error);
  if (todo) return todo;
  const cause = error.cause as ReportedError | undefined;
  if (cause && error.message.endsWith('instead of resolving')) return describeError(cause, workshop, test);
  if (test && error.name === 'AssertionError') return describeWrongAnswer(error, workshop, test);
  return describeError(error, workshop, test);
}

/**
 * Explains errors that were thrown outside the tests, such as rejected promises that nothing awaited. Errors with the same
 * message are shown once.
 */
export function describeUnhandledErrors(errors: ReportedError[], workshop: Workshop): ThrownError[] {
  const described = errors.map((error) => describeError(printableError(error), workshop));
  return [...new Map(described.map((error) => [error.message, error])).values()];
}

function printableError(error: ReportedError): ReportedError {
  const { name, message, stack, cause, expected, actual, diff } = error;
  const orElse = (value: unknown) => (typeof value === 'string' ? printable(value) : value);
  return {
    ...error,
    name: name && printable(name),
    message: printable(message ?? ''),
    stack,
    cause: cause && printableError(cause as ReportedError),
    expected: orElse(expected),
    actual: orElse(actual),
    diff: diff && printable(diff),
  };
}

/** The TODO that an error, or what caused it, is about. */
function findTodo(error: ReportedError | undefined): RemainingTodo | undefined {
  if (!error) return undefined;
  if (error.name !== 'TodoError' || !error.todo) return findTodo(error.cause as ReportedError | undefined);
  const { number, title, file, line } = error.todo;
  return { kind: 'todo', number, title: printable(title), location: { file: printable(file), line } };
}

function describeWrongAnswer(error: ReportedError, workshop: Workshop, test: string): WrongAnswer {
  const { sentence, rest } = splitMessage(error.message);
  return {
    kind: 'wrong',
    test,
    sentence,
    location: findLearnerFrame(error.stack ?? '', workshop),
    ...compare(error, rest),
    ...(sentence?.startsWith('You predicted') && { isPrediction: true }),
  };
}

/** Vitest puts the sentence of `expect(value, sentence)` before its own words. */
function splitMessage(message: string): { sentence?: string; rest: string } {
  const unreachable = /^expected "(.*)" not to be reached$/s.exec(message);
  if (unreachable) return { sentence: unreachable[1], rest: '' };
  const [, sentence, rest] = /^(.*?[.!?]): (.*)$/s.exec(message) ?? [];
  return { sentence, rest: (rest ?? message).replace(' // Object.is equality', '') };
}

type Comparison = Pick<WrongAnswer, 'expected' | 'got' | 'difference' | 'detail'>;

function compare(error: ReportedError, rest: string): Comparison {
  const resolved = /^promise resolved "(.*)" instead of rejecting$/s.exec(rest);
  if (resolved) return { expected: 'an error', got: `no error, but ${resolved[1]}` };
  const limited = /^expected (\S+) to be less than or equal to (\S+)$/.exec(rest);
  if (limited) return { expected: `at most ${limited[2]}`, got: limited[1] };
  const { expected, actual, operator } = error;
  if (typeof expected !== 'string' || typeof actual !== 'string' || !operator) return { detail: rest };
  if (isShort(expected) && isShort(actual)) return { expected, got: actual };
  const difference = readDifference(error.diff ?? '');
  return difference.length > 0 ? { difference } : { expected: onOneLine(expected), got: onOneLine(actual) };
}

/** Puts a list or an object on one line: `[0, 1]`. */
function onOneLine(value: string): string {
  return value
    .replace(/(?<=[[{])\n\s*|,\n\s*(?=[\]}])/g, '')
    .replace(/\n\s*/g, ' ')
    .replace(/^"(.*)"$/, '$1');
}

function isShort(value: string): boolean {
  return value.length <= 200 && !value.includes('\n');
}

/**
 * The lines that differ, each with the one before it, without Vitest's colours and legend. None if the values are of
 * different types, such as a list and a text: Vitest then prints one below the other, with a colon in the legend.
 */
function readDifference(diff: string): string[] {
  const [legend, , ...lines] = diff.split('\n');
  if (legend?.endsWith(':')) return [];
  const differs = (line = '') => /^[-+] /.test(line);
  return lines.filter((line, index) => line.trim() && (differs(line) || differs(lines[index + 1])));
}

function describeError(error: ReportedError, workshop: Workshop, test?: string): ThrownError {
  return (
    describeSyntaxError(error, workshop) ??
    describeImportError(error, workshop) ??
    describeThrown(error, workshop, test)
  );
}

/** Vite's compiler puts the place into its message: `[PARSE_ERROR] Unexpected token ╭─[ file:line:column ]`. */
function describeSyntaxError(error: ReportedError, workshop: Workshop): ThrownError | undefined {
  const [, reason, file, line, column] =
    /^\[PARSE_ERROR\] (.*)\n.*\[ (.+):(\d+):(\d+) \]/m.exec(error.message) ?? [];
  if (!reason || !file) return undefined;
  const location = { file, line: Number(line), column: Number(column) };
  return {
    kind: 'error',
    name: 'SyntaxError',
    message: reason,
    location,
    frame: readCodeFrame(workshop.root, location),
  };
}

function describeImportError(error: ReportedError, workshop: Workshop): ThrownError | undefined {
  const [, specifier, importer] =
    /^Cannot find (?:module|package) '(.+?)' imported from (.+)$/m.exec(error.message) ?? [];
  if (!specifier || !importer) return undefined;
  const file = relativeTo(workshop.root, importer.replace(/^'|'$/g, ''));
  if (!isLearnerCode(file, workshop)) return undefined;
  const location = { file, line: findLine(workshop.root, file, specifier) };
  return {
    kind: 'error',
    message: `Cannot find '${specifier}', which is imported here.`,
    location,
    frame: readCodeFrame(workshop.root, location),
  };
}

function describeThrown(error: ReportedError, workshop: Workshop, test?: string): ThrownError {
  const location = findLearnerFrame(error.stack ?? '', workshop);
  const timedOut = /^Test timed out in (\d+)ms/.exec(error.message);
  const name = error.name && error.name !== 'Error' ? error.name : undefined;
  return {
    kind: 'error',
    test,
    name: timedOut ? undefined : name,
    message: timedOut
      ? `The test did not end within ${Number(timedOut[1]) / 1000} seconds. Does a promise never settle?`
      : withoutStack(error.message) || 'An error without a message.',
    location,
    frame: location && readCodeFrame(workshop.root, location),
  };
}

/** The Encryption SDK puts the stacks of other errors into its message: they lead to no code of the learner's. */
function withoutStack(message: string): string {
  return message.replace(/\n\s+at .+/g, '').trimEnd();
}
