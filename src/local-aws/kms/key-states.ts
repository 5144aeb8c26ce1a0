import { AwsError } from '../api/errors.ts';
import type { KeyRecord, KeyState } from './key.ts';

type Refusal = (key: KeyRecord) => AwsError;

const disabled: Refusal = (key) => new AwsError('DisabledException', `${key.arn} is disabled.`);
const pendingDeletion: Refusal = (key) =>
  new AwsError('KMSInvalidStateException', `${key.arn} is pending deletion.`);
const notPendingDeletion: Refusal = (key) =>
  new AwsError('KMSInvalidStateException', `${key.arn} is not pending deletion.`);

type Refusals = Partial<Record<KeyState, Refusal>>;

const needsEnabled: Refusals = { Disabled: disabled, PendingDeletion: pendingDeletion };
const needsNotPendingDeletion: Refusals = { PendingDeletion: pendingDeletion };

/**
 * The operations that each key state refuses, and the error: the table "Key states of AWS KMS keys" of the KMS developer guide
 * (key-state.html), for keys whose material KMS made. An operation that isn't here works in every state.
 */
const refusals = {
  CancelKeyDeletion: { Enabled: notPendingDeletion, Disabled: notPendingDeletion },
  CreateAlias: needsNotPendingDeletion,
  CreateGrant: needsEnabled,
  Decrypt: needsEnabled,
  DisableKey: needsNotPendingDeletion,
  DisableKeyRotation: needsEnabled,
  EnableKey: needsNotPendingDeletion,
  EnableKeyRotation: needsEnabled,
  Encrypt: needsEnabled,
  GenerateDataKey: needsEnabled,
  GenerateDataKeyPair: needsEnabled,
  GenerateDataKeyPairWithoutPlaintext: needsEnabled,
  GenerateDataKeyWithoutPlaintext: needsEnabled,
  ReEncrypt: needsEnabled,
  RotateKeyOnDemand: needsEnabled,
  ScheduleKeyDeletion: needsNotPendingDeletion,
  TagResource: needsNotPendingDeletion,
  UntagResource: needsNotPendingDeletion,
  /** For the key that the alias is to name; the one it named may be in any state. */
  UpdateAlias: needsNotPendingDeletion,
  UpdateKeyDescription: needsNotPendingDeletion,
} satisfies Record<string, Refusals>;

/** @throws {AwsError} if the key's state doesn't allow the operation */
export function requireState(key: KeyRecord, operation: keyof typeof refusals): void {
  const refusal = (refusals[operation] as Refusals)[key.state];
  if (refusal) throw refusal(key);
}
