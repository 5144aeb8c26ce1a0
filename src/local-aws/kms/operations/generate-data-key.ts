import { randomBytes } from 'node:crypto';
import { dryRunSucceeded } from '../../api/errors.ts';
import { structure } from '../../api/members.ts';
import { seal } from '../ciphertext-blob.ts';
import { dataKeyLength, dataKeyRequest, dataKeyTrail } from '../data-key.ts';
import { currentMaterial } from '../key.ts';
import { keyByAnyIdentifier } from '../key-identifier.ts';
import { requireState } from '../key-states.ts';
import { kmsOperation } from '../kms-operation.ts';
import { recipient, refuseRecipient } from '../recipient.ts';
import { cryptographicConditions } from '../request-conditions.ts';

/** Answers with a new data key twice: in the clear, to be used at once, and sealed, to be kept. KMS keeps neither. */
export const generateDataKey = kmsOperation({
  name: 'GenerateDataKey',
  input: structure({ ...dataKeyRequest, Recipient: recipient.optional() }),
  target: (kms, input) => ({ key: keyByAnyIdentifier(kms, input.KeyId) }),
  permissions: (input, { key }) => [
    { action: 'kms:GenerateDataKey', resource: key, conditions: () => cryptographicConditions(input) },
  ],

  run(_kms, input, { key }) {
    const length = dataKeyLength(input);
    requireState(key, 'GenerateDataKey');
    refuseRecipient(input.Recipient);
    if (input.DryRun) throw dryRunSucceeded();
    const plaintext = randomBytes(length);
    return {
      CiphertextBlob: seal(key, plaintext, input.EncryptionContext).toString('base64'),
      Plaintext: plaintext.toString('base64'),
      KeyId: key.arn,
      KeyMaterialId: currentMaterial(key).id,
    };
  },

  trail: dataKeyTrail,
});
