import { AwsError } from '../../api/errors.ts';
import { blob, boolean, oneOf, structure, text, timestamp } from '../../api/members.ts';
import type { MemberShapes } from '../../api/shape.ts';
import type { KeyRecord } from '../key.ts';
import { keyByAnyIdentifier, keyByIdOrArn } from '../key-identifier.ts';
import { keyResources, kmsOperation } from '../kms-operation.ts';
import { recipient } from '../recipient.ts';
import { grantTokens, keyId, policy, tags } from '../shapes.ts';

/*
 * The operations of keys that the local AWS doesn't make: asymmetric and HMAC keys, multi-Region keys, keys with imported
 * material or in a custom key store. Where AWS has an answer for a symmetric key of the plain kind, which is what every
 * key here is, that is the answer (the texts are those of recorded answers), once the parameters are valid. Else the
 * answer says what is missing.
 */

const grantAndDryRun = { GrantTokens: grantTokens.optional(), DryRun: boolean().optional() };

const message = blob({ min: 1, max: 4096 });
const ciphertext = blob({ min: 1, max: 6144 });
const region = text({ min: 1, max: 32, pattern: /^([a-z]+-){2,3}\d+$/ });
const keyMaterialId = text({ min: 64, max: 64, pattern: /^[a-f0-9]+$/ });

const signing = {
  Message: message,
  SigningAlgorithm: oneOf([
    'RSASSA_PSS_SHA_256',
    'RSASSA_PSS_SHA_384',
    'RSASSA_PSS_SHA_512',
    'RSASSA_PKCS1_V1_5_SHA_256',
    'RSASSA_PKCS1_V1_5_SHA_384',
    'RSASSA_PKCS1_V1_5_SHA_512',
    'ECDSA_SHA_256',
    'ECDSA_SHA_384',
    'ECDSA_SHA_512',
    'SM2DSA',
    'ML_DSA_SHAKE_256',
    'ED25519_SHA_512',
    'ED25519_PH_SHA_512',
  ]),
  MessageType: oneOf(['RAW', 'DIGEST', 'EXTERNAL_MU']).optional(),
  ...grantAndDryRun,
};

const mac = {
  Message: message,
  // In the order of the recorded answer to an unknown one.
  MacAlgorithm: oneOf(['HMAC_SHA_384', 'HMAC_SHA_256', 'HMAC_SHA_224', 'HMAC_SHA_512']),
  ...grantAndDryRun,
};

const encapsulation = { EncapsulationAlgorithm: oneOf(['ML_KEM']), ...grantAndDryRun };

const wrongKeyUsage = (name: string) => (key: KeyRecord) =>
  new AwsError(
    'InvalidKeyUsageException',
    `${key.arn} key usage is ENCRYPT_DECRYPT which is not valid for ${name}.`,
  );

const unsupported = (message: string) => new AwsError('UnsupportedOperationException', message);

const wrongOrigin = (key: KeyRecord) =>
  unsupported(`${key.arn} origin is AWS_KMS which is not valid for this operation.`);

const notMultiRegion = (key: KeyRecord) => unsupported(`${key.arn} is not a multi-region primary key.`);

const noPublicKey = (key: KeyRecord) =>
  unsupported(`${key.arn} is a symmetric encryption key, which has no public key.`);

/**
 * An operation that finds its key, and then refuses it.
 *
 * @param members what it takes beside the key
 */
const refusedForKey = (
  name: string,
  members: MemberShapes,
  find: typeof keyByIdOrArn,
  refusal: (key: KeyRecord) => AwsError,
  readOnly: boolean,
) =>
  kmsOperation({
    name,
    input: structure({ ...members, KeyId: keyId }),
    target: (kms, input) => ({ key: find(kms, input.KeyId) }),
    permissions: (_input, { key }) => [{ action: `kms:${name}`, resource: key }],
    run(_kms, _input, { key }): object {
      throw refusal(key);
    },
    trail: {
      readOnly,
      requestParameters: (input) => ({ keyId: input.KeyId }),
      resources: ({ key }) => keyResources(key),
    },
  });

