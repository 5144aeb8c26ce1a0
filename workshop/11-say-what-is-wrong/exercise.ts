import {
  buildClient,
  CommitmentPolicy,
  KmsKeyringNode,
  type NodeMaterialsManager,
} from '@aws-crypto/client-node';
import { DecryptCommand, DescribeKeyCommand, type KMS } from '@aws-sdk/client-kms';
import { todo } from '#todo';

export type MessageMistake = 'not a message' | 'cut off' | 'not committed' | 'changed' | 'another context';
export type KeyMistake = 'another key' | 'not its ARN' | 'no permission' | 'disabled' | 'pending deletion';
export type Diagnosis = 'sound' | MessageMistake | KeyMistake | 'throttled';

/** The client and the key of a program that decrypts, and the pairs that it expects in the encryption context. */
export interface Reader {
  kms: KMS;
  keyId: string;
  encryptionContext: Record<string, string>;
}

/** The header of a message, as the Encryption SDK has read it when it asks for a data key. */
type Header = Parameters<NodeMaterialsManager['decryptMaterials']>[0];

// Messages without commitment aren't refused here: their headers are read, too.
const { decrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT);

/** Your prediction: `decrypt` fails because of one mistake. For which of four has it called KMS by then? */
export function predictAsked(): Diagnosis[] {
  // TODO 1: predict, before you go on. List those of 'cut off' (the second half is missing), 'another key', 'not its ARN' (the
  // reader has the key's alias) and 'disabled'.
  return todo('TODO 1: predict the mistakes that KMS is called for');
}

/** Says what keeps a program from decrypting a message. The plaintext stays here. */
export async function diagnose(message: Uint8Array, reader: Reader): Promise<Diagnosis> {
  const header = await readHeader(message);
  if (typeof header === 'string') return header;
  return (await compareKeys(header, reader)) ?? (await askKms(header, reader)) ?? open(message, reader);
}

async function readHeader(message: Uint8Array): Promise<Header | Diagnosis> {
  let header = undefined as Header | undefined;
  const decryptMaterials = async (read: Header) => {
    header = read;
    throw new Error('The header is all that is wanted.');
  };
  const manager = { getEncryptionMaterials: () => Promise.reject(), decryptMaterials };
  const error: Error = await decrypt(manager, message).catch((e) => e);

  // TODO 2: return 'cut off' if the header is incomplete, and 'not a message' if it can't be read for another reason.
  // Return 'not committed' for a suite without commitment, and otherwise the header.
  return todo('TODO 2: say what is wrong with the header');
}

async function compareKeys(header: Header, { kms, keyId }: Reader): Promise<Diagnosis | undefined> {
  const keyArns = header.encryptedDataKeys.map(({ providerInfo }) => providerInfo);

  // TODO 3: return undefined if the message names this key ID. If not, ask KMS for the key's ARN. Return 'not its ARN' if the
  // message names that, and otherwise 'another key'.
  return todo('TODO 3: compare the keys');
}

async function askKms(header: Header, { kms, keyId }: Reader): Promise<Diagnosis | undefined> {
  const dataKey = header.encryptedDataKeys.find(({ providerInfo }) => providerInfo === keyId);

  // TODO 4: have KMS decrypt this data key with the reader's key, under the header's encryption context. If KMS refuses, return the
  // mistake that the error's name stands for. Return undefined if KMS decrypts it, and throw any other error.
  return todo('TODO 4: ask KMS for the data key');
}

async function open(message: Uint8Array, { kms, keyId, encryptionContext }: Reader): Promise<Diagnosis> {
  const keyring = new KmsKeyringNode({ keyIds: [keyId], clientProvider: () => kms });
  const result = await decrypt(keyring, message).catch((error: Error) => error);
  // KMS gave the data key a moment ago, and refuses it now: that says nothing about the message.
  if (result instanceof Error && result.message.startsWith('Unable to decrypt data key')) throw result;

  // TODO 5: return 'cut off' if the message is incomplete, and 'changed' for another error. Return 'another context' unless the
  // message has all pairs that the reader expects, and otherwise 'sound'.
  return todo('TODO 5: say what is wrong with the content');
}
