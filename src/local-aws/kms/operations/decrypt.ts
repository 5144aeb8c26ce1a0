import { dryRunSucceeded } from '../../api/errors.ts';
import { structure } from '../../api/members.ts';
import { ciphertextSource, decryptUnder, namedBy, sourceOf } from '../ciphertext-source.ts';
import { requireSymmetricAlgorithm } from '../encryption-algorithm.ts';
import { requireState } from '../key-states.ts';
import { keyResources, kmsOperation } from '../kms-operation.ts';
import { recipient, refuseRecipient } from '../recipient.ts';
import { cryptographicConditions } from '../request-conditions.ts';
import { encryptionAlgorithm, encryptionContext, grantTokens, keyId } from '../shapes.ts';

export const decrypt = kmsOperation({
  name: 'Decrypt',
  input: structure({
    ...ciphertextSource,
    EncryptionContext: encryptionContext.optional(),
    GrantTokens: grantTokens.optional(),
    KeyId: keyId.optional(),
    EncryptionAlgorithm: encryptionAlgorithm.default('SYMMETRIC_DEFAULT'),
    Recipient: recipient.optional(),
  }),

  target: (kms, input, caller) => sourceOf(kms, input, input.KeyId, caller, 'kms:Decrypt'),
  permissions: (input, { key }) => [
    {
      action: 'kms:Decrypt',
      resource: key,
      conditions: () => cryptographicConditions(input),
      namedBy: namedBy(input.KeyId),
    },
  ],

  run(_kms, input, { key, blob, origin }) {
    requireState(key, 'Decrypt');
    requireSymmetricAlgorithm(input.EncryptionAlgorithm);
    refuseRecipient(input.Recipient);
    if (!blob) throw dryRunSucceeded();
    const { plaintext, materialId } = decryptUnder(key, blob, input.EncryptionContext, origin);
    if (input.DryRun) throw dryRunSucceeded();
    return {
      KeyId: key.arn,
      Plaintext: plaintext.toString('base64'),
      EncryptionAlgorithm: input.EncryptionAlgorithm,
      KeyMaterialId: materialId,
    };
  },

  trail: {
    readOnly: true,
    requestParameters: (input) => ({
      encryptionAlgorithm: input.EncryptionAlgorithm,
      keyId: input.KeyId,
      encryptionContext: input.EncryptionContext,
    }),
    resources: ({ key }) => keyResources(key),
    additionalEventData: (output) => ({ keyMaterialId: output.KeyMaterialId }),
  },
});
