import {
  EncryptedHierarchicalKey,
  type IBranchKeyStorage,
} from '@aws-crypto/branch-keystore-node/build/main/src/types.js';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { DecryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { lookUpCalls } from './cloudtrail-calls.ts';
import { recordRequests } from './request-recorder.ts';

/** The operation that makes a branch key. */
export const makesBranchKey = 'GenerateDataKeyWithoutPlaintext';

/** Two records of a version of a branch key, for looking up: the version record and the active record. There is no key in them. */
export function sampleRecords(branchKeyId: string, version: string): EncryptedHierarchicalKey[] {
  const type = `branch:version:${version}` as const;
  const context = {
    'branch-key-id': branchKeyId,
    'create-time': '2026-01-01T00:00:00.000Z',
    'hierarchy-version': '1',
    'kms-arn': 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
    tablename: 'a sample',
  };
  return [
    new EncryptedHierarchicalKey({ ...context, type }, new Uint8Array()),
    new EncryptedHierarchicalKey({ ...context, type: 'branch:ACTIVE', version: type }, new Uint8Array()),
  ];
}

/** Describes what a storage found, such as `tenant A, active, version 2`. */
export function describeRecord(found: EncryptedHierarchicalKey | Error | undefined): string {
  if (!(found instanceof EncryptedHierarchicalKey)) return found ? `error: ${found.message}` : 'nothing';
  const { branchKeyId, encryptionContext, type } = found;
  const isActive = encryptionContext.type === 'branch:ACTIVE';
  return [branchKeyId, ...(isActive ? ['active'] : []), `version ${type.version}`].join(', ');
}

/** Returns a storage in front of another, and the branch keys whose active records it was asked for. */
export function observeStorage(storage: IBranchKeyStorage): { storage: IBranchKeyStorage; asked: string[] } {
  const asked: string[] = [];
  const observed: IBranchKeyStorage = {
    getEncryptedActiveBranchKey: (branchKeyId) => {
      asked.push(branchKeyId);
      return storage.getEncryptedActiveBranchKey(branchKeyId);
    },
    getEncryptedBranchKeyVersion: (...version) => storage.getEncryptedBranchKeyVersion(...version),
    getKeyStorageInfo: () => storage.getKeyStorageInfo(),
  };
  return { storage: observed, asked };
}

/** The calls that created a version of a branch key. */
export interface Creation {
  /** The operations that were called, in the order of their answers. */
  operations: string[];
  /** False if the creation ended before KMS had answered the call that makes the branch key. */
  isAwaited: boolean;
  /** The first operation that KMS refused. Then there are no branch keys. */
  refused?: string;
  /** The encryption context that the branch key was made with, as CloudTrail shows it. */
  contextOfMaking?: Record<string, string>;
  /** The plaintext of the branch key in each record; undefined for a record that KMS does not decrypt. */
  branchKeys: (Buffer | undefined)[];
}

/**
 * Observes the creation of a branch key, in an AWS whose CloudTrail shows events at once.
 *
 * @throws the error of the creation, if KMS refused nothing
 */
export async function observeCreation(
  keyArn: string,
  create: () => Promise<EncryptedHierarchicalKey[]>,
): Promise<Creation> {
  const recording = recordRequests();
  const records = await create()
    .catch((e: Error) => e)
    .finally(() => recording.stop());
  const isAwaited = recording.unanswered(makesBranchKey) === 0;
  const refused = recording.requests.find(({ status }) => status !== 200)?.operation;
  if (records instanceof Error && !refused) throw records;
  const [making] = recording.successful(makesBranchKey);
  const calls = await lookUpCalls(new CloudTrailClient(), keyArn, new Date(0));
  return {
    operations: recording.requests.map(({ operation }) => operation),
    isAwaited,
    refused,
    contextOfMaking: calls.find(({ requestId }) => requestId === making?.requestId)?.encryptionContext,
    branchKeys: records instanceof Error ? [] : await Promise.all(records.map(branchKeyIn)),
  };
}

/** Has KMS decrypt the branch key in a record, as the library does. */
async function branchKeyIn(record: EncryptedHierarchicalKey): Promise<Buffer | undefined> {
  const { kmsArn: KeyId, encryptionContext: EncryptionContext, ciphertextBlob: CiphertextBlob } = record;
  const { Plaintext } = await new KMSClient()
    .send(new DecryptCommand({ KeyId, EncryptionContext, CiphertextBlob }))
    .catch(() => ({ Plaintext: undefined }));
  return Plaintext && Buffer.from(Plaintext);
}

/**
 * Reads the version of the branch key, a UUID, from the encrypted data key of a message. It comes after 28 bytes of salt and nonce:
 * https://github.com/awslabs/aws-encryption-sdk-specification/blob/master/framework/aws-kms/aws-kms-hierarchical-keyring.md#ciphertext
 */
export function branchKeyVersionIn(encryptedDataKey: Uint8Array): string {
  const hex = Buffer.from(encryptedDataKey.subarray(28, 44)).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
