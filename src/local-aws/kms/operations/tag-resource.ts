import { structure } from '../../api/members.ts';
import { trailMembers } from '../../api/trail-members.ts';
import { keyByIdOrArn } from '../key-identifier.ts';
import { requireState } from '../key-states.ts';
import { withTags } from '../key-tags.ts';
import { keyResources, kmsOperation } from '../kms-operation.ts';
import { tagConditions } from '../request-conditions.ts';
import { keyId, tags } from '../shapes.ts';

export const tagResource = kmsOperation({
  name: 'TagResource',
  input: structure({ KeyId: keyId, Tags: tags }),
  target: (kms, input) => ({ key: keyByIdOrArn(kms, input.KeyId) }),
  permissions: (input, { key }) => [
    { action: 'kms:TagResource', resource: key, conditions: () => tagConditions(input.Tags) },
  ],

  run(kms, input, { key }) {
    requireState(key, 'TagResource');
    kms.state.putKey({ ...key, tags: withTags(key.tags, input.Tags) });
    return {};
  },

  trail: {
    readOnly: false,
    requestParameters: (input) => ({ keyId: input.KeyId, tags: input.Tags.map((tag) => trailMembers(tag)) }),
    responseElements: (_output, { key }) => ({ keyId: key.arn }),
    resources: ({ key }) => keyResources(key),
  },
});
