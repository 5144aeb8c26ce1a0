import { marks } from '../look.ts';
import { runCommandLine } from './command-line.ts';

/** What is told without a stack trace: the message says it all. */
function isForTheLearner(error: unknown): error is Error {
  return error instanceof Error && ['LearnerError', 'SettingsError', 'CACError'].includes(error.name);
}

try {
  const isWell = await runCommandLine(process.argv, process.cwd(), console.log);
  if (!isWell) process.exitCode = 1;
} catch (error) {
  if (!isForTheLearner(error)) throw error;
  console.error(`${marks.wrong} ${error.message}`);
  if (error.name === 'CACError') console.error('  With -- --help, each command tells what it takes.');
  process.exitCode = 1;
}
