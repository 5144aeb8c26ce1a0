/** The parts of a message. Each has a colour on the page. */
export type Part =
  | 'format'
  | 'id'
  | 'context'
  | 'key'
  | 'commitment'
  | 'authentication'
  | 'content'
  | 'signature'
  | 'unknown';

/** The parts, as the legend names them. */
export const partLabels: Record<Part, string> = {
  format: 'Format',
  id: 'Message ID',
  context: 'Encryption context',
  key: 'Encrypted data keys',
  commitment: 'Key commitment',
  authentication: 'Authentication',
  content: 'Encrypted content',
  signature: 'Signature',
  unknown: 'Not understood',
};

interface Meaning {
  part: Part;
  label: string;
  /** The purpose of the field, in a sentence or two. */
  purpose: string;
}

/** The fields of a message: AWS Encryption SDK Developer Guide, message-format.html. */
export const fieldMeanings = {
  version: {
    part: 'format',
    label: 'Version',
    purpose: 'The message format. Version 2 messages commit to their data key.',
  },
  type: { part: 'format', label: 'Type', purpose: 'Always 128: customer authenticated encrypted data.' },
  suite: {
    part: 'format',
    label: 'Algorithm suite',
    purpose: 'How the message is encrypted, how its key is derived, and whether it is committed and signed.',
  },
  messageId: {
    part: 'id',
    label: 'Message ID',
    purpose:
      'Random, and different for every message. The key of this message is derived from it and the data key, so messages can share a data key safely.',
  },
  contextLength: {
    part: 'context',
    label: 'Context length',
    purpose: 'Number of bytes of the encryption context.',
  },
  contextPairs: {
    part: 'context',
    label: 'Context pairs',
    purpose: 'Number of pairs in the encryption context.',
  },
  contextKey: {
    part: 'context',
    label: 'Context key',
    purpose: 'Readable by everyone who has the message. It goes to KMS, and CloudTrail records it.',
  },
  contextValue: {
    part: 'context',
    label: 'Context value',
    purpose:
      'Authenticated, not encrypted: nobody can change it without KMS refusing to decrypt the data key.',
  },
  keyCount: {
    part: 'key',
    label: 'Encrypted data keys',
    purpose: 'Number of copies of the data key. Each copy is encrypted under another wrapping key.',
  },
  keyProvider: {
    part: 'key',
    label: 'Key provider',
    purpose: 'Names who can decrypt this copy of the data key. For AWS KMS it is aws-kms.',
  },
  keyInfo: {
    part: 'key',
    label: 'Wrapping key',
    purpose: 'The ARN of the KMS key that encrypts this copy of the data key.',
  },
  encryptedKey: {
    part: 'key',
    label: 'Encrypted data key',
    purpose:
      'The data key, encrypted under the wrapping key. Two messages with the same bytes here share a data key: KMS was called once for both.',
  },
  contentType: {
    part: 'format',
    label: 'Content type',
    purpose: 'Whether the content follows in frames (2) or in one piece (1).',
  },
  reserved: { part: 'format', label: 'Reserved', purpose: 'Always zero.' },
  ivLength: {
    part: 'format',
    label: 'IV length',
    purpose: 'Number of bytes of each initialization vector.',
  },
  frameLength: {
    part: 'format',
    label: 'Frame length',
    purpose: 'Number of bytes of content in each frame except the last one.',
  },
  commitment: {
    part: 'commitment',
    label: 'Key commitment',
    purpose:
      'Derived from the data key and the message ID. It proves that only one data key can decrypt this message.',
  },
  headerIv: {
    part: 'authentication',
    label: 'Header IV',
    purpose: 'The initialization vector of the header’s authentication tag.',
  },
  headerTag: {
    part: 'authentication',
    label: 'Header tag',
    purpose: 'Authenticates every byte before it. A changed header is refused.',
  },
  finalMarker: {
    part: 'format',
    label: 'Final frame marker',
    purpose: 'Four bytes FF: this is the last frame. A message that is cut off has none.',
  },
  sequenceNumber: {
    part: 'format',
    label: 'Sequence number',
    purpose: 'Counts the frames from 1, so that none can be moved or removed.',
  },
  frameIv: {
    part: 'authentication',
    label: 'IV',
    purpose: 'The initialization vector of this frame. No two frames have the same one.',
  },
  contentLength: {
    part: 'format',
    label: 'Content length',
    purpose: 'Number of bytes of encrypted content that follow.',
  },
  content: {
    part: 'content',
    label: 'Encrypted content',
    purpose: 'The plaintext, encrypted with AES-GCM. It has as many bytes as the plaintext.',
  },
  frameTag: {
    part: 'authentication',
    label: 'Tag',
    purpose: 'Authenticates this content, with the message ID and the place of the frame.',
  },
  signature: {
    part: 'signature',
    label: 'Signature',
    purpose:
      'An ECDSA signature of everything before it. Readers check it with the public key in the encryption context.',
  },
  unknown: {
    part: 'unknown',
    label: 'Not understood',
    purpose: 'The bytes from here on are not shown, because they may be plaintext.',
  },
} satisfies Record<string, Meaning>;

export type FieldName = keyof typeof fieldMeanings;
