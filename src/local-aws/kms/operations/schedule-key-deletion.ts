import { validationError } from '../../api/errors.ts';
import { integer, structure } from '../../api/members.ts';
import { trailDate } from '../../api/trail-members.ts';
import { keyByIdOrArn } from '../key-identifier.ts';
import { requireState } from '../key-states.ts';
import { keyResources, kmsOperation } from '../kms-operation.ts';
import { keyId } from '../shapes.ts';

const dayInMilliseconds = 24 * 60 * 60 * 1000;

/** Starts the waiting period after which the key, its material and its aliases are gone. See `removeDueKeys`. */
export const scheduleKeyDeletion = kmsOperation({
  name: 'ScheduleKeyDeletion',
  // The model says 1 to 365; the documentation, and the service, 7 to 30.
  input: structure({ KeyId: keyId, PendingWindowInDays: integer({ min: 1, max: 365 }).default(30) }),
  target: (kms, input) => ({ key: keyByIdOrArn(kms, input.KeyId) }),
  permissions: (input, { key }) => [
    {
      action: 'kms:ScheduleKeyDeletion',
      resource: key,
      conditions: () => ({ 'kms:ScheduleKeyDeletionPendingWindowInDays': String(input.PendingWindowInDays) }),
    },
  ],

  run(kms, input, { key }) {
    const days = input.PendingWindowInDays;
    if (days < 7 || days > 30) {
      throw validationError(`PendingWindowInDays must be between 7 and 30, inclusive: ${days}`);
    }
    requireState(key, 'ScheduleKeyDeletion');
    const deletionDate = kms.clock.now() + days * dayInMilliseconds;
    kms.state.putKey({ ...key, state: 'PendingDeletion', deletionDate });
    return {
      KeyId: key.arn,
      DeletionDate: deletionDate / 1000,
      KeyState: 'PendingDeletion',
      PendingWindowInDays: days,
    };
  },

  trail: {
    readOnly: false,
    requestParameters: (input) => ({
      pendingWindowInDays: input.PendingWindowInDays,
      keyId: input.KeyId,
    }),
    responseElements: (output) => ({
      keyId: output.KeyId,
      keyState: output.KeyState,
      deletionDate: trailDate(output.DeletionDate * 1000),
      pendingWindowInDays: output.PendingWindowInDays,
    }),
    resources: ({ key }) => keyResources(key),
  },
});
