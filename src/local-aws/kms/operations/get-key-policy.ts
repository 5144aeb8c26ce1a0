import { structure } from '../../api/members.ts';
import { keyByIdOrArn } from '../key-identifier.ts';
import { onlyPolicyName, requirePolicyName } from '../key-policy.ts';
import { keyResources, kmsOperation } from '../kms-operation.ts';
import { keyId, policyName } from '../shapes.ts';

export const getKeyPolicy = kmsOperation({
  name: 'GetKeyPolicy',
  input: structure({ KeyId: keyId, PolicyName: policyName.default(onlyPolicyName) }),
  target: (kms, input) => ({ key: keyByIdOrArn(kms, input.KeyId) }),
  permissions: (_input, { key }) => [{ action: 'kms:GetKeyPolicy', resource: key }],

  run(_kms, input, { key }) {
    requirePolicyName(input.PolicyName);
    return { Policy: key.policy, PolicyName: input.PolicyName };
  },

  trail: {
    readOnly: true,
    requestParameters: (input) => ({ keyId: input.KeyId, policyName: input.PolicyName }),
    resources: ({ key }) => keyResources(key),
  },
});
