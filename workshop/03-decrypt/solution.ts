import { readFile, writeFile } from 'node:fs/promises';
import {
  buildClient,
  CommitmentPolicy,
  type EncryptionContext,
  KmsKeyringNode,
} from '@aws-crypto/client-node';

const { decrypt } = buildClient({
  commitmentPolicy: CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT,
  maxEncryptedDataKeys: 1,
});

export interface DecryptRequest {
  keyArn: string;
  encryptionContext: EncryptionContext;
  encryptedFile: string;
  plaintextFile: string;
}

/** Your prediction: how many Decrypt calls does it take to decrypt two messages with this function? */
export function predictDecryptCalls(): number {
  // 1. Predict.
  return 2;
}

/**
 * Decrypts one message into one file. Replaces a plaintextFile that is already there. Refuses a message that isn't ours,
 * and then changes no file.
 */
export async function decryptFile(request: DecryptRequest): Promise<void> {
  const { keyArn, encryptionContext, encryptedFile, plaintextFile } = request;
  const message = await readFile(encryptedFile);

  // 2. Decrypt, with this key and no other.
  const keyring = new KmsKeyringNode({ keyIds: [keyArn] });
  const { plaintext, messageHeader } = await decrypt(keyring, message);

  // 3. Compare the encryption context.
  for (const [name, value] of Object.entries(encryptionContext)) {
    if (messageHeader.encryptionContext[name] !== value) {
      throw new Error(`The encryption context of ${encryptedFile} is not the expected one: see "${name}".`);
    }
  }

  // 4. Write the plaintext.
  await writeFile(plaintextFile, plaintext);
}
