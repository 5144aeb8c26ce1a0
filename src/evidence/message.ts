import { readFile } from 'node:fs/promises';
import { NodeAlgorithmSuite } from '@aws-crypto/client-node';
import { deserializeFactory } from '@aws-crypto/serialize';

/** The contents of an encrypted message's header and body, read without decrypting it. */
export interface Message {
  /** Different for every message. */
  messageId: string;
  /** The data key, encrypted by KMS: equal in two messages that share a data key. */
  encryptedDataKey: string;
  /** The ARN of the KMS key that the data key is encrypted under. */
  keyArn: string;
  /** As `decrypt` gives it: without a prototype, so that there is nothing in it but the pairs. */
  encryptionContext: Readonly<Record<string, string>>;
  /** True if the message commits to its data key. */
  isCommitting: boolean;
  /** Bytes of plaintext in each frame but the last. */
  frameLength: number;
  /** Everything after the header: the encrypted content. */
  body: Buffer;
}

/** Reads the parts of a header, as the AWS Encryption SDK for Node.js does. */
export const headerReader = deserializeFactory(
  (bytes) => Buffer.from(bytes).toString('utf8'),
  NodeAlgorithmSuite,
);

/**
 * Reads the header of an encrypted message.
 *
 * @throws Error when the file isn't a message in the AWS Encryption SDK's format
 */
export async function readMessage(file: string): Promise<Message> {
  const bytes = await readFile(file);
  const header = readHeader(bytes);
  if (!header) throw new Error(`${file} is not an encrypted message: it has no message header.`);
  const { messageHeader, headerLength, algorithmSuite } = header;
  const [dataKey] = messageHeader.encryptedDataKeys;
  return {
    messageId: Buffer.from(messageHeader.messageId).toString('hex'),
    encryptedDataKey: Buffer.from(dataKey?.encryptedDataKey ?? []).toString('base64'),
    keyArn: dataKey?.providerInfo ?? '',
    encryptionContext: messageHeader.encryptionContext,
    isCommitting: algorithmSuite.commitment !== 'NONE',
    frameLength: messageHeader.frameLength,
    body: bytes.subarray(headerLength),
  };
}

/** Reads the header of a message without decrypting it. Returns false if there is none. */
export function readHeader(bytes: Uint8Array): ReturnType<typeof headerReader.deserializeMessageHeader> {
  try {
    return headerReader.deserializeMessageHeader(bytes);
  } catch {
    return false;
  }
}
