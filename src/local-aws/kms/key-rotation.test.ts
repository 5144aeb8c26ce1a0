import {
  CancelKeyDeletionCommand,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  DisableKeyRotationCommand,
  EnableKeyCommand,
  EnableKeyRotationCommand,
  EncryptCommand,
  GetKeyRotationStatusCommand,
  ListKeyRotationsCommand,
  paginateListKeyRotations,
  RotateKeyOnDemandCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { describe, expect } from 'vitest';
import { errorOf, type LocalAwsUnderTest, test } from '../testing/local-aws-under-test.ts';

const dayInMilliseconds = 24 * 60 * 60 * 1000;

const encrypt = ({ kms }: LocalAwsUnderTest, KeyId: string, text: string) =>
  kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from(text) }));

const rotations = async ({ kms }: LocalAwsUnderTest, KeyId: string) =>
  (await kms.send(new ListKeyRotationsCommand({ KeyId }))).Rotations ?? [];

const status = async ({ kms }: LocalAwsUnderTest, KeyId: string) => {
  const { $metadata, ...members } = await kms.send(new GetKeyRotationStatusCommand({ KeyId }));
  return members;
};

const currentMaterialId = async ({ kms }: LocalAwsUnderTest, KeyId: string) =>
  (await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.CurrentKeyMaterialId;

describe('rotation on demand', () => {
  test('gives new material; earlier ciphertexts still decrypt', async ({ local }) => {
    const { id, arn } = await local.newKey();
    const before = await encrypt(local, id, 'before');
    const rotated = await local.kms.send(new RotateKeyOnDemandCommand({ KeyId: id }));
    expect(rotated.KeyId).toBe(arn);
    const after = await encrypt(local, id, 'after');

    const oldMaterial = await currentMaterialIdOf(local, before.CiphertextBlob, 'before');
    const newMaterial = await currentMaterialIdOf(local, after.CiphertextBlob, 'after');
    expect(newMaterial).not.toBe(oldMaterial);
    expect(await currentMaterialId(local, id)).toBe(newMaterial);
    expect(await rotations(local, id)).toEqual([
      {
        KeyId: id,
        KeyMaterialId: newMaterial,
        KeyMaterialState: 'CURRENT',
        RotationDate: new Date(local.clock.now()),
        RotationType: 'ON_DEMAND',
      },
    ]);
    expect(await status(local, id)).toEqual({ KeyId: arn, KeyRotationEnabled: false });
  });

  /** Decrypts, checks the plaintext, and gives the material that it was sealed under. */
  async function currentMaterialIdOf({ kms }: LocalAwsUnderTest, blob: Uint8Array | undefined, text: string) {
    const opened = await kms.send(new DecryptCommand({ CiphertextBlob: blob }));
    expect(Buffer.from(opened.Plaintext ?? []).toString()).toBe(text);
    return opened.KeyMaterialId;
  }

  test('is limited to 25 per key, without counting automatic rotations', async ({ local }) => {
    const { id, arn } = await local.newKey();
    await local.kms.send(new EnableKeyRotationCommand({ KeyId: id, RotationPeriodInDays: 90 }));
    local.clock.advance({ days: 90 });
    for (let count = 0; count < 25; count++) {
      await local.kms.send(new RotateKeyOnDemandCommand({ KeyId: id }));
    }
    expect(await errorOf(local.kms.send(new RotateKeyOnDemandCommand({ KeyId: id })))).toEqual({
      name: 'LimitExceededException',
      message: `The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: ${arn}`,
      status: 400,
    });
    const other = await local.newKey();
    await expect(local.kms.send(new RotateKeyOnDemandCommand({ KeyId: other.id }))).resolves.toBeDefined();
  });

  test('leaves the schedule as it is, and is refused within 20 minutes of it', async ({ local }) => {
    const { id } = await local.newKey();
    await local.kms.send(new EnableKeyRotationCommand({ KeyId: id, RotationPeriodInDays: 90 }));
    const { NextRotationDate } = await status(local, id);
    local.clock.advance({ days: 90, seconds: -20 * 60 });
    expect(await errorOf(local.kms.send(new RotateKeyOnDemandCommand({ KeyId: id })))).toMatchObject({
      name: 'ConflictException',
    });
    local.clock.advance({ seconds: -1 });
    await local.kms.send(new RotateKeyOnDemandCommand({ KeyId: id }));
    expect((await status(local, id)).NextRotationDate).toEqual(NextRotationDate);
  });
});

describe('automatic rotation', () => {
  test('comes a year after it was enabled, then every year; all ciphertexts decrypt', async ({ local }) => {
    const { id, arn } = await local.newKey();
    const enabledAt = local.clock.now();
    await local.kms.send(new EnableKeyRotationCommand({ KeyId: id }));
    expect(await status(local, id)).toEqual({
      KeyId: arn,
      KeyRotationEnabled: true,
      RotationPeriodInDays: 365,
      NextRotationDate: new Date(enabledAt + 365 * dayInMilliseconds),
    });
    const first = await encrypt(local, id, 'first year');
    local.clock.advance({ days: 365, seconds: -1 });
    expect(await rotations(local, id)).toEqual([]);
    local.clock.advance({ seconds: 1 });
    expect(await rotations(local, id)).toHaveLength(1);
    const second = await encrypt(local, id, 'second year');
    local.clock.advance({ days: 2 * 365 });

    const listed = await rotations(local, id);
    expect(listed.map(({ RotationDate, RotationType }) => [RotationDate, RotationType])).toEqual(
      [365, 730, 1095].map((days) => [new Date(enabledAt + days * dayInMilliseconds), 'AUTOMATIC']),
    );
    expect(listed.map(({ KeyMaterialState }) => KeyMaterialState)).toEqual([
      'NON_CURRENT',
      'NON_CURRENT',
      'CURRENT',
    ]);
    expect((await status(local, id)).NextRotationDate).toEqual(
      new Date(enabledAt + 4 * 365 * dayInMilliseconds),
    );
    for (const [sealed, text] of [
      [first, 'first year'],
      [second, 'second year'],
    ] as const) {
      const { Plaintext } = await local.kms.send(
        new DecryptCommand({ CiphertextBlob: sealed.CiphertextBlob }),
      );
      expect(Buffer.from(Plaintext ?? []).toString()).toBe(text);
    }
  });

  test('applies a new period from the day on which it is set', async ({ local }) => {
    const { id } = await local.newKey();
    const enable = (RotationPeriodInDays?: number) =>
      local.kms.send(new EnableKeyRotationCommand({ KeyId: id, RotationPeriodInDays }));
    await enable();
    local.clock.advance({ days: 100 });
    await enable(365);
    expect((await status(local, id)).NextRotationDate).toEqual(
      new Date(local.clock.now() + 265 * dayInMilliseconds),
    );
    await enable(180);
    expect(await status(local, id)).toMatchObject({
      RotationPeriodInDays: 180,
      NextRotationDate: new Date(local.clock.now() + 180 * dayInMilliseconds),
    });
  });

  test('ends when it is disabled', async ({ local }) => {
    const { id, arn } = await local.newKey();
    await local.kms.send(new EnableKeyRotationCommand({ KeyId: id }));
    await local.kms.send(new DisableKeyRotationCommand({ KeyId: id }));
    expect(await status(local, id)).toEqual({ KeyId: arn, KeyRotationEnabled: false });
    local.clock.advance({ days: 400 });
    expect(await rotations(local, id)).toEqual([]);
    await local.kms.send(new EnableKeyRotationCommand({ KeyId: id }));
    local.clock.advance({ days: 400 });
    expect(await rotations(local, id)).toHaveLength(1);
  });

  test('waits while the key is disabled, and happens once when it is enabled', async ({ local }) => {
    const { id } = await local.newKey();
    await local.kms.send(new EnableKeyRotationCommand({ KeyId: id, RotationPeriodInDays: 100 }));
    await local.kms.send(new DisableKeyCommand({ KeyId: id }));
    local.clock.advance({ days: 350 });
    expect(await rotations(local, id)).toEqual([]);
    expect(await status(local, id)).toMatchObject({ KeyRotationEnabled: true });

    await local.kms.send(new EnableKeyCommand({ KeyId: id }));
    const enabledAt = local.clock.now();
    expect(await rotations(local, id)).toMatchObject([{ RotationDate: new Date(enabledAt) }]);
    expect((await status(local, id)).NextRotationDate).toEqual(new Date(enabledAt + 100 * dayInMilliseconds));
  });

  test('keeps its date if the key was disabled in between only', async ({ local }) => {
    const { id } = await local.newKey();
    await local.kms.send(new EnableKeyRotationCommand({ KeyId: id, RotationPeriodInDays: 100 }));
    const { NextRotationDate } = await status(local, id);
    await local.kms.send(new DisableKeyCommand({ KeyId: id }));
    local.clock.advance({ days: 50 });
    await local.kms.send(new EnableKeyCommand({ KeyId: id }));
    expect((await status(local, id)).NextRotationDate).toEqual(NextRotationDate);
  });

  test('is off while deletion is pending, and back after its cancellation', async ({ local }) => {
    const { id, arn } = await local.newKey();
    await local.kms.send(new EnableKeyRotationCommand({ KeyId: id, RotationPeriodInDays: 90 }));
    local.clock.advance({ days: 80 });
    await local.kms.send(new ScheduleKeyDeletionCommand({ KeyId: id }));
    local.clock.advance({ days: 20 });
    expect(await status(local, id)).toEqual({ KeyId: arn, KeyRotationEnabled: false });
    expect(await rotations(local, id)).toEqual([]);
    await local.kms.send(new CancelKeyDeletionCommand({ KeyId: id }));
    expect(await status(local, id)).toMatchObject({ KeyRotationEnabled: true, RotationPeriodInDays: 90 });
    await local.kms.send(new EnableKeyCommand({ KeyId: id }));
    expect(await rotations(local, id)).toHaveLength(1);
  });
});

test('ListKeyRotations has the first material if asked for, and pages', async ({ local }) => {
  const { id } = await local.newKey();
  const firstMaterial = await currentMaterialId(local, id);
  for (let count = 0; count < 6; count++) {
    await local.kms.send(new RotateKeyOnDemandCommand({ KeyId: id }));
  }
  const seen = [];
  const sizes = [];
  const settings = { client: local.kms, pageSize: 3 };
  for await (const page of paginateListKeyRotations(settings, {
    KeyId: id,
    IncludeKeyMaterial: 'ALL_KEY_MATERIAL',
  })) {
    seen.push(...(page.Rotations ?? []));
    sizes.push(page.Rotations?.length);
  }
  expect(sizes).toEqual([3, 3, 1]);
  expect(seen[0]).toEqual({ KeyId: id, KeyMaterialId: firstMaterial, KeyMaterialState: 'NON_CURRENT' });
  expect(seen.slice(1)).toEqual(await rotations(local, id));
});

test('CloudTrail records the request, and the rotation, which has no caller', async ({ local }) => {
  const { id, arn } = await local.newKey();
  const previous = await currentMaterialId(local, id);
  await local.kms.send(new RotateKeyOnDemandCommand({ KeyId: id }));
  const current = await currentMaterialId(local, id);
  const [read, rotated, asked] = await local.deliveredEvents({
    LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: arn }],
  });
  expect(read).toMatchObject({ eventName: 'DescribeKey' });
  // As in the KMS developer guide, ct-rotatekeyondemand.html and ct-rotatekey.html.
  expect(asked).toMatchObject({
    eventName: 'RotateKeyOnDemand',
    readOnly: false,
    requestParameters: { keyId: id },
    responseElements: { keyId: id },
  });
  expect(rotated).toMatchObject({
    eventName: 'RotateKey',
    eventType: 'AwsServiceEvent',
    userIdentity: { accountId: '111122223333', invokedBy: 'AWS Internal' },
    requestParameters: null,
    responseElements: null,
    readOnly: false,
    serviceEventDetails: {
      rotationType: 'ON_DEMAND',
      keyOrigin: 'AWS_KMS',
      previousKeyMaterialId: previous,
      currentKeyMaterialId: current,
      keyId: id,
    },
  });
});

test('CloudTrail has the period if one was given', async ({ local }) => {
  const { id, arn } = await local.newKey();
  await local.kms.send(new EnableKeyRotationCommand({ KeyId: id }));
  await local.kms.send(new EnableKeyRotationCommand({ KeyId: id, RotationPeriodInDays: 180 }));
  const [given, byDefault] = await local.deliveredEvents();
  expect(byDefault?.requestParameters).toEqual({ keyId: id });
  // KMS developer guide, ct-enablekeyrotation.html
  expect(given).toMatchObject({
    requestParameters: { keyId: id, rotationPeriodInDays: 180 },
    responseElements: { keyId: arn },
    readOnly: false,
  });
});
