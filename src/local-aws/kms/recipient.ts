import { AwsError } from '../api/errors.ts';
import { blob, oneOf, structure } from '../api/members.ts';
import type { ValueOf } from '../api/shape.ts';

/** The only reader of the answer: a Nitro enclave, or a machine with a NitroTPM. */
export const recipient = structure({
  KeyEncryptionAlgorithm: oneOf(['RSAES_OAEP_SHA_256']).optional(),
  AttestationDocument: blob({ min: 1, max: 262_144 }).optional(),
});

/**
 * Refuses a request with a recipient: answering it with a plaintext would give the secret to everybody else.
 *
 * @throws {AwsError} `UnsupportedOperationException`
 */
export function refuseRecipient(given: ValueOf<typeof recipient> | undefined): void {
  if (given === undefined) return;
  throw new AwsError(
    'UnsupportedOperationException',
    'The local AWS can not answer for a Recipient: it verifies no attestation documents.',
  );
}
