import { randomUUID } from 'node:crypto';
// The package's index leaves these out.
import {
  EncryptedHierarchicalKey,
  type IBranchKeyStorage,
} from '@aws-crypto/branch-keystore-node/build/main/src/types.js';
import { BranchKeyStoreNode, type KeyringNode, KmsHierarchicalKeyRingNode } from '@aws-crypto/client-node';
import { GenerateDataKeyWithoutPlaintextCommand, KMSClient, ReEncryptCommand } from '@aws-sdk/client-kms';
import { todo } from '#todo';

/** Your prediction: you encrypt 100 messages, one after another. How many calls to KMS and data keys does that take? */
export function predictHundredMessages(): { calls: number; dataKeys: number } {
  // TODO 1: predict, before you go on. Two numbers.
  return todo('TODO 1: predict the number of calls and of data keys');
}

export const logicalKeyStoreName = 'workshop';

/**
 * Creates a version of a branch key under the KMS key. Returns its two records: the version record, which is for
 * decrypting, and the active record, which is for encrypting.
 */
export async function createBranchKeyVersion(
  keyArn: string,
  branchKeyId: string,
): Promise<EncryptedHierarchicalKey[]> {
  const kms = new KMSClient();
  const version = `branch:version:${randomUUID()}` as const;
  const versionContext = {
    'branch-key-id': branchKeyId,
    'create-time': new Date().toISOString(),
    'hierarchy-version': '1',
    'kms-arn': keyArn,
    tablename: logicalKeyStoreName,
    type: version,
  };
  const activeContext = { ...versionContext, type: 'branch:ACTIVE', version } as const;

  // TODO 2: have KMS make a data key of 256 bits for versionContext, without its plaintext.
  const versionKey = todo('TODO 2: have KMS make the branch key');

  // TODO 3: have KMS re-encrypt it under the same KMS key, from versionContext to activeContext.
  const activeKey = todo('TODO 3: have KMS re-encrypt the branch key');

  return [
    new EncryptedHierarchicalKey(versionContext, versionKey.CiphertextBlob as Uint8Array),
    new EncryptedHierarchicalKey(activeContext, activeKey.CiphertextBlob as Uint8Array),
  ];
}

/** Returns a storage that reads the records, oldest first. Records may be added later. */
export function createStorage(records: readonly EncryptedHierarchicalKey[]): IBranchKeyStorage {
  // TODO 4: find the newest active record of a branch key, and the record of one of its versions. Throw an error if there
  // is none. The logical name of the storage is logicalKeyStoreName.
  return todo('TODO 4: return an object with the three methods of a storage');
}

/** Returns the keyring that encrypts and decrypts with a branch key. It keeps the branch key for 300 seconds. */
export function createKeyring(keyArn: string, branchKeyId: string, storage: IBranchKeyStorage): KeyringNode {
  // TODO 5: make a key store for the storage and the KMS key, and a keyring for the branch key and the key store.
  return todo('TODO 5: make the key store and the keyring');
}
