import { KMSClient, KMSServiceException } from '@aws-sdk/client-kms';
import pRetry from 'p-retry';
import { AnswerLimitError } from '../endpoint/answer-limits.ts';

/** A client that backs off when KMS is asked too much: a class may share the quotas of one account. */
export function patientKms(): KMSClient {
  return new KMSClient({ maxAttempts: 10 });
}

/**
 * Repeats what may be done twice as long as KMS throttles it, or as another process gets in its way that removes the
 * same; gives its result. The pauses grow from half a second to ten.
 */
export function patiently<Result>(action: () => Promise<Result>): Promise<Result> {
  return pRetry(action, {
    retries: 8,
    minTimeout: 500,
    maxTimeout: 10_000,
    randomize: true,
    shouldRetry: ({ error }) => error instanceof KMSServiceException && passing.has(error.name),
  });
}

const passing = new Set(['ThrottlingException', 'NotFoundException', 'KMSInvalidStateException']);

/**
 * Asks until a change can be seen, which may take seconds: KMS developer guide,
 * accessing-kms.html#programming-eventual-consistency.
 *
 * @param isSeen asks KMS
 * @throws Error with the text when it can't be seen after half a minute
 */
export function untilSeen(isSeen: () => Promise<boolean>, otherwise: string): Promise<void> {
  return pRetry(
    async () => {
      if (!(await isSeen())) throw new Error(otherwise);
    },
    {
      retries: 12,
      minTimeout: 250,
      factor: 1.5,
      maxTimeout: 5000,
      shouldRetry: ({ error }) =>
        !(error instanceof KMSServiceException || error instanceof AnswerLimitError),
    },
  );
}
