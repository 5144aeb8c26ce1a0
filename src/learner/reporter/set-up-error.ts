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

/**
 * What was written for the learner speaks for itself; another error has its name with it, and AWS's the way to more.
 */
export function renderSetUpError(error: Error, { colors, width }: Page): string[] {
  const isForTheLearner = ['SettingsError', 'NoKeyError'].includes(error.name);
  const message = isForTheLearner ? error.message : `${error.name}: ${error.message}`;
  const wayOut = wayOutOf(error);
  return [
    '',
    ` ${colors.bold(colors.red('The workshop could not start.'))}`,
    '',
    ...wrap(message, width - 3).map((line) => ` ${line}`),
    ...(wayOut ? ['', ` ${colors.yellow('→')} ${wayOut}`] : []),
    ...(isForTheLearner ? [] : ['', ` ${colors.dim('All of the error: npx vitest run --reporter=default')}`]),
  ];
}

/** For what AWS answered, and for credentials that the AWS SDK didn't find. */
function wayOutOf(error: Error): string | undefined {
  if (error.name === 'AccessDeniedException') {
    return 'Which permissions are missing, this tells: npm run doctor -- --with-key';
  }
  const isAboutAws = '$metadata' in error || error.name.endsWith('ProviderError');
  return isAboutAws ? 'What is wrong, this may tell: npm run doctor' : undefined;
}
