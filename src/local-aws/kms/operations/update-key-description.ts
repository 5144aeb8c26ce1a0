import { structure, text } from '../../api/members.ts';
import { keyByIdOrArn } from '../key-identifier.ts';
import { requireState } from '../key-states.ts';
import { keyResources, kmsOperation } from '../kms-operation.ts';
import { keyId } from '../shapes.ts';

export const updateKeyDescription = kmsOperation({
  name: 'UpdateKeyDescription',
  input: structure({ KeyId: keyId, Description: text({ max: 8192 }) }),
  target: (kms, input) => ({ key: keyByIdOrArn(kms, input.KeyId) }),
  permissions: (_input, { key }) => [{ action: 'kms:UpdateKeyDescription', resource: key }],

  run(kms, input, { key }) {
    requireState(key, 'UpdateKeyDescription');
    kms.state.putKey({ ...key, description: input.Description });
    return {};
  },

  trail: {
    readOnly: false,
    requestParameters: (input) => ({ keyId: input.KeyId, description: input.Description }),
    responseElements: (_output, { key }) => ({ keyId: key.arn }),
    resources: ({ key }) => keyResources(key),
  },
});
