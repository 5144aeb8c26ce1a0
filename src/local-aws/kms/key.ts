import { randomBytes, randomUUID } from 'node:crypto';
import { type Account, keyArn } from '../account.ts';

/** The states that a symmetric key of KMS's own making can be in. (Others belong to imported and replicated keys.) */
export type KeyState = 'Enabled' | 'Disabled' | 'PendingDeletion';

export type RotationType = 'AUTOMATIC' | 'ON_DEMAND';

/** Automatic rotation: how often, and when next. */
export interface RotationSchedule {
  readonly periodInDays: number;
  readonly nextAt: number;
}

/** The secret under a key. A rotation adds one; the older ones stay, so that what they sealed still opens. */
export interface KeyMaterial {
  /** 64 hexadecimal digits. */
  readonly id: string;
  /** 32 bytes. */
  readonly bytes: Buffer;
  readonly createdAt: number;
  /** Of which kind the rotation was that it came by; the first material of a key came by none. */
  readonly rotationType?: RotationType;
}

export interface Tag {
  readonly TagKey: string;
  readonly TagValue: string;
}

/** A KMS key. Immutable: a change is a new record, put into the state by `KmsState.putKey`. */
export interface KeyRecord {
  readonly id: string;
  readonly arn: string;
  readonly description: string;
  readonly state: KeyState;
  /** Milliseconds since the epoch, like every time here. */
  readonly createdAt: number;
  /** When it goes for good; set while the state is `PendingDeletion`. */
  readonly deletionDate?: number;
  /** Oldest first; the last one is current. Never empty. */
  readonly materials: readonly [KeyMaterial, ...KeyMaterial[]];
  /** Set while automatic rotation is enabled, even if the key's state holds it up. */
  readonly rotationSchedule?: RotationSchedule | undefined;
  /** When an on-demand rotation was asked for that hasn't been done yet. */
  readonly onDemandRotationAt?: number | undefined;
  readonly tags: readonly Tag[];
  /** Set if it is an AWS managed key, and not the account's own. */
  readonly manager?: 'AWS';
  /** The key policy: a JSON document. */
  readonly policy: string;
}

export interface Alias {
  /** With its prefix: `alias/…` */
  readonly name: string;
  readonly arn: string;
  readonly targetKeyId: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** Makes a new, enabled key with fresh material. */
export function newKey(
  account: Account,
  now: number,
  given: { description: string; tags: readonly Tag[]; policy: string },
): KeyRecord {
  const id = randomUUID();
  return {
    id,
    arn: keyArn(account, id),
    state: 'Enabled',
    createdAt: now,
    materials: [newMaterial(now)],
    ...given,
  };
}

export const newMaterial = (now: number): KeyMaterial => ({
  id: randomBytes(32).toString('hex'),
  bytes: randomBytes(32),
  createdAt: now,
});

export function currentMaterial(key: KeyRecord): KeyMaterial {
  return key.materials[key.materials.length - 1] ?? key.materials[0];
}

/** KMS's `KeyMetadata`, as DescribeKey and CreateKey answer with it. */
export function keyMetadata(account: Account, key: KeyRecord) {
  return {
    AWSAccountId: account.accountId,
    KeyId: key.id,
    Arn: key.arn,
    CreationDate: key.createdAt / 1000,
    Enabled: key.state === 'Enabled',
    Description: key.description,
    KeyUsage: 'ENCRYPT_DECRYPT',
    KeyState: key.state,
    ...(key.deletionDate === undefined ? {} : { DeletionDate: key.deletionDate / 1000 }),
    Origin: 'AWS_KMS',
    KeyManager: key.manager ?? 'CUSTOMER',
    CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
    KeySpec: 'SYMMETRIC_DEFAULT',
    EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
    MultiRegion: false,
    CurrentKeyMaterialId: currentMaterial(key).id,
  };
}
