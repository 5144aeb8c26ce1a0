import { dryRunSucceeded } from '../../api/errors.ts';
import { structure } from '../../api/members.ts';
import { seal } from '../ciphertext-blob.ts';
import { ciphertextSource, decryptUnder, namedBy, sourceOf } from '../ciphertext-source.ts';
import { requireSymmetricAlgorithm } from '../encryption-algorithm.ts';
import { currentMaterial } from '../key.ts';
import { keyByAnyIdentifier } from '../key-identifier.ts';
import { requireState } from '../key-states.ts';
import { kmsOperation, trailResource } from '../kms-operation.ts';
import { cryptographicConditions } from '../request-conditions.ts';
import { encryptionAlgorithm, encryptionContext, grantTokens, keyId } from '../shapes.ts';

/** Decrypts and encrypts again, under another key or another encryption context; the plaintext doesn't leave KMS. */
export const reEncrypt = kmsOperation({
  name: 'ReEncrypt',
  input: structure({
    ...ciphertextSource,
    SourceEncryptionContext: encryptionContext.optional(),
    SourceKeyId: keyId.optional(),
    DestinationKeyId: keyId,
    DestinationEncryptionContext: encryptionContext.optional(),
    SourceEncryptionAlgorithm: encryptionAlgorithm.default('SYMMETRIC_DEFAULT'),
    DestinationEncryptionAlgorithm: encryptionAlgorithm.default('SYMMETRIC_DEFAULT'),
    GrantTokens: grantTokens.optional(),
  }),

  target(kms, input, caller) {
    const { key: source, blob } = sourceOf(kms, input, input.SourceKeyId, caller, 'kms:ReEncryptFrom');
    return { source, blob, destination: keyByAnyIdentifier(kms, input.DestinationKeyId) };
  },

  permissions(input, { source, destination }) {
    const sameKey = { 'kms:ReEncryptOnSameKey': String(source.id === destination.id) };
    const from = { KeyId: input.SourceKeyId, EncryptionContext: input.SourceEncryptionContext };
    const to = { KeyId: input.DestinationKeyId, EncryptionContext: input.DestinationEncryptionContext };
    return [
      {
        action: 'kms:ReEncryptFrom',
        resource: source,
        conditions: () => ({ ...cryptographicConditions(from), ...sameKey }),
        namedBy: namedBy(input.SourceKeyId),
      },
      {
        action: 'kms:ReEncryptTo',
        resource: destination,
        conditions: () => ({ ...cryptographicConditions(to), ...sameKey }),
      },
    ];
  },

  run(_kms, input, { source, blob, destination }) {
    requireState(source, 'ReEncrypt');
    requireState(destination, 'ReEncrypt');
    requireSymmetricAlgorithm(input.SourceEncryptionAlgorithm);
    requireSymmetricAlgorithm(input.DestinationEncryptionAlgorithm);
    if (!blob) throw dryRunSucceeded();
    const { plaintext, materialId } = decryptUnder(source, blob, input.SourceEncryptionContext);
    if (input.DryRun) throw dryRunSucceeded();
    return {
      CiphertextBlob: seal(destination, plaintext, input.DestinationEncryptionContext).toString('base64'),
      SourceKeyId: source.arn,
      KeyId: destination.arn,
      SourceEncryptionAlgorithm: input.SourceEncryptionAlgorithm,
      DestinationEncryptionAlgorithm: input.DestinationEncryptionAlgorithm,
      SourceKeyMaterialId: materialId,
      DestinationKeyMaterialId: currentMaterial(destination).id,
    };
  },

  trail: {
    readOnly: true,
    requestParameters: (input) => ({
      sourceEncryptionAlgorithm: input.SourceEncryptionAlgorithm,
      sourceEncryptionContext: input.SourceEncryptionContext,
      sourceKeyId: input.SourceKeyId,
      destinationKeyId: input.DestinationKeyId,
      destinationEncryptionAlgorithm: input.DestinationEncryptionAlgorithm,
      destinationEncryptionContext: input.DestinationEncryptionContext,
    }),
    resources: ({ source, destination }) => [trailResource(source), trailResource(destination)],
    additionalEventData: (output) => ({
      destinationKeyMaterialId: output.DestinationKeyMaterialId,
      sourceKeyMaterialId: output.SourceKeyMaterialId,
    }),
  },
});
