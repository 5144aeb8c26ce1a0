import { accessSync, constants, mkdirSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { faultOfPath } from './src/cli/project-path.js';
import { keepCompiled } from './src/watch/standby/compile-cache.ts';
import { StandbyPool } from './src/watch/standby/standby-pool.ts';
import { rerunFromStep, StepSequencer } from './src/watch/step-order.ts';

const packages = `${import.meta.dirname}/node_modules`;
const compiled = `${packages}/.cache/compiled`;
keepCompiled(compiled);
const transformed = `${packages}/.experimental-vitest-cache`;

const pathFault = faultOfPath(import.meta.dirname);
// Vitest would print a stack that leads nowhere.
if (pathFault) throw Object.assign(new Error(pathFault), { stack: '' });

/** The workshop: its steps in order, in one worker. `--mode solution` runs the reference solutions. */
export default defineConfig(({ mode }) => {
  const solutions = mode === 'solution';
  const pool = new StandbyPool(`${import.meta.dirname}/src/watch/standby/libraries.js`);
  return {
    // Else it is the folder in which Vitest is started, which may be one inside the project.
    root: import.meta.dirname,
    plugins: [pool.startsEarly()],
    ssr: {
      resolve: {
        // Vitest hands these to the worker's Node too: Vite's condition "module" breaks the AWS SDK there.
        conditions: ['node', 'local-kms-cloudtrail-checkout', ...(solutions ? ['solution'] : [])],
      },
    },
    // Where global set-up runs: as in the worker, not the builds of the AWS SDK that are meant for bundlers. Vite would have
    // to transform the hundreds of files of those, which takes a second.
    environments: {
      __vitest__: { resolve: { mainFields: [], conditions: ['node', 'local-kms-cloudtrail-checkout'] } },
    },
    test: {
      include: ['workshop/*/step.spec.ts'],
      globalSetup: ['./src/run/global-setup.ts'],
      setupFiles: [
        './src/run/use-target.ts',
        './src/run/withhold-requests.ts',
        './src/run/notice-tampering.ts',
        './src/run/note-requests.ts',
      ],
      reporters: [
        './src/report/workshop-reporter.ts',
        './src/watch/restart-on-save.ts',
        './src/watch/keys.ts',
      ],
      pool,
      isolate: false,
      // What was transformed once needs no transforming at the next start. Where it can't be kept, Vitest would not start.
      experimental: { fsModuleCache: isWritable(transformed), fsModuleCachePath: transformed },
      env: { NODE_COMPILE_CACHE: compiled },
      fileParallelism: false,
      sequence: { sequencer: StepSequencer, setupFiles: 'list' },
      watchTriggerPatterns: [rerunFromStep(import.meta.dirname, solutions ? 'solution.ts' : 'exercise.ts')],
      testTimeout: 60_000,
      hookTimeout: 60_000,
      // On AWS, the tear-down asks until KMS shows that everything is gone, and backs off when it is asked too much.
      teardownTimeout: 60_000,
    },
  };
});

/** Whether files can be made in a folder, which is made if it can be. Somebody else may have installed the packages. */
function isWritable(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
