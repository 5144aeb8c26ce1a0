import { dryRunSucceeded } from '../../api/errors.ts';
import { structure } from '../../api/members.ts';
import {
  dataKeyPairRequest,
  dataKeyPairTrail,
  keyPairGenerator,
  privateKeyInfo,
  sealedKeyPair,
} from '../data-key-pair.ts';
import { keyByAnyIdentifier } from '../key-identifier.ts';
import { requireState } from '../key-states.ts';
import { kmsOperation } from '../kms-operation.ts';
import { recipient, refuseRecipient } from '../recipient.ts';
import { cryptographicConditions, keyPairConditions } from '../request-conditions.ts';

/** Answers with a new key pair: the public key, and the private key twice, in the clear and sealed. KMS keeps none of it. */
export const generateDataKeyPair = kmsOperation({
  name: 'GenerateDataKeyPair',
  input: structure({ ...dataKeyPairRequest, Recipient: recipient.optional() }),
  target: (kms, input) => ({ key: keyByAnyIdentifier(kms, input.KeyId) }),
  permissions: (input, { key }) => [
    {
      action: 'kms:GenerateDataKeyPair',
      resource: key,
      conditions: () => ({ ...cryptographicConditions(input), ...keyPairConditions(input.KeyPairSpec) }),
    },
  ],

  async run(_kms, input, { key }) {
    requireState(key, 'GenerateDataKeyPair');
    const generate = keyPairGenerator(input.KeyPairSpec);
    refuseRecipient(input.Recipient);
    if (input.DryRun) throw dryRunSucceeded();
    const pair = await generate();
    return {
      ...sealedKeyPair(key, pair, input),
      PrivateKeyPlaintext: privateKeyInfo(pair).toString('base64'),
    };
  },

  trail: dataKeyPairTrail,
});
