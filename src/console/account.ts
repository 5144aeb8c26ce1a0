import type { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { Run } from '../state/run.ts';
import { LearnerError } from '../text/learner-error.ts';
import { printable } from '../text/printable.ts';

/** The parts of a run that the console shows. */
export type ShownRun = Pick<
  Run,
  'name' | 'root' | 'target' | 'outputFolder' | 'scratchFolder' | 'cloudTrail'
>;

/** Clients for the account of the run. Both throw a LearnerError if there is none, or the settings don't allow it. */
export interface Account {
  kms(): Promise<KMSClient>;
  cloudTrail(): Promise<CloudTrailClient>;
}

/**
 * Says why a service gave no answer: an error is shown by its name alone, unless it is a sentence for the learner, because
 * others may quote a request.
 */
export function whyNoAnswer(service: string, error: Error): string {
  if (error instanceof LearnerError) return printable(error.message);
  return `${service} gave no answer (${printable(error.name)}). To find the cause: npm run doctor`;
}
