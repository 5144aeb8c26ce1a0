// A set-up file of Vitest, loaded before each spec: the console shows what the steps call, and in an account that costs
// something, what they ask for is counted.
import { inject } from 'vitest';
import { noteCallsOfSteps, noteRequestsOfSteps } from './requests-of-steps.ts';

const run = inject('run');
noteCallsOfSteps(run);
if (run.target === 'aws') noteRequestsOfSteps(run);
