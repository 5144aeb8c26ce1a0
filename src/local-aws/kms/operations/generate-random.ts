import { randomBytes } from 'node:crypto';
import { AwsError, validationError } from '../../api/errors.ts';
import { integer, structure, text } from '../../api/members.ts';
import { kmsOperation } from '../kms-operation.ts';
import { recipient, refuseRecipient } from '../recipient.ts';

/** Answers with random bytes. No key takes part. */
export const generateRandom = kmsOperation({
  name: 'GenerateRandom',
  input: structure({
    NumberOfBytes: integer({ min: 1, max: 1024 }).optional(),
    CustomKeyStoreId: text({ min: 1, max: 64 }).optional(),
    Recipient: recipient.optional(),
  }),
  target: () => null,
  permissions: () => [{ action: 'kms:GenerateRandom' }],

  run(_kms, input) {
    if (input.NumberOfBytes === undefined) throw validationError('NumberOfBytes is required.');
    if (input.CustomKeyStoreId !== undefined) {
      throw new AwsError('UnsupportedOperationException', 'The local AWS has no custom key stores.');
    }
    refuseRecipient(input.Recipient);
    return { Plaintext: randomBytes(input.NumberOfBytes).toString('base64') };
  },

  // The parameters are null in the record, even the number of bytes (KMS developer guide, ct-generaterandom.html).
  trail: { readOnly: true },
});
