// Vitest's global set-up for `npm run conformance`: the target is the one of the settings.
import type { TestProject } from 'vitest/node';
import { readSettings } from '../../src/settings/settings.ts';
import { LearnerError } from '../../src/text/learner-error.ts';
import { printable } from '../../src/text/printable.ts';
import { startSuite } from './suite.ts';

export default async (project: TestProject) => {
  try {
    return await startSuite(project, readSettings(project.config.root));
  } catch (error) {
    if (!(error instanceof LearnerError)) throw error;
    // Vitest would say first that there are no tests, and print the stack.
    console.error(`The suite could not start.\n\n${printable(error.message)}\n`);
    process.exit(1);
  }
};
