import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import {
  buildClient,
  CommitmentPolicy,
  type EncryptionContext,
  type KeyringNode,
} from '@aws-crypto/client-node';
import { DisableKeyCommand, type KMSClient, RotateKeyOnDemandCommand } from '@aws-sdk/client-kms';

const { encrypt, decrypt } = buildClient({
  commitmentPolicy: CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT,
  maxEncryptedDataKeys: 1,
});

/** Your prediction: a key is rotated, and every cache is empty. What becomes of a message that was encrypted before? */
export function predictOldMessage(): 'opens' | 'refused' {
  // 1. KMS keeps the old material, and the encrypted data key names it.
  return 'opens';
}

/** Gives a key new material, now. */
export async function rotateKey(kms: KMSClient, keyArn: string): Promise<void> {
  // 2. Ask for the rotation.
  await kms.send(new RotateKeyOnDemandCommand({ KeyId: keyArn }));
}

export interface Move {
  file: string;
  encryptionContext: EncryptionContext;
  oldKeyring: KeyringNode;
  newKeyring: KeyringNode;
}

/** Moves the message in a file to another key. If that fails, the file is as it was. */
export async function moveMessage({ file, encryptionContext, oldKeyring, newKeyring }: Move): Promise<void> {
  // 3. Open the message, and compare its encryption context.
  const { plaintext, messageHeader } = await decrypt(oldKeyring, await readFile(file));
  for (const [name, value] of Object.entries(encryptionContext)) {
    if (messageHeader.encryptionContext[name] !== value) {
      throw new Error(`The encryption context of ${file} is not the expected one: see "${name}".`);
    }
  }

  const temporaryFile = `${file}.part`;
  try {
    // 4. The old message stays until the new one has been read back.
    const { result } = await encrypt(newKeyring, plaintext, { encryptionContext });
    await writeFile(temporaryFile, result);
    await decrypt(newKeyring, await readFile(temporaryFile));
    await rename(temporaryFile, file);
  } finally {
    await rm(temporaryFile, { force: true });
  }
}

/**
 * Takes a key out of use.
 *
 * @param maxAges the `maxAge` of every caching materials manager that uses the key, in milliseconds
 * @returns the last moment at which one of their caches may still have a data key
 */
export async function revokeKey(kms: KMSClient, keyArn: string, maxAges: number[]): Promise<Date> {
  // 5. Disable the key. A cache may have been filled until then.
  await kms.send(new DisableKeyCommand({ KeyId: keyArn }));
  return new Date(Date.now() + Math.max(...maxAges));
}
