import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A place in a file that the learner writes. */
export interface CodeLocation {
  /** Relative to the repository, with forward slashes. */
  file: string;
  line?: number;
  column?: number;
}

/** Some lines of the learner's code, with the place that they are about. */
export interface CodeFrame {
  location: CodeLocation;
  lines: { number: number; text: string }[];
}

const framePattern = /\(?((?:file:\/\/\/?|\/|[A-Za-z]:[\\/])[^():]*(?:\([^)]*\)[^():]*)*):(\d+):(\d+)\)?$/;

/** The uppermost frame of a stack trace that lies in the learner's code, if one does. */
export function findLearnerFrame(stack: string, root: string): CodeLocation | undefined {
  for (const text of stack.split('\n')) {
    const [, path, line, column] = framePattern.exec(text.trim()) ?? [];
    if (!path) continue;
    const file = relativeTo(root, path.startsWith('file:') ? fileURLToPath(path) : path);
    if (isLearnerCode(file)) return { file, line: Number(line), column: Number(column) };
  }
  return undefined;
}

/** Whether the learner wrote a file: everything in the steps' folders but the specs. */
export function isLearnerCode(file: string): boolean {
  return file.startsWith('workshop/') && !file.endsWith('.spec.ts');
}

export function relativeTo(root: string, file: string): string {
  return relative(root, file).replaceAll('\\', '/');
}

/** The line of a location and the one before it. */
export function readCodeFrame(root: string, location: CodeLocation): CodeFrame | undefined {
  const { line } = location;
  if (!line) return undefined;
  const lines = readLines(root, location.file)
    .map((text, index) => ({ number: index + 1, text }))
    .slice(Math.max(0, line - 2), line)
    .filter(({ number, text }) => number === line || text.trim() !== '');
  return lines.length ? { location, lines } : undefined;
}

/** The first line of a file in which a text stands. */
export function findLine(root: string, file: string, text: string | RegExp): number | undefined {
  const index = readLines(root, file).findIndex((line) =>
    typeof text === 'string' ? line.includes(text) : text.test(line),
  );
  return index < 0 ? undefined : index + 1;
}

/** The numbers of the TODOs that an exercise still has. */
export function remainingTodos(root: string, file: string): number[] {
  const source = readLines(root, file)
    .filter((line) => !line.trimStart().startsWith('//'))
    .join('\n');
  return [...source.matchAll(/\btodo\(\s*['"`]TODO (\d+)/g)].map(([, number]) => Number(number));
}

function readLines(root: string, file: string): string[] {
  const path = join(root, file);
  return existsSync(path) ? readFileSync(path, 'utf8').split(/\r?\n/) : [];
}
