import { dryRunSucceeded } from '../../api/errors.ts';
import { structure } from '../../api/members.ts';
import { dataKeyPairRequest, dataKeyPairTrail, keyPairGenerator, sealedKeyPair } from '../data-key-pair.ts';
import { keyByAnyIdentifier } from '../key-identifier.ts';
import { requireState } from '../key-states.ts';
import { kmsOperation } from '../kms-operation.ts';
import { cryptographicConditions, keyPairConditions } from '../request-conditions.ts';

/** Answers with a new key pair whose private key is sealed only: for a caller that needs that one later, or never. */
export const generateDataKeyPairWithoutPlaintext = kmsOperation({
  name: 'GenerateDataKeyPairWithoutPlaintext',
  input: structure(dataKeyPairRequest),
  target: (kms, input) => ({ key: keyByAnyIdentifier(kms, input.KeyId) }),
  permissions: (input, { key }) => [
    {
      action: 'kms:GenerateDataKeyPairWithoutPlaintext',
      resource: key,
      conditions: () => ({ ...cryptographicConditions(input), ...keyPairConditions(input.KeyPairSpec) }),
    },
  ],

  async run(_kms, input, { key }) {
    requireState(key, 'GenerateDataKeyPairWithoutPlaintext');
    const generate = keyPairGenerator(input.KeyPairSpec);
    if (input.DryRun) throw dryRunSucceeded();
    return sealedKeyPair(key, await generate(), input);
  },

  trail: dataKeyPairTrail,
});
