import { AwsError } from '../../api/errors.ts';
import { structure } from '../../api/members.ts';
import type { KeyRecord } from '../key.ts';
import { keyByAnyIdentifier, keyByIdOrArn } from '../key-identifier.ts';
import { keyResources, kmsOperation } from '../kms.ts';
import { keyId } from '../shapes.ts';

/*
 * The operations of keys that the local AWS doesn't make: asymmetric and HMAC keys, multi-Region keys, keys with imported
 * material or in a custom key store. Where AWS has an answer for a symmetric key of the plain kind, which is what every
 * key here is, that is the answer (the texts are those of recorded answers). Else the answer says what is missing.
 */

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

/** An operation that finds its key, and then refuses it. */
const refusedForKey = (
  name: string,
  find: typeof keyByIdOrArn,
  refusal: (key: KeyRecord) => AwsError,
  readOnly: boolean,
) =>
  kmsOperation({
    name,
    input: structure({ KeyId: keyId }),
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
  ...['Sign', 'Verify', 'GenerateMac', 'VerifyMac', 'DeriveSharedSecret', 'Encapsulate', 'Decapsulate'].map(
    (name) => refusedForKey(name, keyByAnyIdentifier, wrongKeyUsage(name), true),
  ),
  refusedForKey('GetPublicKey', keyByAnyIdentifier, noPublicKey, true),
  refusedForKey('GetParametersForImport', keyByIdOrArn, wrongOrigin, true),
  refusedForKey('ImportKeyMaterial', keyByIdOrArn, wrongOrigin, false),
  refusedForKey('DeleteImportedKeyMaterial', keyByIdOrArn, wrongOrigin, false),
  refusedForKey('ReplicateKey', keyByIdOrArn, notMultiRegion, false),
  refusedForKey('UpdatePrimaryRegion', keyByIdOrArn, notMultiRegion, false),
  refused('GenerateDataKeyPair', 'asymmetric data key pairs', true),
  refused('GenerateDataKeyPairWithoutPlaintext', 'asymmetric data key pairs', true),
  refused('GetKeyLastUsage', 'record of the last use of a key outside CloudTrail', true),
  refused('CreateCustomKeyStore', 'custom key stores', false),
  refused('ConnectCustomKeyStore', 'custom key stores', false),
  refused('DescribeCustomKeyStores', 'custom key stores', true),
  refused('DisconnectCustomKeyStore', 'custom key stores', false),
  refused('UpdateCustomKeyStore', 'custom key stores', false),
  refused('DeleteCustomKeyStore', 'custom key stores', false),
];
