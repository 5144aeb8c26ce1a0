import {
  DecryptCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyPairCommand,
  GenerateDataKeyPairWithoutPlaintextCommand,
  GenerateDataKeyWithoutPlaintextCommand,
} from '@aws-sdk/client-kms';
import {
  constraint,
  dryRunSucceeded,
  type GoldenRow,
  golden,
  incompatibleAlgorithm,
  incorrectKey,
  missing,
  recipientRefused,
  source,
  startWorld,
} from './golden-answers.ts';

startWorld();

const { model, own, recorded, reference } = source;
const Plaintext = Buffer.from('x');
const context = { purpose: 'golden' };
const algorithms =
  'satisfy enum value set: [SYMMETRIC_DEFAULT, RSAES_OAEP_SHA_1, RSAES_OAEP_SHA_256, SM2PKE]';
const changed = (blob: Uint8Array, at: number) => {
  const bytes = Buffer.from(blob);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  return bytes;
};

golden('Encrypt', (kms, input: EncryptCommand['input']) => kms.send(new EncryptCommand(input)), [
  ['no key', () => ({ Plaintext }), missing('keyId'), model],
  ['no plaintext', ({ key }) => ({ KeyId: key.id }), missing('plaintext'), model],
  [
    'an unknown algorithm',
    ({ key }) => ({ KeyId: key.id, Plaintext, EncryptionAlgorithm: 'ROT13' }),
    constraint("'ROT13' at 'encryptionAlgorithm'", algorithms),
    model,
  ],
  [
    'an algorithm of other keys',
    ({ key }) => ({ KeyId: key.id, Plaintext, EncryptionAlgorithm: 'SM2PKE' }),
    incompatibleAlgorithm,
    recorded,
  ],
  [
    'eleven grant tokens',
    ({ key }) => ({ KeyId: key.id, Plaintext, GrantTokens: Array(11).fill('t') }),
    constraint(
      `'[${Array(11).fill('"t"').join(', ')}]' at 'grantTokens'`,
      'have length less than or equal to 10',
    ),
    model,
  ],
  [
    'an empty grant token',
    ({ key }) => ({ KeyId: key.id, Plaintext, GrantTokens: [''] }),
    constraint("'' at 'grantTokens.1.member'", 'have length greater than or equal to 1'),
    model,
  ],
  [
    'an encryption context with a map in it',
    ({ key }) => ({ KeyId: key.id, Plaintext, EncryptionContext: { pair: { a: 'b' } } }),
    'SerializationException: Start of structure or map found where not expected.',
    own,
  ],
]);

const dataKeyRows: readonly GoldenRow<object>[] = [
  ['no key', () => ({ KeySpec: 'AES_256' }), missing('keyId'), model],
  [
    'an unknown spec',
    ({ key }) => ({ KeyId: key.id, KeySpec: 'AES_512' }),
    constraint("'AES_512' at 'keySpec'", 'satisfy enum value set: [AES_256, AES_128]'),
    model,
  ],
];

golden(
  'GenerateDataKey',
  (kms, input: GenerateDataKeyCommand['input']) => kms.send(new GenerateDataKeyCommand(input)),
  [
    ...dataKeyRows,
    [
      'a recipient',
      ({ key }) => ({ KeyId: key.id, KeySpec: 'AES_256', Recipient: {} }),
      recipientRefused,
      own,
    ],
  ],
);

golden(
  'GenerateDataKeyWithoutPlaintext',
  (kms, input: GenerateDataKeyWithoutPlaintextCommand['input']) =>
    kms.send(new GenerateDataKeyWithoutPlaintextCommand(input)),
  dataKeyRows,
);

const keyPairRows: readonly GoldenRow<object>[] = [
  ['no key', () => ({ KeyPairSpec: 'RSA_2048' }), missing('keyId'), model],
  ['no spec', ({ key }) => ({ KeyId: key.id }), missing('keyPairSpec'), model],
  [
    'an unknown spec',
    ({ key }) => ({ KeyId: key.id, KeyPairSpec: 'RSA_1024' }),
    constraint(
      "'RSA_1024' at 'keyPairSpec'",
      'satisfy enum value set: [RSA_2048, RSA_3072, RSA_4096, ECC_NIST_P256, ECC_NIST_P384, ECC_NIST_P521, ECC_SECG_P256K1, SM2, ECC_NIST_EDWARDS25519, ML_KEM_512, ML_KEM_768, ML_KEM_1024]',
    ),
    model,
  ],
  [
    'SM2 outside the China Regions',
    ({ key }) => ({ KeyId: key.id, KeyPairSpec: 'SM2' }),
    'UnsupportedOperationException: KeyPairSpec SM2 is available in the China Regions only.',
    own,
  ],
  ...['ML_KEM_512', 'ML_KEM_768', 'ML_KEM_1024'].map(
    (spec): GoldenRow<object> => [
      spec,
      ({ key }) => ({ KeyId: key.id, KeyPairSpec: spec }),
      `UnsupportedOperationException: The local AWS can not generate a key pair with KeyPairSpec ${spec}.`,
      own,
    ],
  ),
  [
    'a dry run',
    ({ key }) => ({ KeyId: key.arn, KeyPairSpec: 'RSA_2048', DryRun: true }),
    dryRunSucceeded,
    recorded,
  ],
];

