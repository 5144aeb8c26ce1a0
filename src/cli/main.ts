import { LearnerError } from '../text/learner-error.ts';
import { marks } from '../text/look.ts';
import { printable } from '../text/printable.ts';
import { runCommandLine } from './command-line.ts';

/** True if a file or folder couldn't be read or written. The message names it and the reason. */
function isOfFile(error: NodeJS.ErrnoException): boolean {
  return error.syscall !== undefined && error.path !== undefined;
}

try {
  const isWell = await runCommandLine(process.argv, process.cwd(), console.log);
  if (!isWell) process.exitCode = 1;
} catch (error) {
  if (!(error instanceof Error)) throw error;
  // The library has no class for it, only the name.
  const isOfCommandLine = error.name === 'CACError';
  if (!(error instanceof LearnerError || isOfCommandLine || isOfFile(error))) throw error;
  console.error(`${marks.wrong} ${printable(error.message)}`);
  if (isOfFile(error)) console.error('  Run npm run doctor to find the cause.');
  if (isOfCommandLine) console.error('  Add -- --help to a command to see its options.');
  process.exitCode = 1;
}
