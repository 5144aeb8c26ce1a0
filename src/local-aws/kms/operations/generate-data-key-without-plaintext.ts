import { randomBytes } from 'node:crypto';
import { dryRunSucceeded } from '../../api/errors.ts';
import { structure } from '../../api/members.ts';
import { seal } from '../ciphertext-blob.ts';
import { dataKeyLength, dataKeyRequest, dataKeyTrail } from '../data-key.ts';
import { currentMaterial } from '../key.ts';
import { keyByAnyIdentifier } from '../key-identifier.ts';
import { requireState } from '../key-states.ts';
import { kmsOperation } from '../kms-operation.ts';
import { cryptographicConditions } from '../request-conditions.ts';

/** Answers with a new data key, sealed only: for a caller that will need it later, and has to ask Decrypt for it. */
export const generateDataKeyWithoutPlaintext = kmsOperation({
  name: 'GenerateDataKeyWithoutPlaintext',
  input: structure(dataKeyRequest),
  target: (kms, input) => ({ key: keyByAnyIdentifier(kms, input.KeyId) }),
  permissions: (input, { key }) => [
    {
      action: 'kms:GenerateDataKeyWithoutPlaintext',
      resource: key,
      conditions: () => cryptographicConditions(input),
    },
  ],

  run(_kms, input, { key }) {
    const length = dataKeyLength(input);
    requireState(key, 'GenerateDataKeyWithoutPlaintext');
    if (input.DryRun) throw dryRunSucceeded();
    return {
      CiphertextBlob: seal(key, randomBytes(length), input.EncryptionContext).toString('base64'),
      KeyId: key.arn,
      KeyMaterialId: currentMaterial(key).id,
    };
  },

  trail: dataKeyTrail,
});
