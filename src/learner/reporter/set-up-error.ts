import type { Vitest } from 'vitest/node';
import { wrap } from './layout.ts';
import type { Page } from './render.ts';

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
    logger.error(renderSetUpError(error, page()).join('\n'));
    // In watch mode Vitest would run the steps without their set-up at the next save.
    if (vitest.config.watch) void vitest.exit(true);
  };
}

/** What was written for the learner: the message tells what is wrong, and what to do. */
const plainErrors = ['SettingsError', 'AccountError', 'NoKeyError'];

/** What was written for the learner speaks for itself; another error has its name with it. All lead to the doctor. */
export function renderSetUpError(error: Error & { code?: unknown }, { colors, width }: Page): string[] {
  const isPlain = plainErrors.includes(error.name);
  // The error of a refused connection may have a code only.
  const message = error.message || String(error.code);
  return [
    '',
    ` ${colors.bold(colors.red('The workshop could not start.'))}`,
    '',
    ...wrap(isPlain ? message : `${error.name}: ${message}`, width - 3).map((line) => ` ${line}`),
    '',
    ` ${colors.yellow('→')} ${wayOutOf(error)}`,
    ...(isPlain ? [] : ['', ` ${colors.dim('All of the error: npx vitest run --reporter=default')}`]),
  ];
}

function wayOutOf({ name }: Error): string {
  return name === 'AccessDeniedException'
    ? 'Which permissions are missing, this tells: npm run doctor -- --with-key'
    : 'What is wrong, this may tell: npm run doctor';
}
