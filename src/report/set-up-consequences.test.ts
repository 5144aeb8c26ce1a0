import type { SerializedError } from 'vitest';
import { expect, test } from 'vitest';
import type { Vitest } from 'vitest/node';
import WorkshopReporter from './workshop-reporter.ts';

const refused: SerializedError = { name: 'Error', message: 'connect ECONNREFUSED 127.0.0.1:4566' };

/** Returns the reporter's output at the end of a run in which an error came before any spec. */
function writtenAtEnd(provided: Partial<ReturnType<Vitest['getProvidedContext']>>): string {
  let written = '';
  const reporter = new WorkshopReporter();
  const vitest = {
    config: { root: import.meta.dirname, watch: false },
    vite: { config: { mode: 'test' } },
    logger: {
      outputStream: {},
      printError: () => {},
      log: (text: string) => {
        written += text;
      },
    },
    getProvidedContext: () => provided,
  };
  reporter.onInit(vitest as unknown as Vitest);
  reporter.onTestRunStart([{ moduleId: `${import.meta.dirname}/workshop/01-a/step.spec.ts` } as never]);
  reporter.onTestRunEnd([], [refused]);
  return written;
}

test('shows an error that keeps every spec from running, unless the set-up failed, which Vitest reports', () => {
  const run = { target: 'local' } as never;

  expect(writtenAtEnd({ run })).toContain('connect ECONNREFUSED 127.0.0.1:4566');
  expect(writtenAtEnd({})).toBe('');
});
