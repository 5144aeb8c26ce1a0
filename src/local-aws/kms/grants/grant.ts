import { randomBytes } from 'node:crypto';
import type { Account } from '../../account.ts';
import type { EncryptionContext } from '../ciphertext-blob.ts';
import type { KeyRecord } from '../key.ts';

/** Operations that a grant can allow: the values of the model, in its order. */
export const grantOperations = [
  'Decrypt',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'ReEncryptFrom',
  'ReEncryptTo',
  'Sign',
  'Verify',
  'GetPublicKey',
  'CreateGrant',
  'RetireGrant',
  'DescribeKey',
  'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext',
  'GenerateMac',
  'VerifyMac',
  'DeriveSharedSecret',
  'Encapsulate',
  'Decapsulate',
] as const;

export type GrantOperation = (typeof grantOperations)[number];

/** Under which requests a grant allows anything. */
export interface GrantConstraints {
  /** The encryption context has these pairs, and may have more. */
  readonly EncryptionContextSubset?: EncryptionContext | undefined;
  /** The encryption context has these pairs and no more. */
  readonly EncryptionContextEquals?: EncryptionContext | undefined;
  /** The request is made on behalf of this resource. */
  readonly SourceArn?: string | undefined;
}

/** Terms of a grant. Two grants with the same name and terms are one grant. */
export interface GrantTerms {
  readonly GranteePrincipal?: string | undefined;
  readonly GranteeServicePrincipal?: string | undefined;
  readonly RetiringPrincipal?: string | undefined;
  readonly RetiringServicePrincipal?: string | undefined;
  /** Sorted, each once. */
  readonly Operations: readonly GrantOperation[];
  readonly Constraints?: GrantConstraints | undefined;
  readonly Name?: string | undefined;
}

/** A permission to use a key, given to somebody beside all policies, until it is taken back. */
export interface Grant {
  /** 64 hexadecimal digits. */
  readonly id: string;
  readonly keyId: string;
  readonly keyArn: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly terms: GrantTerms;
}

export const newGrant = (key: KeyRecord, terms: GrantTerms, now: number): Grant => ({
  id: randomBytes(32).toString('hex'),
  keyId: key.id,
  keyArn: key.arn,
  createdAt: now,
  terms,
});

/** KMS's `GrantListEntry`, as ListGrants and ListRetirableGrants answer with it. */
export const grantListEntry = (account: Account, { id, keyArn, createdAt, terms }: Grant) => ({
  ...terms,
  KeyId: keyArn,
  GrantId: id,
  Name: terms.Name ?? '',
  CreationDate: createdAt / 1000,
  IssuingAccount: `arn:aws:iam::${account.accountId}:root`,
});
