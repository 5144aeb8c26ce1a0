import { structure } from '../../api/members.ts';
import { trailMembers } from '../../api/trail-members.ts';
import type { Alias } from '../key.ts';
import { keyByIdOrArn } from '../key-identifier.ts';
import type { Kms } from '../kms.ts';
import { kmsOperation } from '../kms-operation.ts';
import { type PredefinedAlias, predefinedAliases } from '../managed-keys.ts';
import { page } from '../pagination.ts';
import { keyId, limit, marker } from '../shapes.ts';

/** The account's own aliases and AWS's, ordered by name. */
const allAliases = (kms: Kms): (Alias | PredefinedAlias)[] =>
  [...kms.state.aliases(), ...predefinedAliases(kms)].sort((a, b) => (a.name < b.name ? -1 : 1));

export const listAliases = kmsOperation({
  name: 'ListAliases',
  input: structure({ KeyId: keyId.optional(), Limit: limit(100).optional(), Marker: marker.optional() }),
  target: (kms, input) => ({ key: input.KeyId === undefined ? undefined : keyByIdOrArn(kms, input.KeyId) }),
  permissions: () => [{ action: 'kms:ListAliases' }],

  run(kms, input, { key }) {
    const aliases: (Alias | PredefinedAlias)[] = key ? kms.state.aliases(key.id) : allAliases(kms);
    const { items, truncation } = page(aliases, (alias) => alias.name, {
      limit: input.Limit ?? 50,
      marker: input.Marker,
    });
    const Aliases = items.map((alias) => ({
      AliasName: alias.name,
      AliasArn: alias.arn,
      ...('targetKeyId' in alias && {
        TargetKeyId: alias.targetKeyId,
        CreationDate: alias.createdAt / 1000,
        LastUpdatedDate: alias.updatedAt / 1000,
      }),
    }));
    return { Aliases, ...truncation };
  },

  trail: { readOnly: true, requestParameters: (input) => trailMembers(input) },
});
