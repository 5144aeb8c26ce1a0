import { randomUUID } from 'node:crypto';
// The package's index leaves these out.
import {
  EncryptedHierarchicalKey,
  type IBranchKeyStorage,
} from '@aws-crypto/branch-keystore-node/build/main/src/types.js';
import { BranchKeyStoreNode, type KeyringNode, KmsHierarchicalKeyRingNode } from '@aws-crypto/client-node';
import { GenerateDataKeyWithoutPlaintextCommand, KMSClient, ReEncryptCommand } from '@aws-sdk/client-kms';

/** Your prediction: you encrypt 100 messages, one after another. How many calls to KMS and data keys does that take? */
export function predictHundredMessages(): { calls: number; dataKeys: number } {
  // 1. KMS decrypts the branch key once. Each message gets a new data key from the keyring itself.
  return { calls: 1, dataKeys: 100 };
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

  // 2. Nobody sees the branch key: KMS makes it, and returns it encrypted only.
  const versionKey = await kms.send(
    new GenerateDataKeyWithoutPlaintextCommand({
      KeyId: keyArn,
      KeySpec: 'AES_256',
      EncryptionContext: versionContext,
    }),
  );

  // 3. The same branch key under another context: KMS decrypts and encrypts it in one call.
  const activeKey = await kms.send(
    new ReEncryptCommand({
      CiphertextBlob: versionKey.CiphertextBlob,
      SourceKeyId: keyArn,
      SourceEncryptionContext: versionContext,
      DestinationKeyId: keyArn,
      DestinationEncryptionContext: activeContext,
    }),
  );

  return [
    new EncryptedHierarchicalKey(versionContext, versionKey.CiphertextBlob as Uint8Array),
    new EncryptedHierarchicalKey(activeContext, activeKey.CiphertextBlob as Uint8Array),
  ];
}

/** Returns a storage that reads the records, oldest first. Records may be added later. */
export function createStorage(records: readonly EncryptedHierarchicalKey[]): IBranchKeyStorage {
  // 4. A record is found by its branch key and its type. The last one is the newest.
  const find = async (branchKeyId: string, type: string) => {
    const record = records.findLast(
      (each) => each.branchKeyId === branchKeyId && each.encryptionContext.type === type,
    );
    if (!record) throw new Error(`There is no record ${type} of the branch key ${branchKeyId}.`);
    return record;
  };
  return {
    getEncryptedActiveBranchKey: (branchKeyId) => find(branchKeyId, 'branch:ACTIVE'),
    getEncryptedBranchKeyVersion: (branchKeyId, version) => find(branchKeyId, `branch:version:${version}`),
    getKeyStorageInfo: () => ({ name: 'memory', logicalName: logicalKeyStoreName }),
  };
}

/** Returns the keyring that encrypts and decrypts with a branch key. It keeps the branch key for 300 seconds. */
export function createKeyring(keyArn: string, branchKeyId: string, storage: IBranchKeyStorage): KeyringNode {
  // 5. The key store reads the storage and asks KMS. The keyring keeps what it gets from there.
  const keyStore = new BranchKeyStoreNode({
    logicalKeyStoreName,
    storage,
    kmsConfiguration: { identifier: keyArn },
  });
  return new KmsHierarchicalKeyRingNode({ branchKeyId, keyStore, cacheLimitTtl: 300 });
}