golden(
  'GenerateDataKeyPair',
  (kms, input: GenerateDataKeyPairCommand['input']) => kms.send(new GenerateDataKeyPairCommand(input)),
  [
    ...keyPairRows,
    [
      'a recipient',
      ({ key }) => ({ KeyId: key.id, KeyPairSpec: 'RSA_2048', Recipient: {} }),
      recipientRefused,
      own,
    ],
  ],
);

golden(
  'GenerateDataKeyPairWithoutPlaintext',
  (kms, input: GenerateDataKeyPairWithoutPlaintextCommand['input']) =>
    kms.send(new GenerateDataKeyPairWithoutPlaintextCommand(input)),
  keyPairRows,
);

golden('Decrypt', (kms, input: DecryptCommand['input']) => kms.send(new DecryptCommand(input)), [
  ['no blob', ({ key }) => ({ KeyId: key.id }), missing('ciphertextBlob'), reference],
  [
    'an empty blob',
    () => ({ CiphertextBlob: new Uint8Array() }),
    constraint("at 'ciphertextBlob'", 'have length greater than or equal to 1'),
    model,
  ],
  [
    'a blob of 6145 bytes',
    () => ({ CiphertextBlob: new Uint8Array(6145) }),
    constraint("at 'ciphertextBlob'", 'have length less than or equal to 6144'),
    model,
  ],
  [
    'no encryption context, where there was one',
    ({ blob }) => ({ CiphertextBlob: blob }),
    'InvalidCiphertextException',
    recorded,
  ],
  [
    'a blob with something after it',
    ({ blob }) => ({
      CiphertextBlob: Buffer.concat([blob, Buffer.from('bad_data')]),
      EncryptionContext: context,
    }),
    'InvalidCiphertextException',
    recorded,
  ],
  [
    'a blob whose key id is damaged',
    ({ blob }) => ({ CiphertextBlob: changed(blob, 5), EncryptionContext: context }),
    'InvalidCiphertextException',
    recorded,
  ],
  [
    'bytes that were never a blob',
    ({ key }) => ({ CiphertextBlob: Buffer.from('not sealed by anybody'), KeyId: key.id }),
    'InvalidCiphertextException',
    recorded,
  ],
  [
    'the id of another key',
    ({ blob, other }) => ({ CiphertextBlob: blob, KeyId: other.id, EncryptionContext: context }),
    incorrectKey,
    recorded,
  ],
  [
    'an algorithm of other keys',
    ({ blob }) => ({ CiphertextBlob: blob, EncryptionContext: context, EncryptionAlgorithm: 'SM2PKE' }),
    incompatibleAlgorithm,
    recorded,
  ],
  [
    'a recipient',
    ({ blob }) => ({ CiphertextBlob: blob, EncryptionContext: context, Recipient: {} }),
    recipientRefused,
    own,
  ],
  [
    'a dry run',
    ({ blob }) => ({ CiphertextBlob: blob, EncryptionContext: context, DryRun: true }),
    dryRunSucceeded,
    recorded,
  ],
  [
    'a dry run that ignores the ciphertext',
    ({ alias }) => ({ KeyId: alias, DryRun: true, DryRunModifiers: ['IGNORE_CIPHERTEXT'] }),
    dryRunSucceeded,
    reference,
  ],
  [
    'a dry run that ignores the ciphertext, without a key',
    () => ({ DryRun: true, DryRunModifiers: ['IGNORE_CIPHERTEXT'] }),
    'ValidationException: A dry run that ignores the ciphertext has to name the key that is to decrypt.',
    own,
  ],
  [
    'an ignored ciphertext without a dry run',
    ({ key }) => ({ KeyId: key.id, DryRunModifiers: ['IGNORE_CIPHERTEXT'] }),
    missing('ciphertextBlob'),
    reference,
  ],
  [
    'a dry run with an unknown modifier',
    ({ key }) => ({ KeyId: key.id, DryRun: true, DryRunModifiers: ['IGNORE_ALL'] }),
    constraint("'IGNORE_ALL' at 'dryRunModifiers.1.member'", 'satisfy enum value set: [IGNORE_CIPHERTEXT]'),
    model,
  ],
]);
