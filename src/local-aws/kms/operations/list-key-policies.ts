import { structure } from '../../api/members.ts';
import { trailMembers } from '../../api/trail-members.ts';
import { keyByIdOrArn } from '../key-identifier.ts';
import { onlyPolicyName } from '../key-policy.ts';
import { keyResources, kmsOperation } from '../kms-operation.ts';
import { page } from '../pagination.ts';
import { keyId, limit, marker } from '../shapes.ts';

export const listKeyPolicies = kmsOperation({
  name: 'ListKeyPolicies',
  input: structure({ KeyId: keyId, Limit: limit(1000).optional(), Marker: marker.optional() }),
  target: (kms, input) => ({ key: keyByIdOrArn(kms, input.KeyId) }),
  permissions: (_input, { key }) => [{ action: 'kms:ListKeyPolicies', resource: key }],

  run(_kms, input) {
    const { items, truncation } = page([onlyPolicyName], (name) => name, {
      limit: input.Limit ?? 100,
      marker: input.Marker,
    });
    return { PolicyNames: items, ...truncation };
  },

  trail: {
    readOnly: true,
    requestParameters: (input) => trailMembers(input),
    resources: ({ key }) => keyResources(key),
  },
});
