import { readFile, writeFile } from 'node:fs/promises';
import {
  buildClient,
  CommitmentPolicy,
  type EncryptionContext,
  getLocalCryptographicMaterialsCache,
  KmsKeyringNode,
  NodeCachingMaterialsManager,
  type NodeMaterialsManager,
} from '@aws-crypto/client-node';

const { encrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);

export interface EncryptRequest {
  materialsManager: NodeMaterialsManager;
  encryptionContext: EncryptionContext;
  plaintextFile: string;
  encryptedFile: string;
}

/** Your prediction: how many GenerateDataKey calls does it take to encrypt two messages? */
export function predictGenerateDataKeyCalls(): number {
  // 1. Predict.
  return 1;
}

/** Returns the materials manager that encrypts every message. */
export function createMaterialsManager(keyArn: string): NodeMaterialsManager {
  // 2. Make the keyring.
  const keyring = new KmsKeyringNode({ generatorKeyId: keyArn });

  // 3. Make the cache, and the caching materials manager in front of the keyring.
  const cache = getLocalCryptographicMaterialsCache(100);
  return new NodeCachingMaterialsManager({
    backingMaterials: keyring,
    cache,
    maxAge: 300 * 1000,
    maxMessagesEncrypted: 2,
  });
}

/**
 * Encrypts one file into one message. Replaces an encryptedFile that is already there. Throws when KMS makes no data
 * key.
 */
export async function encryptFile(request: EncryptRequest): Promise<void> {
  const { materialsManager, encryptionContext, plaintextFile, encryptedFile } = request;
  const plaintext = await readFile(plaintextFile);

  // 4. Encrypt.
  const { result } = await encrypt(materialsManager, plaintext, { encryptionContext });

  await writeFile(encryptedFile, result);
}
