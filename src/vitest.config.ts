import { defineConfig } from 'vitest/config';
import { conformanceProject } from './conformance/project.ts';

/** The project's own tests. The workshop's steps have the configuration at the top of the repository. */
export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  test: {
    projects: [
      {
        test: {
          name: 'own',
          include: ['src/**/*.test.ts'],
          exclude: ['src/conformance/**', 'src/**/*.slow.test.ts'],
          // A busy machine is no fault of the code.
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // The AWS SDK's notice on Node 20 would come once for each test file.
          env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
        },
      },
      conformanceProject('src/conformance/set-up-locally.ts', 1),
    ],
  },
});
