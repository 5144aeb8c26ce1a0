import { structure } from '../../api/members.ts';
import { keyByIdOrArn } from '../key-identifier.ts';
import { requireState } from '../key-states.ts';
import { keyResources, kmsOperation } from '../kms-operation.ts';
import { keyId } from '../shapes.ts';

/** Ends automatic rotation. Rotation on demand stays possible. */
export const disableKeyRotation = kmsOperation({
  name: 'DisableKeyRotation',
  input: structure({ KeyId: keyId }),
  target: (kms, input) => ({ key: keyByIdOrArn(kms, input.KeyId) }),
  permissions: (_input, { key }) => [{ action: 'kms:DisableKeyRotation', resource: key }],

  run(kms, _input, { key }) {
    requireState(key, 'DisableKeyRotation');
    const { rotationSchedule, ...kept } = key;
    kms.state.putKey(kept);
    return {};
  },

  trail: {
    readOnly: false,
    requestParameters: (input) => ({ keyId: input.KeyId }),
    responseElements: (_output, { key }) => ({ keyId: key.arn }),
    resources: ({ key }) => keyResources(key),
  },
});
