import { defineConfig } from 'vitest/config';
import { conformanceProject } from './project.ts';

/** `npm run conformance`: the suite alone, at the target of the settings. CloudTrail takes its time there. */
export default defineConfig({
  root: new URL('../..', import.meta.url).pathname,
  test: {
    projects: [conformanceProject('src/conformance/set-up.ts', 40)],
    maxWorkers: 4,
    reporters: ['verbose'],
  },
});
