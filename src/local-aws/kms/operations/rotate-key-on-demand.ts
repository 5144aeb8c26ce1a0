import { AwsError } from '../../api/errors.ts';
import { structure } from '../../api/members.ts';
import { keyByIdOrArn } from '../key-identifier.ts';
import { nextAutomaticRotation } from '../key-rotation.ts';
import { requireState } from '../key-states.ts';
import { keyResources, kmsOperation } from '../kms-operation.ts';
import { keyId } from '../shapes.ts';

/** KMS developer guide, rotating-keys-on-demand.html. (It was 10 until 2025.) */
const mostOnDemandRotations = 25;

/** So close to an automatic rotation, a key can't be rotated on demand (RotateKeyOnDemand in the API reference). */
const conflictMilliseconds = 20 * 60 * 1000;

/** Asks for new material. As on AWS the rotation itself comes after the answer, but here before any other call. */
export const rotateKeyOnDemand = kmsOperation({
  name: 'RotateKeyOnDemand',
  input: structure({ KeyId: keyId }),
  target: (kms, input) => ({ key: keyByIdOrArn(kms, input.KeyId) }),
  permissions: (_input, { key }) => [{ action: 'kms:RotateKeyOnDemand', resource: key }],

  run(kms, _input, { key }) {
    requireState(key, 'RotateKeyOnDemand');
    const done = key.materials.filter((material) => material.rotationType === 'ON_DEMAND');
    if (done.length >= mostOnDemandRotations) {
      throw new AwsError(
        'LimitExceededException',
        `The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: ${key.arn}`,
      );
    }
    const now = kms.clock.now();
    if (nextAutomaticRotation(key) - now <= conflictMilliseconds) {
      throw new AwsError(
        'ConflictException',
        `An automatic rotation of ${key.arn} is in progress or scheduled to begin within the next 20 minutes.`,
      );
    }
    kms.state.putKey({ ...key, onDemandRotationAt: now });
    // Recorded from AWS, though the API reference's example has the id.
    return { KeyId: key.arn };
  },

  trail: {
    readOnly: false,
    requestParameters: (input) => ({ keyId: input.KeyId }),
    responseElements: (_output, { key }) => ({ keyId: key.id }),
    resources: ({ key }) => keyResources(key),
  },
});
