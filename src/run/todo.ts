import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A TODO that is left in an exercise. */
export interface Todo {
  /** None if the learner wrote a TODO without a number. */
  number?: number;
  /** What to do, as in the exercise: `TODO 2: make the keyring`. */
  title: string;
  /** The exercise, relative to the project's folder. */
  file: string;
  line?: number;
}

/** Thrown where an exercise still has a TODO: not a mistake, but the next thing to do. */
export class TodoError extends Error {
  override name = 'TodoError';
  /** Vitest hands it from the worker to the reporter, like every property of an error. */
  readonly todo: Todo;

  /** @param title as in `todo` */
  constructor(title: string) {
    super();
    Error.captureStackTrace(this, todo);
    const { file, line } = callSite(this.stack ?? '');
    this.todo = { number: Number(/^TODO (\d+):/.exec(title)?.[1]) || undefined, title, file, line };
    this.message = `${title} → ${file}:${line ?? '?'}`;
  }
}

/**
 * Marks the place in an exercise where the learner's code goes: replace the whole call.
 *
 * @param title the TODO's number and what to do, such as `TODO 2: make the keyring`
 * @throws TodoError with the TODO's number, file and line
 */
// biome-ignore lint/suspicious/noExplicitAny: it stands for whatever the learner's code gives there.
export function todo(title: string): any {
  throw new TodoError(title);
}

function callSite(stack: string): { file: string; line?: number } {
  const frame = stack.split('\n').find((text) => text.trimStart().startsWith('at ')) ?? '';
  const [, path = 'unknown', line] = /((?:file:\/\/)?\/.+|[A-Za-z]:\\.+):(\d+):\d+/.exec(frame) ?? [];
  const file = path.startsWith('file://') ? fileURLToPath(path) : path;
  return { file: relative(root, file).replaceAll('\\', '/'), line: Number(line) || undefined };
}
