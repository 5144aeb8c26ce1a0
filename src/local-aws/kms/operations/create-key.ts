import { randomUUID } from 'node:crypto';
import { keyArn } from '../../account.ts';
import { AwsError, validationError } from '../../api/errors.ts';
import { boolean, oneOf, structure, text } from '../../api/members.ts';
import { trailDate, trailMembers } from '../../api/trail-members.ts';
import { keyMetadata, newKey } from '../key.ts';
import {
  bypassCondition,
  defaultKeyPolicy,
  requireChangeable,
  requireUsableKeyPolicy,
} from '../key-policy.ts';
import { withTags } from '../key-tags.ts';
import { kmsOperation, trailResource } from '../kms-operation.ts';
import { tagConditions } from '../request-conditions.ts';
import { policy, tags } from '../shapes.ts';

/** The values of the deprecated CustomerMasterKeySpec, which got none of the newer ones. */
const customerMasterKeySpecs = [
  'RSA_2048',
  'ECC_NIST_P384',
  'ECC_NIST_P256',
  'ECC_NIST_P521',
  'HMAC_384',
  'RSA_3072',
  'ECC_SECG_P256K1',
  'RSA_4096',
  'SYMMETRIC_DEFAULT',
  'HMAC_256',
  'HMAC_224',
  'HMAC_512',
  'SM2',
] as const;

const keySpecs = [
  ...customerMasterKeySpecs,
  'ML_DSA_44',
  'ML_DSA_65',
  'ML_DSA_87',
  'ECC_NIST_EDWARDS25519',
  'ML_KEM_512',
  'ML_KEM_768',
  'ML_KEM_1024',
] as const;

const keyUsages = [
  'ENCRYPT_DECRYPT',
  'SIGN_VERIFY',
  'GENERATE_VERIFY_MAC',
  'KEY_AGREEMENT',
  'ENCAPSULATE_DECAPSULATE',
] as const;

/** Makes a symmetric encryption key. The key and its alias are two calls: whoever makes the first can fail the second. */
export const createKey = kmsOperation({
  name: 'CreateKey',
  input: structure({
    Policy: policy.optional(),
    Description: text({ max: 8192 }).default(''),
    KeyUsage: oneOf(keyUsages).optional(),
    CustomerMasterKeySpec: oneOf(customerMasterKeySpecs).optional(),
    KeySpec: oneOf(keySpecs).optional(),
    Origin: oneOf(['AWS_KMS', 'EXTERNAL', 'AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE']).default('AWS_KMS'),
    CustomKeyStoreId: text({ min: 1, max: 64 }).optional(),
    XksKeyId: text({ min: 1, max: 128, pattern: /^[a-zA-Z0-9-_.]+$/ }).optional(),
    BypassPolicyLockoutSafetyCheck: boolean().optional(),
    Tags: tags.default([]),
    MultiRegion: boolean().default(false),
  }),

  target(_kms, input) {
    return { keySpec: input.KeySpec ?? input.CustomerMasterKeySpec ?? 'SYMMETRIC_DEFAULT' };
  },

  permissions(input, { keySpec }, kms) {
    // Tagging is asked for on a key of which nothing is known yet, not even the id (CreateKey in the KMS API reference).
    return [
      {
        action: 'kms:CreateKey',
        conditions: () => ({
          'kms:KeySpec': keySpec,
          'kms:KeyUsage': input.KeyUsage ?? 'ENCRYPT_DECRYPT',
          'kms:KeyOrigin': input.Origin,
          'kms:MultiRegion': String(input.MultiRegion),
          ...bypassCondition(input.BypassPolicyLockoutSafetyCheck),
          ...tagConditions(input.Tags),
        }),
      },
      ...(input.Tags.length === 0
        ? []
        : [
            {
              action: 'kms:TagResource',
              resource: { arn: keyArn(kms.account, randomUUID()) },
              conditions: () => tagConditions(input.Tags),
              namedBy: 'nothing' as const,
            },
          ]),
    ];
  },

  run(kms, input, { keySpec }, caller, authorize) {
    if (input.KeySpec !== undefined && input.CustomerMasterKeySpec !== undefined) {
      throw validationError(
        'You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.',
      );
    }
    requireCompatibleUsage(keySpec, input.KeyUsage);
    if (keySpec !== 'SYMMETRIC_DEFAULT') throw notMadeHere(`KeySpec ${keySpec}`);
    if (input.Origin !== 'AWS_KMS') throw notMadeHere(`Origin ${input.Origin}`);
    if (input.CustomKeyStoreId !== undefined) throw notMadeHere('a CustomKeyStoreId');
    if (input.XksKeyId !== undefined) throw notMadeHere('an XksKeyId');
    if (input.MultiRegion) throw notMadeHere('MultiRegion true');
    if (input.Policy !== undefined) requireUsableKeyPolicy(kms, input.Policy);
    const key = newKey(kms.account, kms.clock.now(), {
      description: input.Description,
      tags: withTags([], input.Tags),
      policy: input.Policy ?? defaultKeyPolicy(kms.account),
    });
    if (input.Policy !== undefined && !input.BypassPolicyLockoutSafetyCheck) {
      requireChangeable(kms, key, caller, authorize);
    }
    kms.state.putKey(key);
    return { KeyMetadata: keyMetadata(kms.account, key) };
  },

  trail: {
    readOnly: false,
    requestParameters: ({ Policy, Tags, ...input }) =>
      trailMembers({
        ...input,
        Policy,
        BypassPolicyLockoutSafetyCheck: input.BypassPolicyLockoutSafetyCheck ?? false,
        KeyUsage: input.KeyUsage ?? 'ENCRYPT_DECRYPT',
        KeySpec: input.KeySpec ?? 'SYMMETRIC_DEFAULT',
        CustomerMasterKeySpec: input.CustomerMasterKeySpec ?? 'SYMMETRIC_DEFAULT',
        Tags: Tags.length > 0 ? Tags.map((tag) => trailMembers({ ...tag })) : undefined,
      }),
    responseElements: ({ KeyMetadata }) => ({
      keyMetadata: trailMembers({ ...KeyMetadata, CreationDate: trailDate(KeyMetadata.CreationDate * 1000) }),
    }),
    resources: (_target, output) => (output ? [trailResource({ arn: output.KeyMetadata.Arn })] : []),
  },
});

