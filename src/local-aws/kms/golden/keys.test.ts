import {
  CreateKeyCommand,
  KeySpec,
  KeyUsageType,
  ListKeysCommand,
  ScheduleKeyDeletionCommand,
  UpdateKeyDescriptionCommand,
} from '@aws-sdk/client-kms';
import { expect, test } from 'vitest';
import { constraint, type GoldenRow, golden, missing, source, startWorld } from './golden-answers.ts';

startWorld();

const { model, own, recorded, reported } = source;

const _keySpecs =
  'satisfy enum value set: [RSA_2048, ECC_NIST_P384, ECC_NIST_P256, ECC_NIST_P521, HMAC_384, RSA_3072, ECC_SECG_P256K1, RSA_4096, SYMMETRIC_DEFAULT, HMAC_256, HMAC_224, HMAC_512';
const _keyUsages =
  'satisfy enum value set: [ENCRYPT_DECRYPT, SIGN_VERIFY, GENERATE_VERIFY_MAC, KEY_AGREEMENT, ENCAPSULATE_DECAPSULATE]';
const policyPattern = 'satisfy regular expression pattern: [\\u0009\\u000A\\u000D\\u0020-\\u00FF]+';
const notMade = (what: string) =>
  `UnsupportedOperationException: The local AWS makes symmetric encryption keys with AWS_KMS as their origin, in one Region; it can't make a key with ${what}.`;

