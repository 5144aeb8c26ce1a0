import type { TestProjectInlineConfiguration } from 'vitest/config';

/**
 * The suite, as a project of Vitest.
 *
 * @param setUp the file of the global set-up, which decides about the target
 * @param minutes how long a test, or what comes before the tests of a file, may take
 */
export function conformanceProject(setUp: string, minutes: number) {
  return {
    test: {
      name: 'conformance',
      include: ['src/conformance/*.test.ts'],
      globalSetup: [setUp],
      setupFiles: ['src/lifecycle/use-target.ts'],
      isolate: false,
      testTimeout: minutes * 60_000,
      hookTimeout: minutes * 60_000,
    },
  } satisfies TestProjectInlineConfiguration;
}
