import { AwsError } from '../api/errors.ts';

/**
 * @throws {AwsError} `InvalidKeyUsageException` for an algorithm of asymmetric keys (the sentence is that of the
 *   recorded answer for `HMAC_SHA_256` and `HMAC_224`)
 */
export function requireSymmetricAlgorithm(algorithm: string): void {
  if (algorithm === 'SYMMETRIC_DEFAULT') return;
  throw new AwsError(
    'InvalidKeyUsageException',
    `Algorithm ${algorithm} is incompatible with key spec SYMMETRIC_DEFAULT.`,
  );
}
