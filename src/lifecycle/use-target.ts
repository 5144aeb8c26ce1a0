// A set-up file of Vitest, loaded before the tests of a file: from here on, the SDK finds the target. Its process may have
// been started before there was one.
import { inject } from 'vitest';
import type { Environment } from '../settings.ts';
import { useEnvironment } from '../target.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** What leads the SDK to the target. An undefined variable has to be absent. */
    environment: Environment;
  }
}

useEnvironment(inject('environment'));
