import { validationError } from '../api/errors.ts';
import { boolean, integer, oneOf } from '../api/members.ts';
import type { EncryptionContext } from './ciphertext-blob.ts';
import type { KeyRecord } from './key.ts';
import { keyResources } from './kms-operation.ts';
import { encryptionContext, grantTokens, keyId } from './shapes.ts';

/** The members of GenerateDataKey and GenerateDataKeyWithoutPlaintext, which take the same. */
export const dataKeyRequest = {
  KeyId: keyId,
  EncryptionContext: encryptionContext.optional(),
  KeySpec: oneOf(['AES_256', 'AES_128']).optional(),
  NumberOfBytes: integer({ min: 1, max: 1024 }).optional(),
  GrantTokens: grantTokens.optional(),
  DryRun: boolean().optional(),
};

type LengthRequest = {
  KeySpec?: 'AES_256' | 'AES_128' | undefined;
  NumberOfBytes?: number | undefined;
};

/**
 * How long the data key is to be, in bytes.
 *
 * @throws {AwsError} `ValidationException` unless exactly one of KeySpec and NumberOfBytes says so
 */
export function dataKeyLength({ KeySpec, NumberOfBytes }: LengthRequest): number {
  if ((KeySpec === undefined) === (NumberOfBytes === undefined)) {
    throw validationError('Please specify either number of bytes or key spec.');
  }
  return NumberOfBytes ?? (KeySpec === 'AES_128' ? 16 : 32);
}

export const dataKeyTrail = {
  readOnly: true,
  requestParameters(
    input: LengthRequest & { KeyId: string; EncryptionContext?: EncryptionContext | undefined },
  ) {
    const {
      KeyId: keyId,
      KeySpec: keySpec,
      NumberOfBytes: numberOfBytes,
      EncryptionContext: encryptionContext,
    } = input;
    return { keyId, keySpec, numberOfBytes, encryptionContext };
  },
  resources: ({ key }: { key: KeyRecord }) => keyResources(key),
  additionalEventData: (output: { KeyMaterialId: string }) => ({ keyMaterialId: output.KeyMaterialId }),
};
