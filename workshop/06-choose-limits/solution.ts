import {
  type EncryptionContext,
  getLocalCryptographicMaterialsCache,
  KmsKeyringNode,
  NodeCachingMaterialsManager,
  type NodeMaterialsManager,
} from '@aws-crypto/client-node';

export interface StoredDocument {
  id: string;
  customer: string;
  title: string;
}

/** Your prediction: how many GenerateDataKey calls do 40 documents of 8 customers take? Nothing reaches its limit. */
export function predictGenerateDataKeyCalls(): { withId: number; withoutId: number } {
  // 1. The cache has an entry for each encryption context.
  return { withId: 40, withoutId: 8 };
}

/** Returns the encryption context of a document: who may read it. */
export function contextOf(document: StoredDocument): EncryptionContext {
  // 2. The customer alone decides who may read it.
  return { customer: document.customer };
}

/** Returns a materials manager for each worker. The workers share one cache, and each has a KMS key, by its ARN. */
export function createWorkers(keyArns: string[]): NodeMaterialsManager[] {
  // 3. The data keys in memory.
  const cache = getLocalCryptographicMaterialsCache(50);

  // 4. The limits of each data key.
  const limits = {
    maxAge: 10 * 60 * 1000,
    maxMessagesEncrypted: 500,
    maxBytesEncrypted: 64 * 1024 * 1024,
  };

  return keyArns.map((keyArn) => {
    // 5. Workers with the same KMS key share data keys, and no others.
    const partition = keyArn;

    const keyring = new KmsKeyringNode({ generatorKeyId: keyArn });
    return new NodeCachingMaterialsManager({ backingMaterials: keyring, cache, partition, ...limits });
  });
}
