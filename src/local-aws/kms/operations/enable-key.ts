import { structure } from '../../api/members.ts';
import { keyByIdOrArn } from '../key-identifier.ts';
import { resumedSchedule } from '../key-rotation.ts';
import { requireState } from '../key-states.ts';
import { keyResources, kmsOperation } from '../kms-operation.ts';
import { keyId } from '../shapes.ts';

export const enableKey = kmsOperation({
  name: 'EnableKey',
  input: structure({ KeyId: keyId }),
  target: (kms, input) => ({ key: keyByIdOrArn(kms, input.KeyId) }),
  permissions: (_input, { key }) => [{ action: 'kms:EnableKey', resource: key }],

  run(kms, _input, { key }) {
    requireState(key, 'EnableKey');
    const rotationSchedule = resumedSchedule(key.rotationSchedule, kms.clock.now());
    kms.state.putKey({ ...key, state: 'Enabled', rotationSchedule });
    return {};
  },

  trail: {
    readOnly: false,
    requestParameters: (input) => ({ keyId: input.KeyId }),
    responseElements: (_output, { key }) => ({ keyId: key.arn }),
    resources: ({ key }) => keyResources(key),
  },
});
