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
import { todo } from '#todo';

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
  // TODO 1: predict, before you go on. A number.
  return todo('TODO 1: predict the number of bytes');
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

  // TODO 2: call writeTemporaryFile, and then rename the temporary file to file.
  // When that fails, remove the temporary file if there is one, and throw the error.
  todo('TODO 2: replace the file');
}

/** Encrypts a file of any size into one message. If that fails or is aborted, it throws and changes no file. */
export async function encryptFile(request: EncryptRequest): Promise<void> {
  const { materialsManager, encryptionContext, plaintextFile, encryptedFile, signal } = request;
  const { size: plaintextLength } = await stat(plaintextFile);
  await replaceFile(encryptedFile, async (sink) => {
    // TODO 3: read plaintextFile in chunks of frameLength bytes, and only its first plaintextLength bytes.
    // Make the encryption: give it the context, the length of the plaintext and the length of a frame.
    const { source, encryption } = todo('TODO 3: make the two streams');

    // TODO 4: pipe source into encryption, and the message into sink. Never destroy encryption.
    // When one of the streams fails, or the signal aborts, throw the error and close source.
    todo('TODO 4: connect the streams');
  });
}

/** Decrypts one message of any size into a file. If that fails or is aborted, it throws and changes no file. */
export async function decryptFile(request: DecryptRequest): Promise<void> {
  const { keyring, encryptedFile, plaintextFile, signal } = request;
  await replaceFile(plaintextFile, async (sink) => {
    // TODO 5: pipe encryptedFile through decryptStream into sink, until the signal aborts.
    // Accept no frame that is longer than frameLength.
    todo('TODO 5: decrypt');
  });
}
