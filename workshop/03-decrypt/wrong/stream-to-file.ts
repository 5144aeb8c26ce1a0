// Wrong: each piece is written as soon as it is decrypted, before the signature was seen.
// Says: A message that was changed left a plaintext behind
import { createReadStream } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import {
  buildClient,
  CommitmentPolicy,
  type EncryptionContext,
  KmsKeyringNode,
  type MessageHeader,
} from '@aws-crypto/client-node';

const { decryptStream } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);

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

/** Decrypts one message into one file. Refuses a message that isn't ours, and then writes nothing. */
export async function decryptFile(request: DecryptRequest): Promise<void> {
  const { keyArn, encryptionContext, encryptedFile, plaintextFile } = request;

  // 2. Decrypt, with this key and no other.
  const keyring = new KmsKeyringNode({ keyIds: [keyArn] });
  const decryption = decryptStream(keyring);
  let messageHeader: MessageHeader | undefined;
  decryption.on('MessageHeader', (header) => {
    messageHeader = header;
  });

  await pipeline(createReadStream(encryptedFile), decryption, async (pieces) => {
    for await (const piece of pieces) {
      // 3. Compare the encryption context.
      for (const [name, value] of Object.entries(encryptionContext)) {
        if (messageHeader?.encryptionContext[name] !== value) {
          throw new Error(
            `The encryption context of ${encryptedFile} is not the expected one: see "${name}".`,
          );
        }
      }

      // 4. Write the plaintext.
      await appendFile(plaintextFile, piece);
    }
  });
}
