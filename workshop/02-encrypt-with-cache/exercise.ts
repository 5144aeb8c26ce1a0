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
import { todo } from '#todo';

const { encrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);

export interface EncryptRequest {
  materialsManager: NodeMaterialsManager;
  encryptionContext: EncryptionContext;
  plaintextFile: string;
  encryptedFile: string;
}

/** Your prediction: how many GenerateDataKey calls does it take to encrypt two messages? */
export function predictGenerateDataKeyCalls(): number {
  // TODO 1: predict, before you go on. A number.
  return todo('TODO 1: predict the number of GenerateDataKey calls');
}

/** Returns the materials manager that encrypts every message. */
export function createMaterialsManager(keyArn: string): NodeMaterialsManager {
  // TODO 2: make a keyring whose generator is the KMS key.
  const keyring = todo('TODO 2: make the keyring');

  // TODO 3: make a cache for 100 data keys, and a caching materials manager in front of the keyring.
  // It keeps a data key for 300 seconds at most, and uses it for 2 messages at most.
  return todo('TODO 3: make the caching materials manager');
}

/**
 * Encrypts one file into one message. Replaces an encryptedFile that is already there. Throws when KMS makes no data
 * key.
 */
export async function encryptFile(request: EncryptRequest): Promise<void> {
  const { materialsManager, encryptionContext, plaintextFile, encryptedFile } = request;
  const plaintext = await readFile(plaintextFile);

  // TODO 4: encrypt the plaintext with the materials manager and the encryption context.
  const { result } = todo('TODO 4: encrypt');

  await writeFile(encryptedFile, result);
}
