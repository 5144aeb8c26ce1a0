import { AwsError, validationError } from '../../api/errors.ts';
import { structure } from '../../api/members.ts';
import { trailMembers } from '../../api/trail-members.ts';
import { grantListEntry } from '../grants/grant.ts';
import { requirePrincipal } from '../grants/grant-terms.ts';
import { kmsOperation } from '../kms-operation.ts';
import { page } from '../pagination.ts';
import { limit, marker, principal } from '../shapes.ts';

/** All grants that somebody may retire, whatever the key. */
export const listRetirableGrants = kmsOperation({
  name: 'ListRetirableGrants',
  input: structure({
    RetiringPrincipal: principal.optional(),
    RetiringServicePrincipal: principal.optional(),
    Limit: limit(100).optional(),
    Marker: marker.optional(),
  }),
  target: () => null,

  /** The resource is the retiring principal (ListRetirableGrants in the KMS API reference). */
  permissions: ({ RetiringPrincipal }) => [
    {
      action: 'kms:ListRetirableGrants',
      ...(RetiringPrincipal === undefined ? {} : { resource: { arn: RetiringPrincipal } }),
    },
  ],

  run(kms, { RetiringPrincipal, RetiringServicePrincipal, Limit, Marker }) {
    if ((RetiringPrincipal === undefined) === (RetiringServicePrincipal === undefined)) {
      throw validationError(
        'You must specify either RetiringPrincipal or RetiringServicePrincipal, but not both.',
      );
    }
    if (RetiringPrincipal === undefined) {
      throw new AwsError(
        'UnsupportedOperationException',
        'RetiringServicePrincipal can be used by AWS services only.',
      );
    }
    requirePrincipal(kms, RetiringPrincipal);
    const matching = kms.state.grants().filter(({ terms }) => terms.RetiringPrincipal === RetiringPrincipal);
    const { items, truncation } = page(matching, (grant) => grant.id, { limit: Limit ?? 50, marker: Marker });
    return { Grants: items.map((grant) => grantListEntry(kms.account, grant)), ...truncation };
  },

  trail: { readOnly: true, requestParameters: (input) => trailMembers(input) },
});
