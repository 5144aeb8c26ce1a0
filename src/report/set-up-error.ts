import type { Vitest } from 'vitest/node';
import { OutputFolderError } from '../state/output-folder.ts';
import type { Page } from '../text/layout.ts';
import { wrap } from '../text/layout.ts';
import { LearnerError } from '../text/learner-error.ts';
import { printable } from '../text/printable.ts';

/**
 * Vitest prints an error of global set-up with a banner and the stack of the machinery. To a learner, who has to
 * correct a setting, the message alone says more.
 */
export function printSetUpErrorsPlainly(vitest: Vitest, page: () => Page): void {
  const { logger } = vitest;
  const printError = logger.printError.bind(logger);
  logger.printError = (error, options) => {
    // The type under which `startVitest` prints what `Vitest.start` threw.
    if (options?.type !== 'Unhandled Error' || !(error instanceof Error)) return printError(error, options);
    logger.error([...renderSetUpError(error, page()), ''].join('\n'));
    leaveOutEmptyLines(logger);
    // In watch mode Vitest would run the steps without their set-up at the next save.
    if (vitest.config.watch) void vitest.exit(true);
  };
}

/** `startVitest` ends what it says of an error with three empty lines: `logger.error('\n\n')`. */
function leaveOutEmptyLines(logger: Vitest['logger']): void {
  const write = logger.error.bind(logger);
  logger.error = (...text) => {
    if (text.join('').trim() !== '') write(...text);
  };
}

/** An error of Node's has a code, such as `ECONNREFUSED`. */
type SetUpError = Error & { code?: unknown };

/**
 * Shows an error of the set-up. An error that was written for the learner has no name in front of it; any other has. All
 * except defects send the learner to the doctor.
 */
export function renderSetUpError(error: SetUpError, { colors, width }: Page): string[] {
  const isPlain = error instanceof LearnerError;
  // The error of a refused connection may have a code only. The compiler's have colours, even where nobody sees them.
  const message = error.message || String(error.code);
  const wayOut = wayOutOf(error);
  return [
    '',
    ` ${colors.bold(colors.red('The workshop could not start.'))}`,
    '',
    ...wrap(printable(isPlain ? message : `${error.name}: ${message}`), width - 3).map((line) => ` ${line}`),
    ...(wayOut ? ['', ` ${colors.yellow('→')} ${wayOut}`] : []),
    ...(isPlain ? [] : ['', ` ${colors.dim('To see the whole error: npx vitest run --reporter=default')}`]),
  ];
}

/** Returns what the learner can do about an error; undefined when its message says it all. */
function wayOutOf(error: SetUpError): string | undefined {
  if (error.code === 'EADDRINUSE') {
    return 'Another program uses this port. Set WORKSHOP_LOCAL_PORT to another one, or unset it.';
  }
  // Its message says it all.
  if (error instanceof OutputFolderError) return undefined;
  if (error.name === 'AccessDeniedException') {
    return 'Run npm run doctor -- --with-key to see which permissions are missing';
  }
  const isDefect = !(
    error instanceof LearnerError ||
    '$metadata' in error ||
    error.code !== undefined ||
    error.name.endsWith('ProviderError')
  );
  return isDefect ? undefined : 'Run npm run doctor to find the cause';
}
