import { structure } from '../../api/members.ts';
import { keyByIdOrArn } from '../key-identifier.ts';
import { requireState } from '../key-states.ts';
import { keyResources, kmsOperation } from '../kms-operation.ts';
import { keyId } from '../shapes.ts';

export const disableKey = kmsOperation({
  name: 'DisableKey',
  input: structure({ KeyId: keyId }),
  target: (kms, input) => ({ key: keyByIdOrArn(kms, input.KeyId) }),
  permissions: (_input, { key }) => [{ action: 'kms:DisableKey', resource: key }],

  run(kms, _input, { key }) {
    requireState(key, 'DisableKey');
    kms.state.putKey({ ...key, state: 'Disabled' });
    return {};
  },

  trail: {
    readOnly: false,
    requestParameters: (input) => ({ keyId: input.KeyId }),
    responseElements: (_output, { key }) => ({ keyId: key.arn }),
    resources: ({ key }) => keyResources(key),
  },
});
