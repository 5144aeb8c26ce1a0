import { structure } from '../../api/members.ts';
import { trailMembers } from '../../api/trail-members.ts';
import { keyByIdOrArn } from '../key-identifier.ts';
import { kmsOperation } from '../kms.ts';
import { page } from '../pagination.ts';
import { keyId, limit, marker } from '../shapes.ts';

export const listAliases = kmsOperation({
  name: 'ListAliases',
  input: structure({ KeyId: keyId.optional(), Limit: limit(100).optional(), Marker: marker.optional() }),
  target: (kms, input) => ({ key: input.KeyId === undefined ? undefined : keyByIdOrArn(kms, input.KeyId) }),
  permissions: () => [{ action: 'kms:ListAliases' }],

  run(kms, input, { key }) {
    const { items, truncation } = page(kms.state.aliases(key?.id), (alias) => alias.name, {
      limit: input.Limit ?? 50,
      marker: input.Marker,
    });
    const Aliases = items.map((alias) => ({
      AliasName: alias.name,
      AliasArn: alias.arn,
      TargetKeyId: alias.targetKeyId,
      CreationDate: alias.createdAt / 1000,
      LastUpdatedDate: alias.updatedAt / 1000,
    }));
    return { Aliases, ...truncation };
  },

  trail: { readOnly: true, requestParameters: (input) => trailMembers(input) },
});
