import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  DecryptCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  DisableKeyRotationCommand,
  EnableKeyCommand,
  EnableKeyRotationCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyPairCommand,
  GenerateDataKeyPairWithoutPlaintextCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  GetKeyRotationStatusCommand,
  ListAliasesCommand,
  ListKeyRotationsCommand,
  ListResourceTagsCommand,
  ReEncryptCommand,
  RotateKeyOnDemandCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAliasCommand,
  UpdateKeyDescriptionCommand,
} from '@aws-sdk/client-kms';
import { expect } from 'vitest';
import { errorOf, type LocalAwsUnderTest, test } from '../testing/local-aws-under-test.ts';

interface Subject {
  readonly id: string;
  readonly blob: Uint8Array;
}

/** The operations of the key-state table, each as a call on a key with an alias and a ciphertext. */
const calls: Readonly<Record<string, (local: LocalAwsUnderTest, key: Subject) => Promise<unknown>>> = {
  CancelKeyDeletion: ({ kms }, { id }) => kms.send(new CancelKeyDeletionCommand({ KeyId: id })),
  CreateAlias: ({ kms }, { id }) =>
    kms.send(new CreateAliasCommand({ AliasName: 'alias/new', TargetKeyId: id })),
  Decrypt: ({ kms }, { blob }) => kms.send(new DecryptCommand({ CiphertextBlob: blob })),
  DeleteAlias: ({ kms }) => kms.send(new DeleteAliasCommand({ AliasName: 'alias/of-key' })),
  DescribeKey: ({ kms }, { id }) => kms.send(new DescribeKeyCommand({ KeyId: id })),
  DisableKey: ({ kms }, { id }) => kms.send(new DisableKeyCommand({ KeyId: id })),
  DisableKeyRotation: ({ kms }, { id }) => kms.send(new DisableKeyRotationCommand({ KeyId: id })),
  EnableKey: ({ kms }, { id }) => kms.send(new EnableKeyCommand({ KeyId: id })),
  EnableKeyRotation: ({ kms }, { id }) => kms.send(new EnableKeyRotationCommand({ KeyId: id })),
  Encrypt: ({ kms }, { id }) => kms.send(new EncryptCommand({ KeyId: id, Plaintext: Buffer.from('x') })),
  GenerateDataKey: ({ kms }, { id }) =>
    kms.send(new GenerateDataKeyCommand({ KeyId: id, KeySpec: 'AES_256' })),
  GenerateDataKeyPair: ({ kms }, { id }) =>
    kms.send(new GenerateDataKeyPairCommand({ KeyId: id, KeyPairSpec: 'ECC_NIST_P256' })),
  GenerateDataKeyPairWithoutPlaintext: ({ kms }, { id }) =>
    kms.send(new GenerateDataKeyPairWithoutPlaintextCommand({ KeyId: id, KeyPairSpec: 'ECC_NIST_P256' })),
  GenerateDataKeyWithoutPlaintext: ({ kms }, { id }) =>
    kms.send(new GenerateDataKeyWithoutPlaintextCommand({ KeyId: id, KeySpec: 'AES_256' })),
  GetKeyRotationStatus: ({ kms }, { id }) => kms.send(new GetKeyRotationStatusCommand({ KeyId: id })),
  ListAliases: ({ kms }, { id }) => kms.send(new ListAliasesCommand({ KeyId: id })),
  ListKeyRotations: ({ kms }, { id }) => kms.send(new ListKeyRotationsCommand({ KeyId: id })),
  ListResourceTags: ({ kms }, { id }) => kms.send(new ListResourceTagsCommand({ KeyId: id })),
  'ReEncrypt from it': async ({ kms, newKey }, { blob }) =>
    kms.send(new ReEncryptCommand({ CiphertextBlob: blob, DestinationKeyId: (await newKey()).id })),
  'ReEncrypt to it': async ({ kms, newKey }, { id }) => {
    const source = { KeyId: (await newKey()).id, Plaintext: Buffer.from('x') };
    const { CiphertextBlob } = await kms.send(new EncryptCommand(source));
    return kms.send(new ReEncryptCommand({ CiphertextBlob, DestinationKeyId: id }));
  },
  RotateKeyOnDemand: ({ kms }, { id }) => kms.send(new RotateKeyOnDemandCommand({ KeyId: id })),
  ScheduleKeyDeletion: ({ kms }, { id }) => kms.send(new ScheduleKeyDeletionCommand({ KeyId: id })),
  TagResource: ({ kms }, { id }) =>
    kms.send(new TagResourceCommand({ KeyId: id, Tags: [{ TagKey: 'a', TagValue: 'b' }] })),
  UntagResource: ({ kms }, { id }) => kms.send(new UntagResourceCommand({ KeyId: id, TagKeys: ['a'] })),
  'UpdateAlias to it': ({ kms }, { id }) =>
    kms.send(new UpdateAliasCommand({ AliasName: 'alias/of-other', TargetKeyId: id })),
  'UpdateAlias from it': async ({ kms, newKey }) =>
    kms.send(new UpdateAliasCommand({ AliasName: 'alias/of-key', TargetKeyId: (await newKey()).id })),
  UpdateKeyDescription: ({ kms }, { id }) =>
    kms.send(new UpdateKeyDescriptionCommand({ KeyId: id, Description: 'another' })),
};

