import { validationError } from '../../api/errors.ts';
import { structure } from '../../api/members.ts';
import { trailMembers } from '../../api/trail-members.ts';
import { grantListEntry } from '../grants/grant.ts';
import { grantById } from '../grants/grant-identifier.ts';
import { keyByIdOrArn } from '../key-identifier.ts';
import { keyResources, kmsOperation } from '../kms-operation.ts';
import { page } from '../pagination.ts';
import { grantId, keyId, limit, marker, principal } from '../shapes.ts';

export const listGrants = kmsOperation({
  name: 'ListGrants',
  input: structure({
    KeyId: keyId,
    GrantId: grantId.optional(),
    GranteePrincipal: principal.optional(),
    GranteeServicePrincipal: principal.optional(),
    Limit: limit(100).optional(),
    Marker: marker.optional(),
  }),
  target: (kms, input) => ({ key: keyByIdOrArn(kms, input.KeyId) }),
  permissions: (_input, { key }) => [
    {
      action: 'kms:ListGrants',
      resource: key,
      conditions: () => ({ 'kms:GrantIsForAWSResource': 'false' }),
    },
  ],

  run(kms, input, { key }) {
    const { GranteePrincipal, GranteeServicePrincipal } = input;
    if (GranteePrincipal !== undefined && GranteeServicePrincipal !== undefined) {
      throw validationError(
        'You can specify either GranteePrincipal or GranteeServicePrincipal, but not both.',
      );
    }
    const grants =
      input.GrantId === undefined ? kms.state.grantsOf(key.id) : [grantById(kms, key, input.GrantId)];
    const matching = grants.filter(
      ({ terms }) =>
        (GranteePrincipal === undefined || terms.GranteePrincipal === GranteePrincipal) &&
        (GranteeServicePrincipal === undefined || terms.GranteeServicePrincipal === GranteeServicePrincipal),
    );
    const { items, truncation } = page(matching, (grant) => grant.id, {
      limit: input.Limit ?? 50,
      marker: input.Marker,
    });
    return { Grants: items.map((grant) => grantListEntry(kms.account, grant)), ...truncation };
  },

  trail: {
    readOnly: true,
    requestParameters: (input) => trailMembers(input),
    resources: ({ key }) => keyResources(key),
  },
});