/** Kinds of key that AWS has and the local AWS doesn't: refused, never made as something else. */
const otherKinds: readonly GoldenRow<object>[] = [
  ['an RSA key', () => ({ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' }), notMade('KeySpec RSA_2048'), own],
  [
    'an RSA key, asked for the old way',
    () => ({ CustomerMasterKeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' }),
    notMade('KeySpec RSA_2048'),
    own,
  ],
  [
    'an HMAC key',
    () => ({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' }),
    notMade('KeySpec HMAC_256'),
    own,
  ],
  ['a multi-Region key', () => ({ MultiRegion: true }), notMade('MultiRegion true'), own],
  ['imported key material', () => ({ Origin: 'EXTERNAL' }), notMade('Origin EXTERNAL'), own],
  ['a CloudHSM key store', () => ({ Origin: 'AWS_CLOUDHSM' }), notMade('Origin AWS_CLOUDHSM'), own],
  [
    'an external key store',
    () => ({ Origin: 'EXTERNAL_KEY_STORE', XksKeyId: 'bb8562717f809024' }),
    notMade('Origin EXTERNAL_KEY_STORE'),
    own,
  ],
  [
    'a custom key store',
    () => ({ CustomKeyStoreId: 'cks-1234567890abcdef0' }),
    notMade('a CustomKeyStoreId'),
    own,
  ],
  ['an external key', () => ({ XksKeyId: 'bb8562717f809024' }), notMade('an XksKeyId'), own],
];

/** AWS's usages for each key spec (KeyUsage of CreateKey in the API reference). The sentences are recorded answers. */
const usagesOfSpecs: Readonly<Record<string, readonly string[]>> = {
  SYMMETRIC_DEFAULT: ['ENCRYPT_DECRYPT'],
  RSA_2048: ['ENCRYPT_DECRYPT', 'SIGN_VERIFY'],
  RSA_3072: ['ENCRYPT_DECRYPT', 'SIGN_VERIFY'],
  RSA_4096: ['ENCRYPT_DECRYPT', 'SIGN_VERIFY'],
  ECC_NIST_P256: ['SIGN_VERIFY', 'KEY_AGREEMENT'],
  ECC_NIST_P384: ['SIGN_VERIFY', 'KEY_AGREEMENT'],
  ECC_NIST_P521: ['SIGN_VERIFY', 'KEY_AGREEMENT'],
  ECC_NIST_EDWARDS25519: ['SIGN_VERIFY'],
  ECC_SECG_P256K1: ['SIGN_VERIFY'],
  HMAC_224: ['GENERATE_VERIFY_MAC'],
  HMAC_256: ['GENERATE_VERIFY_MAC'],
  HMAC_384: ['GENERATE_VERIFY_MAC'],
  HMAC_512: ['GENERATE_VERIFY_MAC'],
  SM2: ['ENCRYPT_DECRYPT', 'SIGN_VERIFY', 'KEY_AGREEMENT'],
  ML_DSA_44: ['SIGN_VERIFY'],
  ML_DSA_65: ['SIGN_VERIFY'],
  ML_DSA_87: ['SIGN_VERIFY'],
  ML_KEM_512: ['ENCAPSULATE_DECAPSULATE'],
  ML_KEM_768: ['ENCAPSULATE_DECAPSULATE'],
  ML_KEM_1024: ['ENCAPSULATE_DECAPSULATE'],
};

test('the table of usages has every key spec', () => {
  expect(Object.keys(usagesOfSpecs).sort()).toEqual(Object.values(KeySpec).sort());
});

/** Every spec with every usage; but for the one combination that is made. */
const specsWithUsages = Object.entries(usagesOfSpecs).flatMap(([spec, usages]) =>
  Object.values(KeyUsageType)
    .filter((usage) => `${spec} ${usage}` !== 'SYMMETRIC_DEFAULT ENCRYPT_DECRYPT')
    .map(
      (usage): GoldenRow<object> => [
        `${spec} for ${usage}`,
        () => ({ KeySpec: spec, KeyUsage: usage }),
        usages.includes(usage)
          ? notMade(`KeySpec ${spec}`)
          : `ValidationException: KeyUsage ${usage} is not compatible with KeySpec ${spec}`,
        usages.includes(usage) ? own : recorded,
      ],
    ),
);

const badTag = 'TagException: Invalid tag';

golden('CreateKey', (kms, input: CreateKeyCommand['input']) => kms.send(new CreateKeyCommand(input)), [
  ...otherKinds,
  ...specsWithUsages,
  [
    'an ampersand in a tag',
    () => ({ Tags: [{ TagKey: 'Owner', TagValue: 'My & My Team' }] }),
    badTag,
    reported,
  ],
  [
    'an unknown origin',
    () => ({ Origin: 'ELSEWHERE' }),
    constraint(
      "'ELSEWHERE' at 'origin'",
      'satisfy enum value set: [AWS_KMS, EXTERNAL, AWS_CLOUDHSM, EXTERNAL_KEY_STORE]',
    ),
    model,
  ],
  [
    'a usage that does not go with the spec',
    () => ({ KeyUsage: 'KEY_AGREEMENT' }),
    // Recorded for RSA_2048.
    'ValidationException: KeyUsage KEY_AGREEMENT is not compatible with KeySpec SYMMETRIC_DEFAULT',
    recorded,
  ],
  [
    'an empty policy',
    () => ({ Policy: '' }),
    // Both constraints are broken; which one AWS names first isn't public.
    `ValidationException: 2 validation errors detected: Value '' at 'policy' failed to satisfy constraint: Member must have length greater than or equal to 1; Value '' at 'policy' failed to satisfy constraint: Member must ${policyPattern}`,
    model,
  ],
  [
    'a policy with a character outside Latin-1',
    () => ({ Policy: '€' }),
    constraint("'€' at 'policy'", policyPattern),
    model,
  ],
  ['a tag without a value', () => ({ Tags: [{ TagKey: 'k' }] }), missing('tags.1.member.tagValue'), model],
]);

function _tag(TagKey: string) {
  return { TagKey, TagValue: '' };
}

golden(
  'UpdateKeyDescription',
  (kms, input: UpdateKeyDescriptionCommand['input']) => kms.send(new UpdateKeyDescriptionCommand(input)),
  [
    ['no key', () => ({ Description: 'another' }), missing('keyId'), model],
    ['no description', ({ key }) => ({ KeyId: key.id }), missing('description'), model],
    [
      'a description of 8193 characters',
      ({ key }) => ({ KeyId: key.id, Description: 'd'.repeat(8193) }),
      constraint(`'${'d'.repeat(8193)}' at 'description'`, 'have length less than or equal to 8192'),
      model,
    ],
  ],
);

const outsideWindow = (days: number) =>
  `ValidationException: PendingWindowInDays must be between 7 and 30, inclusive: ${days}`;

golden(
  'ScheduleKeyDeletion',
  (kms, input: ScheduleKeyDeletionCommand['input']) => kms.send(new ScheduleKeyDeletionCommand(input)),
  [
    // The API reference allows 7 to 30, which the model doesn't know.
    ['6 days', ({ key }) => ({ KeyId: key.id, PendingWindowInDays: 6 }), outsideWindow(6), own],
    ['31 days', ({ key }) => ({ KeyId: key.id, PendingWindowInDays: 31 }), outsideWindow(31), own],
  ],
);

golden('ListKeys', (kms, input: ListKeysCommand['input']) => kms.send(new ListKeysCommand(input)), [
  [
    'an empty marker',
    () => ({ Marker: '' }),
    constraint("'' at 'marker'", 'have length greater than or equal to 1'),
    model,
  ],
  [
    'a marker with a character outside Latin-1',
    () => ({ Marker: '€' }),
    constraint("'€' at 'marker'", 'satisfy regular expression pattern: [\\u0020-\\u00FF]*'),
    model,
  ],
  ['a marker of nobody', () => ({ Marker: 'abc' }), 'InvalidMarkerException: Invalid marker: abc', own],
]);