const ok = 'succeeds';
const disabled = 'DisabledException: <ARN> is disabled.';
const pending = 'KMSInvalidStateException: <ARN> is pending deletion.';
const notPending = 'KMSInvalidStateException: <ARN> is not pending deletion.';

/** KMS developer guide, key-state.html: Enabled, Disabled, PendingDeletion. */
const table: Readonly<Record<keyof typeof calls, readonly [string, string, string]>> = {
  CancelKeyDeletion: [notPending, notPending, ok],
  CreateAlias: [ok, ok, pending],
  Decrypt: [ok, disabled, pending],
  DeleteAlias: [ok, ok, ok],
  DescribeKey: [ok, ok, ok],
  DisableKey: [ok, ok, pending],
  DisableKeyRotation: [ok, disabled, pending],
  EnableKey: [ok, ok, pending],
  EnableKeyRotation: [ok, disabled, pending],
  Encrypt: [ok, disabled, pending],
  GenerateDataKey: [ok, disabled, pending],
  GenerateDataKeyPair: [ok, disabled, pending],
  GenerateDataKeyPairWithoutPlaintext: [ok, disabled, pending],
  GenerateDataKeyWithoutPlaintext: [ok, disabled, pending],
  GetKeyRotationStatus: [ok, ok, ok],
  ListAliases: [ok, ok, ok],
  ListKeyRotations: [ok, ok, ok],
  ListResourceTags: [ok, ok, ok],
  'ReEncrypt from it': [ok, disabled, pending],
  'ReEncrypt to it': [ok, disabled, pending],
  RotateKeyOnDemand: [ok, disabled, pending],
  ScheduleKeyDeletion: [ok, ok, pending],
  TagResource: [ok, ok, pending],
  UntagResource: [ok, ok, pending],
  'UpdateAlias to it': [ok, ok, pending],
  'UpdateAlias from it': [ok, ok, ok],
  UpdateKeyDescription: [ok, ok, pending],
};

const states = ['Enabled', 'Disabled', 'PendingDeletion'] as const;
const rows = Object.entries(table).flatMap(([operation, answers]) =>
  states.map((state, index) => [operation, state, answers[index] as string] as const),
);

test.for(rows)('%s on a key that is %s: %s', async ([operation, state, expected], { local }) => {
  const { id, arn } = await local.newKey();
  const other = await local.newKey();
  await local.kms.send(new CreateAliasCommand({ AliasName: 'alias/of-key', TargetKeyId: id }));
  await local.kms.send(new CreateAliasCommand({ AliasName: 'alias/of-other', TargetKeyId: other.id }));
  const { CiphertextBlob } = await local.kms.send(
    new EncryptCommand({ KeyId: id, Plaintext: Buffer.from('x') }),
  );
  if (state === 'Disabled') await local.kms.send(new DisableKeyCommand({ KeyId: id }));
  if (state === 'PendingDeletion') await local.kms.send(new ScheduleKeyDeletionCommand({ KeyId: id }));

  const call = calls[operation]?.(local, { id, blob: CiphertextBlob as Uint8Array }) as Promise<unknown>;
  if (expected === ok) {
    await expect(call).resolves.toBeDefined();
  } else {
    const { name, message, status } = await errorOf(call);
    expect(`${name}: ${message.replace(arn, '<ARN>')}`).toBe(expected);
    expect(status).toBe(400);
  }
});