/** Makes a cryptographic operation of keys with another usage. */
const refusedForUsage = (name: string, members: MemberShapes) =>
  refusedForKey(name, members, keyByAnyIdentifier, wrongKeyUsage(name), true);

/** An operation that the local AWS doesn't have. */
const refused = (name: string, lack: string, readOnly: boolean) =>
  kmsOperation({
    name,
    input: structure({}),
    target: () => null,
    permissions: () => [{ action: `kms:${name}` }],
    run(): object {
      throw unsupported(`The local AWS does not support ${name}: it has no ${lack}.`);
    },
    trail: { readOnly },
  });

export const outOfScope = [
  refusedForUsage('Sign', signing),
  refusedForUsage('Verify', { ...signing, Signature: ciphertext }),
  refusedForUsage('GenerateMac', mac),
  refusedForUsage('VerifyMac', { ...mac, Mac: ciphertext }),
  refusedForUsage('DeriveSharedSecret', {
    KeyAgreementAlgorithm: oneOf(['ECDH']),
    PublicKey: blob({ min: 1, max: 8192 }),
    Recipient: recipient.optional(),
    ...grantAndDryRun,
  }),
  refusedForUsage('Encapsulate', encapsulation),
  refusedForUsage('Decapsulate', { ...encapsulation, SharedSecretCiphertextBlob: ciphertext }),
  refusedForKey(
    'GetPublicKey',
    { GrantTokens: grantTokens.optional() },
    keyByAnyIdentifier,
    noPublicKey,
    true,
  ),
  refusedForKey(
    'GetParametersForImport',
    {
      WrappingAlgorithm: oneOf([
        'RSAES_PKCS1_V1_5',
        'RSAES_OAEP_SHA_1',
        'RSAES_OAEP_SHA_256',
        'RSA_AES_KEY_WRAP_SHA_1',
        'RSA_AES_KEY_WRAP_SHA_256',
        'SM2PKE',
      ]),
      WrappingKeySpec: oneOf(['RSA_2048', 'RSA_3072', 'RSA_4096', 'SM2']),
    },
    keyByIdOrArn,
    wrongOrigin,
    true,
  ),
  refusedForKey(
    'ImportKeyMaterial',
    {
      ImportToken: ciphertext,
      EncryptedKeyMaterial: ciphertext,
      ValidTo: timestamp().optional(),
      ExpirationModel: oneOf(['KEY_MATERIAL_EXPIRES', 'KEY_MATERIAL_DOES_NOT_EXPIRE']).optional(),
      ImportType: oneOf(['NEW_KEY_MATERIAL', 'EXISTING_KEY_MATERIAL']).optional(),
      KeyMaterialDescription: text({ max: 256, pattern: /^[a-zA-Z0-9:/_\s.-]+$/ }).optional(),
      KeyMaterialId: keyMaterialId.optional(),
    },
    keyByIdOrArn,
    wrongOrigin,
    false,
  ),
  refusedForKey(
    'DeleteImportedKeyMaterial',
    { KeyMaterialId: keyMaterialId.optional() },
    keyByIdOrArn,
    wrongOrigin,
    false,
  ),
  refusedForKey(
    'ReplicateKey',
    {
      ReplicaRegion: region,
      Policy: policy.optional(),
      BypassPolicyLockoutSafetyCheck: boolean().optional(),
      Description: text({ max: 8192 }).optional(),
      Tags: tags.optional(),
    },
    keyByIdOrArn,
    notMultiRegion,
    false,
  ),
  refusedForKey('UpdatePrimaryRegion', { PrimaryRegion: region }, keyByIdOrArn, notMultiRegion, false),
  refused('GetKeyLastUsage', 'record of the last use of a key outside CloudTrail', true),
  refused('CreateCustomKeyStore', 'custom key stores', false),
  refused('ConnectCustomKeyStore', 'custom key stores', false),
  refused('DescribeCustomKeyStores', 'custom key stores', true),
  refused('DisconnectCustomKeyStore', 'custom key stores', false),
  refused('UpdateCustomKeyStore', 'custom key stores', false),
  refused('DeleteCustomKeyStore', 'custom key stores', false),
];
