import { structure } from '../../api/members.ts';
import { keyByIdOrArn } from '../key-identifier.ts';
import { requireState } from '../key-states.ts';
import { keyResources, kmsOperation } from '../kms-operation.ts';
import { keyId } from '../shapes.ts';

/** Keeps a key that was to be deleted. It comes back disabled, whatever it was before. */
export const cancelKeyDeletion = kmsOperation({
  name: 'CancelKeyDeletion',
  input: structure({ KeyId: keyId }),
  target: (kms, input) => ({ key: keyByIdOrArn(kms, input.KeyId) }),
  permissions: (_input, { key }) => [{ action: 'kms:CancelKeyDeletion', resource: key }],

  run(kms, _input, { key }) {
    requireState(key, 'CancelKeyDeletion');
    const { deletionDate, ...kept } = key;
    kms.state.putKey({ ...kept, state: 'Disabled' });
    return { KeyId: key.arn };
  },

  trail: {
    readOnly: false,
    requestParameters: (input) => ({ keyId: input.KeyId }),
    responseElements: (output) => ({ keyId: output.KeyId }),
    resources: ({ key }) => keyResources(key),
  },
});