/** Usages that each key spec allows: KeyUsage in CreateKey of the KMS API reference. */
const usages: readonly [keySpec: RegExp, usages: readonly (typeof keyUsages)[number][]][] = [
  [/^SYMMETRIC_DEFAULT$/, ['ENCRYPT_DECRYPT']],
  [/^RSA_/, ['ENCRYPT_DECRYPT', 'SIGN_VERIFY']],
  [/^ECC_NIST_P/, ['SIGN_VERIFY', 'KEY_AGREEMENT']],
  [/^ECC_SECG_|^ECC_NIST_EDWARDS|^ML_DSA_/, ['SIGN_VERIFY']],
  [/^SM2$/, ['ENCRYPT_DECRYPT', 'SIGN_VERIFY', 'KEY_AGREEMENT']],
  [/^HMAC_/, ['GENERATE_VERIFY_MAC']],
  [/^ML_KEM_/, ['ENCAPSULATE_DECAPSULATE']],
];

/** @throws {AwsError} `ValidationException`, with the texts of recorded answers */
function requireCompatibleUsage(
  keySpec: (typeof keySpecs)[number],
  usage: (typeof keyUsages)[number] | undefined,
): void {
  if (usage === undefined) {
    if (keySpec === 'SYMMETRIC_DEFAULT') return;
    throw validationError(
      'You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.',
    );
  }
  const compatible = usages.some(([specs, those]) => specs.test(keySpec) && those.includes(usage));
  if (!compatible) throw validationError(`KeyUsage ${usage} is not compatible with KeySpec ${keySpec}`);
}

/** Valid on AWS, but not something that the local AWS has: said plainly, and by an error that CreateKey declares. */
const notMadeHere = (what: string) =>
  new AwsError(
    'UnsupportedOperationException',
    `The local AWS makes symmetric encryption keys with AWS_KMS as their origin, in one Region; it can't make a key with ${what}.`,
  );
