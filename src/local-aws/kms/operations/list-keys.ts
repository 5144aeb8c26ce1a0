import { structure } from '../../api/members.ts';
import { trailMembers } from '../../api/trail-members.ts';
import { kmsOperation } from '../kms-operation.ts';
import { page } from '../pagination.ts';
import { limit, marker } from '../shapes.ts';

export const listKeys = kmsOperation({
  name: 'ListKeys',
  input: structure({ Limit: limit(1000).optional(), Marker: marker.optional() }),
  target: () => null,
  permissions: () => [{ action: 'kms:ListKeys' }],
  run(kms, input) {
    const { items, truncation } = page(kms.state.keys(), (key) => key.id, {
      limit: input.Limit ?? 100,
      marker: input.Marker,
    });
    return { Keys: items.map((key) => ({ KeyId: key.id, KeyArn: key.arn })), ...truncation };
  },
  trail: { readOnly: true, requestParameters: (input) => trailMembers(input) },
});
