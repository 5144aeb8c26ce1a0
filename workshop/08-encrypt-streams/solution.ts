import { createReadStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  buildClient,
  CommitmentPolicy,
  type EncryptionContext,
  type KeyringNode,
  type NodeMaterialsManager,
} from '@aws-crypto/client-node';

const { encryptStream, decryptStream } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
const frameLength = 64 * 1024;

export interface EncryptRequest {
  materialsManager: NodeMaterialsManager;
  encryptionContext: EncryptionContext;
  plaintextFile: string;
  encryptedFile: string;
  signal?: AbortSignal;
}

export interface DecryptRequest {
  keyring: KeyringNode;
  encryptedFile: string;
  plaintextFile: string;
  signal?: AbortSignal;
}

/** Your prediction: how many of 1,048,576 bytes does decryptStream give out before it reports a broken signature? */
export function predictReleasedBytes(): number {
  // 1. Predict.
  return 1_048_576;
}

/** Replaces a file by one that `write` has written completely, or leaves it as it is. */
async function replaceFile(file: string, write: (sink: Writable) => Promise<void>): Promise<void> {
  const temporaryFile = `${file}.part`;
  const writeTemporaryFile = async () => {
    // Opened first: a stream that opens its file itself may create it after you removed it.
    const handle = await open(temporaryFile, 'w');
    const sink = handle.createWriteStream();
    await write(sink).finally(() => {
      sink.destroy();
      return handle.close();
    });
  };

  // 2. Write the temporary file, and give it its name.
  try {
    await writeTemporaryFile();
    await rename(temporaryFile, file);
  } catch (error) {
    await rm(temporaryFile, { force: true });
    throw error;
  }
}

/** Encrypts a file of any size into one message. If that fails or is aborted, it throws and changes no file. */
export async function encryptFile(request: EncryptRequest): Promise<void> {
  const { materialsManager, encryptionContext, plaintextFile, encryptedFile, signal } = request;
  const { size: plaintextLength } = await stat(plaintextFile);
  await replaceFile(encryptedFile, async (sink) => {
    // 3. Make the two streams.
    const options = { encryptionContext, plaintextLength, frameLength };
    const encryption = encryptStream(materialsManager, options);
    const end = Math.max(plaintextLength - 1, 0);
    const source = createReadStream(plaintextFile, { highWaterMark: frameLength, end });

    // 4. Connect them with the temporary file.
    const message = new Readable().wrap(source.pipe(encryption));
    source.once('error', (error) => message.destroy(error));
    await pipeline(message, sink, { signal }).finally(() => source.destroy());
  });
}

/** Decrypts one message of any size into a file. If that fails or is aborted, it throws and changes no file. */
export async function decryptFile(request: DecryptRequest): Promise<void> {
  const { keyring, encryptedFile, plaintextFile, signal } = request;
  await replaceFile(plaintextFile, async (sink) => {
    // 5. Decrypt.
    const decryption = decryptStream(keyring, { maxBodySize: frameLength });
    await pipeline(createReadStream(encryptedFile), decryption, sink, { signal });
  });
}
