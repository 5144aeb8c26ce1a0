import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readText } from '../steps/step-files.ts';

/** Location of the learner's code. */
export interface Workshop {
  /** The repository's folder. */
  root: string;
  /** True if the reference solutions run instead of the learner's exercises. */
  solutions: boolean;
}

/** A place in the learner's code. */
export interface CodeLocation {
  /** Relative to the repository, with forward slashes. */
  file: string;
  line?: number;
  column?: number;
}

/** Some lines of the learner's code, the last of which is what it is about. */
export interface CodeFrame {
  location: CodeLocation;
  lines: { number: number; text: string }[];
}

const framePattern = /\(?((?:file:\/\/\/?|\/|[A-Za-z]:[\\/]).*):(\d+):(\d+)\)?$/;

/** The uppermost frame of a stack trace that lies in the learner's code, if one does. */
export function findLearnerFrame(stack: string, workshop: Workshop): CodeLocation | undefined {
  for (const text of stack.split('\n')) {
    const [, path, line, column] = framePattern.exec(text.trim()) ?? [];
    if (!path) continue;
    const file = relativeTo(workshop.root, path.startsWith('file:') ? fileURLToPath(path) : path);
    if (isLearnerCode(file, workshop)) return { file, line: Number(line), column: Number(column) };
  }
  return undefined;
}

/** True for a file of the learner's: one in a step's folder that is neither the spec nor the reference. */
export function isLearnerCode(file: string, { solutions }: Workshop): boolean {
  if (!file.startsWith('workshop/') || file.endsWith('.spec.ts')) return false;
  return solutions || !file.endsWith('/solution.ts');
}

/** A path as it is shown: relative to the repository, with forward slashes. */
export function relativeTo(root: string, file: string): string {
  return relative(root, file).replaceAll('\\', '/');
}

/** The line of a location and the one before it. */
export function readCodeFrame(root: string, location: CodeLocation): CodeFrame | undefined {
  const { file, line } = location;
  if (!line) return undefined;
  const lines = (readText(root, file) ?? '')
    .split('\n')
    .map((text, index) => ({ number: index + 1, text }))
    .slice(Math.max(0, line - 2), line)
    .filter(({ number, text }) => number === line || text.trim() !== '');
  return lines.length ? { location, lines } : undefined;
}

/** The first line of a file in which a text stands. */
export function findLine(root: string, file: string, text: string): number | undefined {
  const index = (readText(root, file) ?? '').split('\n').findIndex((line) => line.includes(text));
  return index < 0 ? undefined : index + 1;
}
