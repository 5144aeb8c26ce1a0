import {
  DecryptCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  type KMSClient,
} from '@aws-sdk/client-kms';

/** Operations that use a KMS key under an encryption context. */
export const operations = [
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'Encrypt',
  'Decrypt',
] as const;

export type Operation = (typeof operations)[number];

/** A call that is tried. */
export interface Attempt {
  operation: Operation;
  keyArn: string;
  encryptionContext: Record<string, string>;
}

/**
 * Tries a call.
 *
 * @param kms a client of the principal that calls
 * @param owner a client that may encrypt: a `Decrypt` call needs a ciphertext
 * @returns true if KMS carried the call out, false if it refused it for lack of a permission
 * @throws any other error
 */
export async function isAllowed(
  kms: KMSClient,
  owner: KMSClient,
  { operation, keyArn: KeyId, encryptionContext: EncryptionContext }: Attempt,
  grantToken?: string,
): Promise<boolean> {
  const input = { KeyId, EncryptionContext, GrantTokens: grantToken ? [grantToken] : undefined };
  const Plaintext = Buffer.from('a text');
  const calls: Record<Operation, () => Promise<unknown>> = {
    GenerateDataKey: () => kms.send(new GenerateDataKeyCommand({ ...input, KeySpec: 'AES_256' })),
    GenerateDataKeyWithoutPlaintext: () =>
      kms.send(new GenerateDataKeyWithoutPlaintextCommand({ ...input, KeySpec: 'AES_256' })),
    Encrypt: () => kms.send(new EncryptCommand({ ...input, Plaintext })),
    Decrypt: async () => {
      const { CiphertextBlob } = await owner.send(
        new EncryptCommand({ KeyId, EncryptionContext, Plaintext }),
      );
      await kms.send(new DecryptCommand({ ...input, CiphertextBlob }));
    },
  };
  try {
    await calls[operation]();
    return true;
  } catch (error) {
    if ((error as Error).name === 'AccessDeniedException') return false;
    throw error;
  }
}
