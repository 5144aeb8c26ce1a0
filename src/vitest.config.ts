import { defineConfig } from 'vitest/config';

/** The project's own tests. The workshop's steps have the configuration at the top of the repository. */
export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  test: {
    include: ['src/**/*.test.ts'],
  },
});
