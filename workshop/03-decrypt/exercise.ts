import { readFile, writeFile } from 'node:fs/promises';
import {
  buildClient,
  CommitmentPolicy,
  type EncryptionContext,
  KmsKeyringNode,
} from '@aws-crypto/client-node';
import { todo } from '#todo';

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
  // TODO 1: predict, before you go on. A number.
  return todo('TODO 1: predict the number of Decrypt calls');
}

/**
 * Decrypts one message into one file. Replaces a plaintextFile that is already there. Refuses a message that isn't ours,
 * and then changes no file.
 */
export async function decryptFile(request: DecryptRequest): Promise<void> {
  const { keyArn, encryptionContext, encryptedFile, plaintextFile } = request;
  const message = await readFile(encryptedFile);

  // TODO 2: decrypt the message with a keyring that may use this key, and no other.
  const { plaintext, messageHeader } = todo('TODO 2: decrypt');

  // TODO 3: compare: each pair of the encryption context has to be in the header of the message.
  // Throw an error when one is not.
  todo('TODO 3: compare the encryption context');

  // TODO 4: write the plaintext to its file.
  todo('TODO 4: write the plaintext');
}
