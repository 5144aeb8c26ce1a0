import { dryRunSucceeded } from '../../api/errors.ts';
import { blob, boolean, structure } from '../../api/members.ts';
import { seal } from '../ciphertext-blob.ts';
import { requireSymmetricAlgorithm } from '../encryption-algorithm.ts';
import { currentMaterial } from '../key.ts';
import { keyByAnyIdentifier } from '../key-identifier.ts';
import { requireState } from '../key-states.ts';
import { keyResources, kmsOperation } from '../kms-operation.ts';
import { cryptographicConditions } from '../request-conditions.ts';
import { encryptionAlgorithm, encryptionContext, grantTokens, keyId } from '../shapes.ts';

export const encrypt = kmsOperation({
  name: 'Encrypt',
  input: structure({
    KeyId: keyId,
    Plaintext: blob({ min: 1, max: 4096 }),
    EncryptionContext: encryptionContext.optional(),
    GrantTokens: grantTokens.optional(),
    EncryptionAlgorithm: encryptionAlgorithm.default('SYMMETRIC_DEFAULT'),
    DryRun: boolean().optional(),
  }),

  target: (kms, input) => ({ key: keyByAnyIdentifier(kms, input.KeyId) }),
  permissions: (input, { key }) => [
    { action: 'kms:Encrypt', resource: key, conditions: () => cryptographicConditions(input) },
  ],

  run(_kms, input, { key }) {
    requireState(key, 'Encrypt');
    requireSymmetricAlgorithm(input.EncryptionAlgorithm);
    if (input.DryRun) throw dryRunSucceeded();
    return {
      CiphertextBlob: seal(key, input.Plaintext, input.EncryptionContext).toString('base64'),
      KeyId: key.arn,
      EncryptionAlgorithm: input.EncryptionAlgorithm,
    };
  },

  trail: {
    readOnly: true,
    requestParameters: (input) => ({
      encryptionContext: input.EncryptionContext,
      keyId: input.KeyId,
      encryptionAlgorithm: input.EncryptionAlgorithm,
    }),
    resources: ({ key }) => keyResources(key),
    additionalEventData: (_output, { key }) => ({ keyMaterialId: currentMaterial(key).id }),
  },
});
