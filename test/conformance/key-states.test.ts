import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateGrantCommand,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  DisableKeyRotationCommand,
  EnableKeyCommand,
  EnableKeyRotationCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  GetKeyPolicyCommand,
  ListGrantsCommand,
  ListResourceTagsCommand,
  ReEncryptCommand,
  RotateKeyOnDemandCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAliasCommand,
  UpdateKeyDescriptionCommand,
} from '@aws-sdk/client-kms';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { key, kms, newAliasName, newKey } from './clients.ts';
import { eventually } from './eventually.ts';
import { refusal, refusalOf } from './refusal.ts';
import type { SuiteKey } from './suite-key.ts';

const { tags: Tags, description: Description } = inject('run');
const Plaintext = Buffer.from('a secret');
const account = key.arn.split(':')[4];
const partition = key.arn.split(':')[1];

/** A key in a state that refuses, what it encrypted before, and what another key encrypted. */
interface Subject extends SuiteKey {
  ciphertext: Uint8Array | undefined;
  foreignCiphertext: Uint8Array | undefined;
}

async function newSubject(purpose: string): Promise<Subject> {
  const subject = await newKey(purpose);
  const encrypt = (KeyId: string) => kms.send(new EncryptCommand({ KeyId, Plaintext }));
  const { CiphertextBlob: ciphertext } = await encrypt(subject.id);
  const { CiphertextBlob: foreignCiphertext } = await encrypt(key.id);
  return { ...subject, ciphertext, foreignCiphertext };
}

type Call = (subject: Subject) => Promise<unknown>;

const cryptographicOperations: Record<string, Call> = {
  Encrypt: ({ id }) => kms.send(new EncryptCommand({ KeyId: id, Plaintext })),
  Decrypt: ({ ciphertext }) => kms.send(new DecryptCommand({ CiphertextBlob: ciphertext })),
  GenerateDataKey: ({ id }) => kms.send(new GenerateDataKeyCommand({ KeyId: id, KeySpec: 'AES_256' })),
  GenerateDataKeyWithoutPlaintext: ({ id }) =>
    kms.send(new GenerateDataKeyWithoutPlaintextCommand({ KeyId: id, KeySpec: 'AES_256' })),
  'ReEncrypt from': ({ ciphertext }) =>
    kms.send(new ReEncryptCommand({ CiphertextBlob: ciphertext, DestinationKeyId: key.id })),
  'ReEncrypt to': ({ id, foreignCiphertext }) =>
    kms.send(new ReEncryptCommand({ CiphertextBlob: foreignCiphertext, DestinationKeyId: id })),
  CreateGrant: ({ id }) =>
    kms.send(
      new CreateGrantCommand({
        KeyId: id,
        GranteePrincipal: `arn:${partition}:iam::${account}:root`,
        Operations: ['Decrypt'],
      }),
    ),
};
const rotation: Record<string, Call> = {
  EnableKeyRotation: ({ id }) => kms.send(new EnableKeyRotationCommand({ KeyId: id })),
  DisableKeyRotation: ({ id }) => kms.send(new DisableKeyRotationCommand({ KeyId: id })),
  RotateKeyOnDemand: ({ id }) => kms.send(new RotateKeyOnDemandCommand({ KeyId: id })),
};
const changes: Record<string, Call> = {
  TagResource: ({ id }) => kms.send(new TagResourceCommand({ KeyId: id, Tags })),
  UntagResource: ({ id }) => kms.send(new UntagResourceCommand({ KeyId: id, TagKeys: ['absent'] })),
  UpdateKeyDescription: ({ id }) => kms.send(new UpdateKeyDescriptionCommand({ KeyId: id, Description })),
  'UpdateAlias to': ({ id, aliasName }) =>
    kms.send(new UpdateAliasCommand({ AliasName: aliasName, TargetKeyId: id })),
};
const views: Record<string, Call> = {
  DescribeKey: ({ aliasName }) => kms.send(new DescribeKeyCommand({ KeyId: aliasName })),
  GetKeyPolicy: ({ id }) => kms.send(new GetKeyPolicyCommand({ KeyId: id })),
  ListGrants: ({ id }) => kms.send(new ListGrantsCommand({ KeyId: id })),
  ListResourceTags: ({ id }) => kms.send(new ListResourceTagsCommand({ KeyId: id })),
};

