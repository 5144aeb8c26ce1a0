import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { AwsError } from '../api/errors.ts';
import { boolean, oneOf } from '../api/members.ts';
import { type EncryptionContext, seal } from './ciphertext-blob.ts';
import { currentMaterial, type KeyRecord } from './key.ts';
import { keyResources } from './kms-operation.ts';
import { encryptionContext, grantTokens, keyId } from './shapes.ts';

const keyPairSpecs = [
  'RSA_2048',
  'RSA_3072',
  'RSA_4096',
  'ECC_NIST_P256',
  'ECC_NIST_P384',
  'ECC_NIST_P521',
  'ECC_SECG_P256K1',
  'SM2',
  'ECC_NIST_EDWARDS25519',
  'ML_KEM_512',
  'ML_KEM_768',
  'ML_KEM_1024',
] as const;

type KeyPairSpec = (typeof keyPairSpecs)[number];

/** Members of GenerateDataKeyPair and GenerateDataKeyPairWithoutPlaintext, which take the same. */
export const dataKeyPairRequest = {
  KeyId: keyId,
  KeyPairSpec: oneOf(keyPairSpecs),
  EncryptionContext: encryptionContext.optional(),
  GrantTokens: grantTokens.optional(),
  DryRun: boolean().optional(),
};

interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

// On the thread pool: an RSA key of 4096 bits takes about a second, in which the server answers other calls.
const generate = promisify(generateKeyPair);

const rsa = (modulusLength: number) => () => generate('rsa', { modulusLength });
const ec = (namedCurve: string) => () => generate('ec', { namedCurve });

const generators: Readonly<Partial<Record<KeyPairSpec, () => Promise<KeyPair>>>> = {
  RSA_2048: rsa(2048),
  RSA_3072: rsa(3072),
  RSA_4096: rsa(4096),
  ECC_NIST_P256: ec('P-256'),
  ECC_NIST_P384: ec('P-384'),
  ECC_NIST_P521: ec('P-521'),
  ECC_SECG_P256K1: ec('secp256k1'),
  ECC_NIST_EDWARDS25519: () => generate('ed25519', {}),
};

/**
 * Finds the generator of key pairs of a spec.
 *
 * @throws {AwsError} `UnsupportedOperationException` for SM2, which only the China Regions have, and for ML-KEM, which
 *   Node.js 20 has not
 */
export function keyPairGenerator(spec: KeyPairSpec): () => Promise<KeyPair> {
  const generator = generators[spec];
  if (generator) return generator;
  throw new AwsError(
    'UnsupportedOperationException',
    spec === 'SM2'
      ? 'KeyPairSpec SM2 is available in the China Regions only.'
      : `The local AWS can not generate a key pair with KeyPairSpec ${spec}.`,
  );
}

/** The PrivateKeyInfo of RFC 5208, in DER, as the API reference of GenerateDataKeyPair says. */
export const privateKeyInfo = ({ privateKey }: KeyPair): Buffer =>
  privateKey.export({ type: 'pkcs8', format: 'der' });

/** Members of the answers of both operations. The public key is the SubjectPublicKeyInfo of RFC 5280, in DER. */
export function sealedKeyPair(
  key: KeyRecord,
  pair: KeyPair,
  request: { KeyPairSpec: KeyPairSpec; EncryptionContext?: EncryptionContext | undefined },
) {
  return {
    PrivateKeyCiphertextBlob: seal(key, privateKeyInfo(pair), request.EncryptionContext).toString('base64'),
    PublicKey: pair.publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    KeyId: key.arn,
    KeyPairSpec: request.KeyPairSpec,
    KeyMaterialId: currentMaterial(key).id,
  };
}

/** As in the examples of the KMS developer guide, ct-generatedatakeypair.html and ct-generatedatakeypairwithoutplaintext.html. */
export const dataKeyPairTrail = {
  readOnly: true,
  requestParameters: (request: {
    KeyId: string;
    KeyPairSpec: KeyPairSpec;
    EncryptionContext?: EncryptionContext | undefined;
  }) => ({
    keyPairSpec: request.KeyPairSpec,
    encryptionContext: request.EncryptionContext,
    keyId: request.KeyId,
  }),
  resources: ({ key }: { key: KeyRecord }) => keyResources(key),
  additionalEventData: (output: { KeyMaterialId: string }) => ({ keyMaterialId: output.KeyMaterialId }),
};
