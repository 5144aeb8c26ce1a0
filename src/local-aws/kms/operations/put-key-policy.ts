import { boolean, structure } from '../../api/members.ts';
import { keyByIdOrArn } from '../key-identifier.ts';
import {
  bypassCondition,
  onlyPolicyName,
  requireChangeable,
  requirePolicyName,
  requireUsableKeyPolicy,
} from '../key-policy.ts';
import { keyResources, kmsOperation } from '../kms-operation.ts';
import { keyId, policy, policyName } from '../shapes.ts';

export const putKeyPolicy = kmsOperation({
  name: 'PutKeyPolicy',
  input: structure({
    KeyId: keyId,
    PolicyName: policyName.default(onlyPolicyName),
    Policy: policy,
    BypassPolicyLockoutSafetyCheck: boolean().optional(),
  }),
  target: (kms, input) => ({ key: keyByIdOrArn(kms, input.KeyId) }),

  permissions: (input, { key }) => [
    {
      action: 'kms:PutKeyPolicy',
      resource: key,
      conditions: () => bypassCondition(input.BypassPolicyLockoutSafetyCheck),
    },
  ],

  run(kms, input, { key }, caller, authorize) {
    requirePolicyName(input.PolicyName);
    requireUsableKeyPolicy(kms, input.Policy);
    const changed = { ...key, policy: input.Policy };
    if (!input.BypassPolicyLockoutSafetyCheck) requireChangeable(kms, changed, caller, authorize);
    kms.state.putKey(changed);
    return {};
  },

  trail: {
    readOnly: false,
    requestParameters: (input) => ({
      keyId: input.KeyId,
      policyName: input.PolicyName,
      policy: input.Policy,
      bypassPolicyLockoutSafetyCheck: input.BypassPolicyLockoutSafetyCheck ?? false,
    }),
    responseElements: (_output, { key }) => ({ keyId: key.arn }),
    resources: ({ key }) => keyResources(key),
  },
});
