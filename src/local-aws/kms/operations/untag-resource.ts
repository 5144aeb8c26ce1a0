import { list, structure } from '../../api/members.ts';
import { keyByIdOrArn } from '../key-identifier.ts';
import { requireState } from '../key-states.ts';
import { keyResources, kmsOperation } from '../kms-operation.ts';
import { keyId, tagKey } from '../shapes.ts';

/** Removes tags. A tag key that the key doesn't have is no error. */
export const untagResource = kmsOperation({
  name: 'UntagResource',
  input: structure({ KeyId: keyId, TagKeys: list(tagKey) }),
  target: (kms, input) => ({ key: keyByIdOrArn(kms, input.KeyId) }),
  permissions: (input, { key }) => [
    { action: 'kms:UntagResource', resource: key, conditions: () => ({ 'aws:TagKeys': input.TagKeys }) },
  ],

  run(kms, input, { key }) {
    requireState(key, 'UntagResource');
    kms.state.putKey({ ...key, tags: key.tags.filter((tag) => !input.TagKeys.includes(tag.TagKey)) });
    return {};
  },

  trail: {
    readOnly: false,
    requestParameters: (input) => ({ keyId: input.KeyId, tagKeys: input.TagKeys }),
    responseElements: (_output, { key }) => ({ keyId: key.arn }),
    resources: ({ key }) => keyResources(key),
  },
});
