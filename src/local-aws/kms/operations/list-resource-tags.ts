import { structure } from '../../api/members.ts';
import { trailMembers } from '../../api/trail-members.ts';
import { keyByIdOrArn } from '../key-identifier.ts';
import { keyResources, kmsOperation } from '../kms-operation.ts';
import { page } from '../pagination.ts';
import { keyId, limit, marker } from '../shapes.ts';

export const listResourceTags = kmsOperation({
  name: 'ListResourceTags',
  input: structure({ KeyId: keyId, Limit: limit(50).optional(), Marker: marker.optional() }),
  target: (kms, input) => ({ key: keyByIdOrArn(kms, input.KeyId) }),
  permissions: (_input, { key }) => [{ action: 'kms:ListResourceTags', resource: key }],

  run(_kms, input, { key }) {
    const ordered = key.tags.toSorted((a, b) => (a.TagKey < b.TagKey ? -1 : 1));
    const { items, truncation } = page(ordered, (tag) => tag.TagKey, {
      limit: input.Limit ?? 50,
      marker: input.Marker,
    });
    return { Tags: items, ...truncation };
  },

  trail: {
    readOnly: true,
    requestParameters: (input) => trailMembers(input),
    resources: ({ key }) => keyResources(key),
  },
});
