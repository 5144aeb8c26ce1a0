import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { KMSClient } from '@aws-sdk/client-kms';
import { STSClient } from '@aws-sdk/client-sts';
import { inject } from 'vitest';
import { announceAlias, createKey, type SuiteKey } from './suite-key.ts';

/** So many attempts, because other people call the same account: some KMS operations have a quota of five a second. */
const maxAttempts = 10;

export const kms = new KMSClient({ maxAttempts });
/** CloudTrail answers two look-ups a second, whoever makes them. */
export const cloudTrail = new CloudTrailClient({ maxAttempts });
export const sts = new STSClient({ maxAttempts });

/**
 * When a test fails, Vitest prints all that the error has. The SDK attaches the connection to it, and with it the
 * request's headers: the access key, and the session token.
 */
const withoutConnection =
  <Call, Result>(next: (call: Call) => Promise<Result>) =>
  async (call: Call): Promise<Result> => {
    try {
      return await next(call);
    } catch (error) {
      delete (error as { $response?: { body?: unknown } }).$response?.body;
      throw error;
    }
  };
kms.middlewareStack.add(withoutConnection, { step: 'initialize' });
cloudTrail.middlewareStack.add(withoutConnection, { step: 'initialize' });
sts.middlewareStack.add(withoutConnection, { step: 'initialize' });

export const { key, otherKey } = inject('sharedKeys');

/** Creates a key that a test may change. See `createKey`. */
export const newKey = (purpose: string): Promise<SuiteKey> =>
  createKey(inject('run'), purpose, inject('runProcess'));

/** Gives the name of an alias that a test may create. See `announceAlias`. */
export const newAliasName = (purpose: string): string =>
  announceAlias(inject('run'), purpose, inject('runProcess'));
