import {
  buildClient,
  CommitmentPolicy,
  KmsKeyringNode,
  type NodeMaterialsManager,
} from '@aws-crypto/client-node';
import { DecryptCommand, DescribeKeyCommand, type KMS } from '@aws-sdk/client-kms';

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
  // 1. It calls KMS only for a key that the reader names by its ARN, and reads the content only with the data key.
  return ['cut off', 'disabled'];
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

  // 2. A header that ends too early isn't the same as none.
  if (!header) return error.message === 'Incomplete Header' ? 'cut off' : 'not a message';
  return header.suite.commitment === 'NONE' ? 'not committed' : header;
}

async function compareKeys(header: Header, { kms, keyId }: Reader): Promise<Diagnosis | undefined> {
  const keyArns = header.encryptedDataKeys.map(({ providerInfo }) => providerInfo);

  // 3. Only KMS knows which key an alias or a short key ID stands for.
  if (keyArns.includes(keyId)) return undefined;
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: keyId }));
  return keyArns.includes(KeyMetadata?.Arn ?? '') ? 'not its ARN' : 'another key';
}

async function askKms(header: Header, { kms, keyId }: Reader): Promise<Diagnosis | undefined> {
  const dataKey = header.encryptedDataKeys.find(({ providerInfo }) => providerInfo === keyId);

  // 4. The data key is bound to the encryption context of its message. The name of an error is for programs.
  const mistakes: Record<string, Diagnosis> = {
    AccessDeniedException: 'no permission',
    DisabledException: 'disabled',
    KMSInvalidStateException: 'pending deletion',
    ThrottlingException: 'throttled',
    InvalidCiphertextException: 'changed',
    IncorrectKeyException: 'changed',
  };
  const command = new DecryptCommand({
    KeyId: keyId,
    CiphertextBlob: dataKey?.encryptedDataKey,
    EncryptionContext: header.encryptionContext,
  });
  try {
    await kms.send(command);
    return undefined;
  } catch (error) {
    const mistake = mistakes[(error as Error).name];
    if (!mistake) throw error;
    return mistake;
  }
}

async function open(message: Uint8Array, { kms, keyId, encryptionContext }: Reader): Promise<Diagnosis> {
  const keyring = new KmsKeyringNode({ keyIds: [keyId], clientProvider: () => kms });
  const result = await decrypt(keyring, message).catch((error: Error) => error);
  // KMS gave the data key a moment ago, and refuses it now: that says nothing about the message.
  if (result instanceof Error && result.message.startsWith('Unable to decrypt data key')) throw result;

  // 5. Only now the encryption context is authentic.
  if (result instanceof Error) return result.message === 'Incomplete message' ? 'cut off' : 'changed';
  const { encryptionContext: actual } = result.messageHeader;
  const isExpected = Object.entries(encryptionContext).every(([name, value]) => actual[name] === value);
  return isExpected ? 'sound' : 'another context';
}
