import { integer, structure } from '../../api/members.ts';
import { keyByIdOrArn } from '../key-identifier.ts';
import { newSchedule } from '../key-rotation.ts';
import { requireState } from '../key-states.ts';
import { keyResources, kmsOperation } from '../kms-operation.ts';
import { keyId } from '../shapes.ts';

const periodOf = (input: { RotationPeriodInDays?: number | undefined }) => input.RotationPeriodInDays ?? 365;

/** Starts automatic rotation, or gives it another period; the same period again leaves the next date as it is. */
export const enableKeyRotation = kmsOperation({
  name: 'EnableKeyRotation',
  input: structure({ KeyId: keyId, RotationPeriodInDays: integer({ min: 90, max: 2560 }).optional() }),
  target: (kms, input) => ({ key: keyByIdOrArn(kms, input.KeyId) }),
  permissions: (input, { key }) => [
    {
      action: 'kms:EnableKeyRotation',
      resource: key,
      conditions: () => ({ 'kms:RotationPeriodInDays': String(periodOf(input)) }),
    },
  ],

  run(kms, input, { key }) {
    requireState(key, 'EnableKeyRotation');
    const period = periodOf(input);
    if (key.rotationSchedule?.periodInDays !== period) {
      kms.state.putKey({ ...key, rotationSchedule: newSchedule(period, kms.clock.now()) });
    }
    return {};
  },

  trail: {
    readOnly: false,
    requestParameters: (input) => ({ keyId: input.KeyId, rotationPeriodInDays: input.RotationPeriodInDays }),
    responseElements: (_output, { key }) => ({ keyId: key.arn }),
    resources: ({ key }) => keyResources(key),
  },
});
