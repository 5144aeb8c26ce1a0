import { defineConfig } from 'vitest/config';
import { conformanceProject } from './conformance/project.ts';

/** The project's own tests. The workshop's steps have the configuration at the top of the repository. */
export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  test: {
    projects: [
      { test: { name: 'own', include: ['src/**/*.test.ts'], exclude: ['src/conformance/**'] } },
      conformanceProject('src/conformance/set-up-locally.ts', 1),
    ],
  },
});
