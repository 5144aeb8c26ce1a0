// A set-up file of Vitest, loaded before the tests of a file: from here on, the SDK finds the target.
import { inject } from 'vitest';
import { useEnvironment } from '../target.ts';

useEnvironment(inject('environment'));
