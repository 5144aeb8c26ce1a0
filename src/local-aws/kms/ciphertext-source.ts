import { AwsError, validationError } from '../api/errors.ts';
import { boolean, list, oneOf } from '../api/members.ts';
import type { StructureValue } from '../api/shape.ts';
import { keyOfCiphertextDenied } from '../authorization/access-denied.ts';
import type { Permission } from '../authorization/permission.ts';
import type { Principal } from '../authorization/principal.ts';
import { type CiphertextOrigin, type EncryptionContext, open, originOf } from './ciphertext-blob.ts';
import type { KeyRecord } from './key.ts';
import { keyByAnyIdentifier } from './key-identifier.ts';
import type { Kms } from './kms.ts';
import { ciphertextBlob } from './shapes.ts';

/** The members that say what Decrypt and ReEncrypt are to decrypt. */
export const ciphertextSource = {
  CiphertextBlob: ciphertextBlob.optional(),
  DryRun: boolean().optional(),
  DryRunModifiers: list(oneOf(['IGNORE_CIPHERTEXT'])).optional(),
};

type Source = StructureValue<typeof ciphertextSource>;

interface DecryptionSource {
  readonly key: KeyRecord;
  readonly blob?: Buffer;
  /** Content of the blob's header, once it has been read. */
  readonly origin?: CiphertextOrigin;
}

/**
 * The blob and the key that is to open it: the one that the request names, if it does, else the one that the blob says it
 * was sealed under. Without a blob, it is a dry run that asks for permission only.
 *
 * @param action what the caller needs on that key, such as `kms:Decrypt`
 * @throws {AwsError} if the key isn't there, or the request doesn't say enough
 */
export function sourceOf(
  kms: Kms,
  { CiphertextBlob: blob, DryRun, DryRunModifiers = [] }: Source,
  identifier: string | undefined,
  caller: Principal,
  action: string,
): DecryptionSource {
  if (DryRun && DryRunModifiers.includes('IGNORE_CIPHERTEXT')) {
    if (identifier !== undefined) return { key: keyByAnyIdentifier(kms, identifier) };
    throw validationError('A dry run that ignores the ciphertext has to name the key that is to decrypt.');
  }
  if (!blob) throw missingCiphertext();
  if (identifier !== undefined) return { key: keyByAnyIdentifier(kms, identifier), blob };
  const origin = originOf(blob);
  const key = kms.state.key(origin.keyId);
  if (key) return { key, blob, origin };
  throw keyOfCiphertextDenied(caller, action);
}

/** How a refusal names the key: by the ciphertext, where the request doesn't name it. */
export const namedBy = (identifier: string | undefined): Permission['namedBy'] =>
  identifier === undefined ? 'ciphertext' : undefined;

/**
 * Decrypts a blob that must have been sealed under this very key.
 *
 * @param origin what the blob says of itself, if it has been asked already
 * @throws {AwsError} `IncorrectKeyException` for a blob of another key, `InvalidCiphertextException` for a damaged one
 *   or the wrong encryption context
 */
export function decryptUnder(
  key: KeyRecord,
  blob: Buffer,
  context: EncryptionContext | undefined,
  origin: CiphertextOrigin = originOf(blob),
): { plaintext: Buffer; materialId: string } {
  if (origin.keyId !== key.id) {
    throw new AwsError(
      'IncorrectKeyException',
      'The key ID in the request does not identify a CMK that can perform this operation.',
    );
  }
  return { plaintext: open(key, blob, context, origin), materialId: origin.materialId };
}

/** The text for a required member: in the model it isn't one any more, since a dry run may do without. */
const missingCiphertext = () =>
  validationError(
    "1 validation error detected: Value null at 'ciphertextBlob' failed to satisfy constraint: Member must not be null",
  );
