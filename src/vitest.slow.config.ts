import { defineConfig } from 'vitest/config';

/** The project's tests that take minutes, `*.slow.test.ts`: apart, so that `npm test` stays something to run often. */
export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  test: {
    include: ['src/**/*.slow.test.ts'],
    testTimeout: 10 * 60_000,
    hookTimeout: 10 * 60_000,
    // Each of them has processes of its own to wait for.
    maxConcurrency: 2,
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  },
});
