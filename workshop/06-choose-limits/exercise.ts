import {
  type EncryptionContext,
  getLocalCryptographicMaterialsCache,
  KmsKeyringNode,
  NodeCachingMaterialsManager,
  type NodeMaterialsManager,
} from '@aws-crypto/client-node';
import { todo } from '#todo';

export interface StoredDocument {
  id: string;
  customer: string;
  title: string;
}

/** Your prediction: how many GenerateDataKey calls do 40 documents of 8 customers take? Nothing reaches its limit. */
export function predictGenerateDataKeyCalls(): { withId: number; withoutId: number } {
  // TODO 1: predict, before you go on. Two numbers: with the document's id in the encryption context, and without it.
  return todo('TODO 1: predict the numbers of GenerateDataKey calls');
}

/** Returns the encryption context of a document: who may read it. */
export function contextOf(document: StoredDocument): EncryptionContext {
  // TODO 2: the pair "customer" says who may read the document. Leave out which document it is.
  return todo('TODO 2: make the encryption context');
}

/** Returns a materials manager for each worker. The workers share one cache, and each has a KMS key, by its ARN. */
export function createWorkers(keyArns: string[]): NodeMaterialsManager[] {
  // TODO 3: make a cache that keeps as many data keys in memory as the policy allows.
  const cache = todo('TODO 3: make the cache');

  // TODO 4: the policy's limits for a data key: maxAge, maxMessagesEncrypted and maxBytesEncrypted.
  const limits = todo('TODO 4: set the limits');

  return keyArns.map((keyArn) => {
    // TODO 5: name the partition so that workers with the same KMS key share data keys, and workers with different
    // KMS keys don't.
    const partition = todo('TODO 5: name the partition');

    const keyring = new KmsKeyringNode({ generatorKeyId: keyArn });
    return new NodeCachingMaterialsManager({ backingMaterials: keyring, cache, partition, ...limits });
  });
}
