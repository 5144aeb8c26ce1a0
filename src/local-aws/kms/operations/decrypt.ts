import { z } from 'zod';
import { AwsError, dryRunSucceeded } from '../../api/errors.ts';
import { open, originOf } from '../ciphertext-blob.ts';
import { requireSymmetricAlgorithm } from '../encryption-algorithm.ts';
import { keyByAnyIdentifier } from '../key-identifier.ts';
import { requireState } from '../key-states.ts';
import { kmsOperation, trailResource } from '../kms.ts';
import { cryptographicConditions } from '../request-conditions.ts';
import { ciphertextBlob, encryptionAlgorithm, encryptionContext, grantTokens, keyId } from '../shapes.ts';

export const decrypt = kmsOperation({
  name: 'Decrypt',
  input: z.object({
    CiphertextBlob: ciphertextBlob,
    EncryptionContext: encryptionContext.optional(),
    GrantTokens: grantTokens.optional(),
    KeyId: keyId.optional(),
    EncryptionAlgorithm: encryptionAlgorithm.default('SYMMETRIC_DEFAULT'),
    DryRun: z.boolean().optional(),
  }),

  /** The key that the request names, if it does, else the one that the blob says it was sealed under. */
  target(kms, input) {
    if (input.KeyId !== undefined) return { key: keyByAnyIdentifier(kms, input.KeyId) };
    const key = kms.state.key(originOf(input.CiphertextBlob).keyId);
    if (!key) {
      throw new AwsError(
        'AccessDeniedException',
        'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
      );
    }
    return { key };
  },

  permissions: (input, { key }) => [
    { action: 'kms:Decrypt', resource: key, conditions: () => cryptographicConditions(input) },
  ],

  run(_kms, input, { key }) {
    requireState(key, 'Decrypt');
    requireSymmetricAlgorithm(input.EncryptionAlgorithm);
    const { keyId, materialId } = originOf(input.CiphertextBlob);
    if (keyId !== key.id) {
      throw new AwsError(
        'IncorrectKeyException',
        'The key ID in the request does not identify a CMK that can perform this operation.',
      );
    }
    const plaintext = open(key, input.CiphertextBlob, input.EncryptionContext);
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
    resources: ({ key }) => [trailResource(key)],
    additionalEventData: (output) => ({ keyMaterialId: output.KeyMaterialId }),
  },
});
