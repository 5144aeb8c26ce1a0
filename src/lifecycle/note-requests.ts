// A set-up file of Vitest, loaded before each spec: in an account that costs something, what the steps ask for is counted.
import { afterAll, inject } from 'vitest';
import { noteRequests } from '../audit/request-tally.ts';
import { noteRequestOfStep } from './requests-of-steps.ts';

const run = inject('run');
if (run.target === 'aws') afterAll(noteRequests((line) => noteRequestOfStep(run, line)));
