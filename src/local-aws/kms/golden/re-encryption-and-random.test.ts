import { GenerateRandomCommand, ReEncryptCommand } from '@aws-sdk/client-kms';
import {
  golden,
  incompatibleAlgorithm,
  incorrectKey,
  missing,
  recipientRefused,
  source,
  startWorld,
} from './golden-answers.ts';

startWorld();

const { model, own, recorded, reference, reported } = source;
const context = { purpose: 'golden' };

golden('ReEncrypt', (kms, input: ReEncryptCommand['input']) => kms.send(new ReEncryptCommand(input)), [
  ['no destination', ({ blob }) => ({ CiphertextBlob: blob }), missing('destinationKeyId'), model],
  ['no blob', ({ key }) => ({ DestinationKeyId: key.id }), missing('ciphertextBlob'), reference],
  [
    'the wrong encryption context',
    ({ blob, other }) => ({
      CiphertextBlob: blob,
      DestinationKeyId: other.id,
      SourceEncryptionContext: { purpose: 'Golden' },
    }),
    'InvalidCiphertextException',
    recorded,
  ],
  [
    'the destination as source',
    ({ blob, other }) => ({
      CiphertextBlob: blob,
      SourceKeyId: other.id,
      SourceEncryptionContext: context,
      DestinationKeyId: other.id,
    }),
    incorrectKey,
    recorded,
  ],
  [
    'a destination algorithm of other keys',
    ({ blob, other }) => ({
      CiphertextBlob: blob,
      SourceEncryptionContext: context,
      DestinationKeyId: other.id,
      DestinationEncryptionAlgorithm: 'SM2PKE',
    }),
    incompatibleAlgorithm,
    recorded,
  ],
  [
    'a destination that is not there',
    ({ blob }) => ({ CiphertextBlob: blob, DestinationKeyId: 'alias/none' }),
    'NotFoundException: Alias arn:aws:kms:us-east-1:111122223333:alias/none is not found.',
    reported,
  ],
]);

golden(
  'GenerateRandom',
  (kms, input: GenerateRandomCommand['input']) => kms.send(new GenerateRandomCommand(input)),
  [
    [
      'a custom key store',
      () => ({ NumberOfBytes: 32, CustomKeyStoreId: 'cks-1234567890abcdef0' }),
      'UnsupportedOperationException: The local AWS has no custom key stores.',
      own,
    ],
    ['a recipient', () => ({ NumberOfBytes: 32, Recipient: {} }), recipientRefused, own],
  ],
);
