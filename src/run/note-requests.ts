// A set-up file of Vitest, loaded before each spec: in an account that costs something, what the steps ask for is counted.
import { inject } from 'vitest';
import { noteRequestsOfSteps } from './requests-of-steps.ts';

const run = inject('run');
if (run.target === 'aws') noteRequestsOfSteps(run);