// developer guide, key-state.html: the table, and its notes [1] to [4]
describe('a disabled key', () => {
  let subject: Subject;
  beforeAll(async () => {
    subject = await newSubject('disabled');
    await kms.send(new DisableKeyCommand({ KeyId: subject.id }));
  });

  test('is described as disabled', () =>
    eventually(async () => {
      const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: subject.id }));
      expect(KeyMetadata).toMatchObject({ Enabled: false, KeyState: 'Disabled' });
    }));

  test.each(Object.entries({ ...cryptographicOperations, ...rotation }))('refuses %s', (_operation, call) =>
    eventually(async () => {
      expect(await refusalOf(call(subject))).toEqual(
        refusal('DisabledException', `${subject.arn} is disabled.`),
      );
    }),
  );

  test.each(Object.entries({ ...views, ...changes }))('allows %s', async (_operation, call) => {
    await expect(call(subject)).resolves.toBeDefined();
  });

  test('refuses CancelKeyDeletion: it is not pending deletion', async () => {
    expect(await refusalOf(kms.send(new CancelKeyDeletionCommand({ KeyId: subject.id })))).toEqual(
      refusal('KMSInvalidStateException', `${subject.arn} is not pending deletion.`),
    );
  });
});

describe('a key that is pending deletion', () => {
  let subject: Subject;
  beforeAll(async () => {
    subject = await newSubject('pending_deletion');
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId: subject.id, PendingWindowInDays: 7 }));
  });
  const pending = () => `${subject.arn} is pending deletion.`;

  test('is described with its deletion date', () =>
    eventually(async () => {
      const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: subject.aliasName }));
      expect(KeyMetadata).toMatchObject({ Enabled: false, KeyState: 'PendingDeletion' });
      expect(KeyMetadata?.DeletionDate).toBeInstanceOf(Date);
    }));

  test.each(Object.entries(cryptographicOperations))('refuses %s', (_operation, call) =>
    eventually(async () => {
      const { name, message, status } = await refusalOf(call(subject));
      // The table's notes [2] and [3] leave it open which. GenerateDataKey's is recorded
      // (test_cant_use_disabled_or_deleted_keys): it is the first.
      expect(['KMSInvalidStateException', 'DisabledException']).toContain(name);
      expect({ message, status }).toEqual({ message: pending(), status: 400 });
    }),
  );

  const administration: Record<string, Call> = {
    ...rotation,
    ...changes,
    CreateAlias: ({ id }) =>
      kms.send(new CreateAliasCommand({ AliasName: newAliasName('of_pending'), TargetKeyId: id })),
    EnableKey: ({ id }) => kms.send(new EnableKeyCommand({ KeyId: id })),
    DisableKey: ({ id }) => kms.send(new DisableKeyCommand({ KeyId: id })),
    ScheduleKeyDeletion: ({ id }) =>
      kms.send(new ScheduleKeyDeletionCommand({ KeyId: id, PendingWindowInDays: 7 })),
  };
  test.each(Object.entries(administration))('refuses %s', (_operation, call) =>
    eventually(async () => {
      expect(await refusalOf(call(subject))).toEqual(refusal('KMSInvalidStateException', pending()));
    }),
  );

  test.each(Object.entries(views))('allows %s', async (_operation, call) => {
    await expect(call(subject)).resolves.toBeDefined();
  });
});

describe('the way to deletion', () => {
  // recorded (test_schedule_and_cancel_key_deletion); API reference: the answers of both
  test('can be cancelled, which leaves a disabled key, which can be enabled', async () => {
    const subject = await newSubject('deletion_cancelled');
    const KeyId = subject.id;
    const state = async () => (await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyState;
    const { $metadata: _, ...scheduled } = await kms.send(
      new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }),
    );
    expect(scheduled).toEqual({
      KeyId: subject.arn,
      KeyState: 'PendingDeletion',
      DeletionDate: expect.any(Date),
      PendingWindowInDays: 7,
    });
    const days = (Number(scheduled.DeletionDate) - Date.now()) / (24 * 60 * 60 * 1000);
    expect(Math.round(days)).toBe(7);
    await eventually(async () => expect(await state()).toBe('PendingDeletion'));

    const cancelled = await kms.send(new CancelKeyDeletionCommand({ KeyId }));
    expect(cancelled.KeyId).toBe(subject.arn);
    await eventually(async () => expect(await state()).toBe('Disabled'));

    await kms.send(new EnableKeyCommand({ KeyId }));
    await eventually(async () => {
      const { Plaintext: opened = [] } = await kms.send(
        new DecryptCommand({ CiphertextBlob: subject.ciphertext }),
      );
      expect(Buffer.from(opened)).toEqual(Plaintext);
    });
    expect(await state()).toBe('Enabled');
  });

  // API reference, ScheduleKeyDeletion: 7 to 30 days; the model's constraint is another
  test.each([0, 6, 31, 366])("can't take %i days", async (PendingWindowInDays) => {
    const call = kms.send(new ScheduleKeyDeletionCommand({ KeyId: key.id, PendingWindowInDays }));
    expect(await refusalOf(call)).toMatchObject({ name: 'ValidationException', status: 400 });
  });
});
