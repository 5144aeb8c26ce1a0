import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** By the second one, the package `local-kms-cloudtrail` is its code in this checkout. Not "module": see vitest.config.ts. */
const conditions = ['node', 'local-kms-cloudtrail-checkout'];

/**
 * The project's own tests. The workshop's steps have the configuration at the top of the repository.
 *
 * With `--mode target`, the conformance suite asks the target of the settings, which may be a real account, instead of a
 * local AWS.
 */
export default defineConfig(({ mode }) => {
  const asksTarget = mode === 'target';
  return {
    root: fileURLToPath(new URL('.', import.meta.url)),
    ssr: { resolve: { conditions } },
    // Where global set-up runs.
    environments: { __vitest__: { resolve: { mainFields: [], conditions } } },
    test: {
      maxWorkers: asksTarget ? 4 : 3,
      // Loading the AWS SDK anew for each file took as long as the tests themselves. No file leaves anything behind.
      isolate: false,
      // Collects garbage sooner, which costs no time: a worker took up to 520 MB, and takes up to 410 now.
      execArgv: ['--max-old-space-size=512', '--max-semi-space-size=8'],
      // As for the other limits: a busy machine is no fault of the code.
      expect: { poll: { timeout: 30_000 } },
      // The AWS SDK prints a notice about Node 20 once for each process.
      env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
      sequence: { sequencer: LongestFirst },
      projects: [
        {
          extends: true,
          test: {
            name: 'own',
            include: ['{src,test,authoring}/**/*.test.ts'],
            exclude: ['test/conformance/**', '**/*.slow.test.ts'],
            ...timeouts(1),
          },
        },
        {
          extends: true,
          test: {
            name: 'slow',
            include: ['{src,test}/**/*.slow.test.ts'],
            // Each of them waits for processes of its own.
            maxConcurrency: 2,
            ...timeouts(10),
          },
        },
        {
          extends: true,
          test: {
            name: 'conformance',
            include: ['test/conformance/*.test.ts'],
            globalSetup: [`test/conformance/${asksTarget ? 'set-up' : 'set-up-locally'}.ts`],
            setupFiles: ['src/run/use-target.ts'],
            // A real CloudTrail shows an event after minutes.
            ...timeouts(asksTarget ? 40 : 1),
          },
        },
      ],
    },
  };
});

/** Generous: a busy machine is no fault of the code. */
function timeouts(minutes: number) {
  return { testTimeout: minutes * 60_000, hookTimeout: minutes * 60_000 };
}

/** The tests that take longest start first, so that no core is idle at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
    const order = [
      /^authoring\/proof\/proof/,
      /^authoring/,
      /^test/,
      /^src\/(?!local-aws|console\/in-chromium)/,
      // When the proof is nearly done: together they take most memory.
      /^src\/console/,
      /^src\/local-aws/,
    ];
    const rank = ({ moduleId }: TestSpecification) => {
      const path = relative(import.meta.dirname, moduleId).replaceAll('\\', '/');
      return order.findIndex((folder) => folder.test(path));
    };
    const byDuration = await super.sort(specifications);
    return byDuration.toSorted((a, b) => rank(a) - rank(b));
  }
}
