// Wrong: it asks KMS for a data key itself, to see whether it may.
// Says: Two messages need one GenerateDataKey call
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
import { GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms';

const { encrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);

let keyId: string;

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

/** Gives the materials manager that every message is encrypted with. */
export function createMaterialsManager(keyArn: string): NodeMaterialsManager {
  keyId = keyArn;
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

/** Encrypts one file into one message. */
export async function encryptFile(request: EncryptRequest): Promise<void> {
  const { materialsManager, encryptionContext, plaintextFile, encryptedFile } = request;
  const plaintext = await readFile(plaintextFile);

  // 4. Encrypt.
  await new KMSClient().send(new GenerateDataKeyCommand({ KeyId: keyId, KeySpec: 'AES_256' }));
  const { result } = await encrypt(materialsManager, plaintext, { encryptionContext });

  await writeFile(encryptedFile, result);
}
