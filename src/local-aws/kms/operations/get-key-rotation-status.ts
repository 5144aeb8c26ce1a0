import { structure } from '../../api/members.ts';
import { keyByIdOrArn } from '../key-identifier.ts';
import { keyResources, kmsOperation } from '../kms-operation.ts';
import { keyId } from '../shapes.ts';

/**
 * Says whether and when a key is rotated by itself. While a key is to be deleted, the answer is that it isn't, though its
 * schedule is kept. (An on-demand rotation that is still going on is never seen here: it is done before the next call.)
 */
export const getKeyRotationStatus = kmsOperation({
  name: 'GetKeyRotationStatus',
  input: structure({ KeyId: keyId }),
  target: (kms, input) => ({ key: keyByIdOrArn(kms, input.KeyId) }),
  permissions: (_input, { key }) => [{ action: 'kms:GetKeyRotationStatus', resource: key }],

  run(_kms, _input, { key }) {
    const schedule = key.state === 'PendingDeletion' ? undefined : key.rotationSchedule;
    // The KeyId is the ARN, as in recorded answers; the API reference's example has the id.
    if (!schedule) return { KeyId: key.arn, KeyRotationEnabled: false };
    return {
      KeyId: key.arn,
      KeyRotationEnabled: true,
      RotationPeriodInDays: schedule.periodInDays,
      NextRotationDate: schedule.nextAt / 1000,
    };
  },

  trail: {
    readOnly: true,
    requestParameters: (input) => ({ keyId: input.KeyId }),
    resources: ({ key }) => keyResources(key),
  },
});
