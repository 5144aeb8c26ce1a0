import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Thrown where an exercise still has a TODO: not a mistake, but the next thing to do. */
export class TodoError extends Error {
  override name = 'TodoError';
}

/**
 * Marks the place in an exercise where the learner's code goes: replace the whole call.
 *
 * @param title the TODO's number and what to do, such as `TODO 2: make the keyring`
 * @throws TodoError whose message names the step, the TODO and `file:line`
 */
// biome-ignore lint/suspicious/noExplicitAny: it stands for whatever the learner's code gives there.
export function todo(title: string): any {
  const error = new TodoError();
  Error.captureStackTrace(error, todo);
  const { file, line } = callSite(error);
  const step = /workshop\/(\d+)-/.exec(file)?.[1];
  const heading = step ? `Step ${Number(step)}, ${title}` : title;
  error.message = `${heading} → ${file}:${line}`;
  throw error;
}

function callSite(error: Error): { file: string; line: string } {
  const frame = error.stack?.split('\n').find((text) => text.trimStart().startsWith('at ')) ?? '';
  const [, path = 'unknown', line = '?'] = /((?:file:\/\/)?\/.+|[A-Za-z]:\\.+):(\d+):\d+/.exec(frame) ?? [];
  const file = path.startsWith('file://') ? fileURLToPath(path) : path;
  return { file: relative(root, file).replaceAll('\\', '/'), line };
}
