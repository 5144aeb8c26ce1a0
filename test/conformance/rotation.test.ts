import {
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyRotationCommand,
  EnableKeyRotationCommand,
  EncryptCommand,
  GetKeyRotationStatusCommand,
  ListKeyRotationsCommand,
  RotateKeyOnDemandCommand,
} from '@aws-sdk/client-kms';
import { beforeAll, describe, expect, test } from 'vitest';
import { key, kms, newKey } from './clients.ts';
import { eventually } from './eventually.ts';
import { constraintBroken, refusalOf } from './refusal.ts';
import type { SuiteKey } from './suite-key.ts';

const dayInMilliseconds = 24 * 60 * 60 * 1000;

let rotating: SuiteKey;
beforeAll(async () => {
  rotating = await newKey('rotating');
});

const status = async (KeyId: string) => {
  const { $metadata: _, ...members } = await kms.send(new GetKeyRotationStatusCommand({ KeyId }));
  return members;
};
const rotations = async (IncludeKeyMaterial: 'ALL_KEY_MATERIAL' | 'ROTATIONS_ONLY' = 'ROTATIONS_ONLY') =>
  (await kms.send(new ListKeyRotationsCommand({ KeyId: rotating.id, IncludeKeyMaterial }))).Rotations ?? [];
const materialOf = async (KeyId: string) =>
  (await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.CurrentKeyMaterialId;

/** The id or the ARN: the API reference's example has the id, but so have those of operations that answer with the ARN. */
const named = ({ id }: SuiteKey) => expect.stringMatching(new RegExp(`(^|/)${id}$`));

describe('a key that was never rotated', () => {
  // recorded (test_key_rotation_status); API reference, GetKeyRotationStatus
  test('says so', async () => {
    expect(await status(key.id)).toEqual({ KeyId: key.arn, KeyRotationEnabled: false });
    const { Rotations, Truncated } = await kms.send(new ListKeyRotationsCommand({ KeyId: key.arn }));
    expect({ Rotations, Truncated }).toEqual({ Rotations: [], Truncated: false });
  });
});

// API reference, EnableKeyRotation: 365 days by default, 90 to 2560; the first rotation is that many days ahead
describe('automatic rotation', () => {
  test('is enabled, with a period, and disabled', async () => {
    const KeyId = rotating.id;
    const expectPeriod = (days: number) =>
      eventually(async () => {
        const { NextRotationDate, ...enabled } = await status(KeyId);
        expect(enabled).toEqual({
          KeyId: rotating.arn,
          KeyRotationEnabled: true,
          RotationPeriodInDays: days,
        });
        const ahead = Math.round((Number(NextRotationDate) - Date.now()) / dayInMilliseconds);
        expect(ahead).toBe(days);
      });

    await kms.send(new EnableKeyRotationCommand({ KeyId }));
    await expectPeriod(365);
    await kms.send(new EnableKeyRotationCommand({ KeyId: rotating.arn, RotationPeriodInDays: 2560 }));
    await expectPeriod(2560);
    await kms.send(new DisableKeyRotationCommand({ KeyId }));
    await eventually(async () =>
      expect(await status(KeyId)).toEqual({ KeyId: rotating.arn, KeyRotationEnabled: false }),
    );
  });

  // model: RotationPeriodInDaysType
  test.each([
    [89, constraintBroken("'89' at 'rotationPeriodInDays'", 'have value greater than or equal to 90')],
    [2561, constraintBroken("'2561' at 'rotationPeriodInDays'", 'have value less than or equal to 2560')],
  ])('takes no period of %i days', async (RotationPeriodInDays, expected) => {
    const call = kms.send(new EnableKeyRotationCommand({ KeyId: key.id, RotationPeriodInDays }));
    expect(await refusalOf(call)).toEqual(expected);
  });
});

// recorded (test_key_rotations_encryption_decryption, test_rotate_key_on_demand_…); API reference, ListKeyRotations
describe('rotation on demand', () => {
  test('creates new key material; earlier ciphertexts still decrypt', async () => {
    const KeyId = rotating.id;
    const firstMaterial = await materialOf(KeyId);
    const encrypt = async (text: string) =>
      (await kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from(text) }))).CiphertextBlob;
    const open = async (CiphertextBlob: Uint8Array | undefined) => {
      const opened = await kms.send(new DecryptCommand({ CiphertextBlob }));
      return { text: Buffer.from(opened.Plaintext ?? []).toString(), material: opened.KeyMaterialId };
    };
    const before = await encrypt('before');

    // recorded (test_rotate_on_demand_returns_arn_for_key_id)
    expect((await kms.send(new RotateKeyOnDemandCommand({ KeyId }))).KeyId).toBe(rotating.arn);

    // The rotation goes on after the answer: GetKeyRotationStatus has its start until it is done.
    await eventually(async () => expect(await rotations()).toHaveLength(1));
    await eventually(async () => {
      expect(await status(KeyId)).not.toHaveProperty('OnDemandRotationStartDate');
      expect(await materialOf(KeyId)).not.toBe(firstMaterial);
    });
    const secondMaterial = await materialOf(KeyId);
    expect(await rotations()).toEqual([
      {
        KeyId: named(rotating),
        KeyMaterialId: secondMaterial,
        KeyMaterialState: 'CURRENT',
        RotationDate: expect.any(Date),
        RotationType: 'ON_DEMAND',
      },
    ]);
    expect(await rotations('ALL_KEY_MATERIAL')).toContainEqual(
      expect.objectContaining({ KeyMaterialId: firstMaterial, KeyMaterialState: 'NON_CURRENT' }),
    );

    expect(await open(before)).toEqual({ text: 'before', material: firstMaterial });
    await eventually(async () =>
      expect(await open(await encrypt('after'))).toEqual({ text: 'after', material: secondMaterial }),
    );
  });
});
