import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import {
  buildClient,
  CommitmentPolicy,
  type EncryptionContext,
  type KeyringNode,
} from '@aws-crypto/client-node';
import { DisableKeyCommand, type KMSClient, RotateKeyOnDemandCommand } from '@aws-sdk/client-kms';
import { todo } from '#todo';

const { encrypt, decrypt } = buildClient({
  commitmentPolicy: CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT,
  maxEncryptedDataKeys: 1,
});

/** Your prediction: a key is rotated, and every cache is empty. What becomes of a message that was encrypted before? */
export function predictOldMessage(): 'opens' | 'refused' {
  // TODO 1: predict, before you go on. 'opens' or 'refused'.
  return todo('TODO 1: predict what becomes of the old message');
}

/** Gives a key new material, now. */
export async function rotateKey(kms: KMSClient, keyArn: string): Promise<void> {
  // TODO 2: rotate the key on demand.
  todo('TODO 2: rotate the key');
}

export interface Move {
  file: string;
  encryptionContext: EncryptionContext;
  oldKeyring: KeyringNode;
  newKeyring: KeyringNode;
}

/** Moves the message in a file to another key. If that fails, the file is as it was. */
export async function moveMessage({ file, encryptionContext, oldKeyring, newKeyring }: Move): Promise<void> {
  // TODO 3: decrypt the message in file with oldKeyring. Throw an error unless the message has each pair of
  // encryptionContext, with the same value.
  const { plaintext } = todo('TODO 3: decrypt the message, and compare its encryption context');

  const temporaryFile = `${file}.part`;
  try {
    // TODO 4: encrypt the plaintext with newKeyring, under encryptionContext. Write the message to temporaryFile. Read
    // that file, and decrypt it with newKeyring. Only then rename it to file.
    todo('TODO 4: write the new message, read it back, and rename it');
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
  // TODO 5: disable the key. Return the last moment at which a cache may have a data key: each may have been filled
  // until KMS answered.
  return todo('TODO 5: disable the key, and return the last moment');
}
