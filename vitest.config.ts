import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';

/** The workshop: its steps in order, in one worker. `--mode solution` runs the reference solutions. */
export default defineConfig(({ mode }) => ({
  ssr: {
    resolve: {
      conditions:
        mode === 'solution' ? ['solution', ...defaultServerConditions] : [...defaultServerConditions],
    },
  },
  test: {
    include: ['workshop/*/step.spec.ts'],
    globalSetup: ['src/lifecycle/global-setup.ts'],
    isolate: false,
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
}));
