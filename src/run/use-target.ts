// A set-up file of Vitest, loaded before the tests of a file: from here on, the SDK finds the target, and relative paths
// start in the project's folder. Its process may have been started before there was a target.
import { inject } from 'vitest';
import type { Environment } from '../settings/settings.ts';
import { useEnvironment } from './target.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The environment variables that lead the SDK to the target. An undefined one has to be absent. */
    environment: Environment;
  }
}

useEnvironment(inject('environment'));
process.chdir(inject('run').root);
