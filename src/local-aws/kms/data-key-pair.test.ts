import { createPrivateKey, createPublicKey } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import {
  CreateGrantCommand,
  type DataKeyPairSpec,
  DecryptCommand,
  GenerateDataKeyPairCommand,
  GenerateDataKeyPairWithoutPlaintextCommand,
  type KMSClient,
} from '@aws-sdk/client-kms';
import { describe, expect } from 'vitest';
import { newAccount } from '../account.ts';
import { Identities } from '../authorization/identities.ts';
import { newUser } from '../authorization/principal.ts';
import { ManualClock } from '../clock.ts';
import { errorOf, test } from '../testing/local-aws-under-test.ts';
import { allowing, startShared, userArn } from '../testing/principals-under-test.ts';
import { newKey } from './key.ts';
import { generateDataKeyPair } from './operations/generate-data-key-pair.ts';
import { KmsState } from './state.ts';

const EncryptionContext = { purpose: 'test' };

/** Node's description of a key of each spec (KMS developer guide, symm-asymm-choose-key-spec.html). RSA_4096 has a test of its own. */
const kinds: Partial<Record<DataKeyPairSpec, object>> = {
  RSA_2048: { kty: 'RSA', modulusLength: 2048 },
  RSA_3072: { kty: 'RSA', modulusLength: 3072 },
  ECC_NIST_P256: { kty: 'EC', crv: 'P-256' },
  ECC_NIST_P384: { kty: 'EC', crv: 'P-384' },
  ECC_NIST_P521: { kty: 'EC', crv: 'P-521' },
  ECC_SECG_P256K1: { kty: 'EC', crv: 'secp256k1' },
  ECC_NIST_EDWARDS25519: { kty: 'OKP', crv: 'Ed25519' },
};

const der = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []);

/** Describes a public key in the terms of `kinds`. */
function kindOf(publicKey: Buffer): object {
  const key = createPublicKey({ key: publicKey, type: 'spki', format: 'der' });
  const { kty, crv } = key.export({ format: 'jwk' });
  const modulusLength = key.asymmetricKeyDetails?.modulusLength;
  return { kty, ...(crv && { crv }), ...(modulusLength && { modulusLength }) };
}

/** The public half of a private key. */
const publicKeyOf = (privateKey: Buffer) =>
  createPublicKey(createPrivateKey({ key: privateKey, type: 'pkcs8', format: 'der' })).export({
    type: 'spki',
    format: 'der',
  });

describe('a data key pair', () => {
  test.for(Object.entries(kinds))(
    'of %s has its two halves in DER, and the sealed one decrypts to the private key',
    async ([spec, kind], { local }) => {
      const { id, arn } = await local.newKey();
      const KeyPairSpec = spec as DataKeyPairSpec;
      const pair = await local.kms.send(
        new GenerateDataKeyPairCommand({ KeyId: id, KeyPairSpec, EncryptionContext }),
      );
      expect(pair).toMatchObject({ KeyId: arn, KeyPairSpec });
      expect(kindOf(der(pair.PublicKey))).toEqual(kind);
      expect(publicKeyOf(der(pair.PrivateKeyPlaintext))).toEqual(der(pair.PublicKey));

      const sealed = { CiphertextBlob: pair.PrivateKeyCiphertextBlob };
      const opened = await local.kms.send(new DecryptCommand({ ...sealed, EncryptionContext }));
      expect(opened.Plaintext).toEqual(pair.PrivateKeyPlaintext);
      expect(pair.KeyMaterialId).toMatch(/^[0-9a-f]{64}$/);
      expect(opened.KeyMaterialId).toBe(pair.KeyMaterialId);
      expect(await errorOf(local.kms.send(new DecryptCommand(sealed)))).toMatchObject({
        name: 'InvalidCiphertextException',
      });
    },
  );

  test('without plaintext has only the encrypted private key', async ({ local }) => {
    const { id, arn } = await local.newKey();
    const KeyPairSpec = 'ECC_NIST_P256';
    const pair = await local.kms.send(
      new GenerateDataKeyPairWithoutPlaintextCommand({ KeyId: id, KeyPairSpec, EncryptionContext }),
    );
    expect(pair).toMatchObject({ KeyId: arn, KeyPairSpec });
    expect(pair).not.toHaveProperty('PrivateKeyPlaintext');
    const { PrivateKeyCiphertextBlob: CiphertextBlob } = pair;
    const { Plaintext } = await local.kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }));
    expect(publicKeyOf(der(Plaintext))).toEqual(der(pair.PublicKey));
  });

  test('of RSA_4096 is generated while the event loop goes on', async () => {
    const account = newAccount('111122223333', 'us-east-1');
    const user = newUser(account.accountId, 'administrator');
    const state = new KmsState();
    const key = newKey(account, 0, { description: '', tags: [], policy: '{}' });
    state.putKey(key);
    const identities = new Identities(account.accountId);
    const kms = { account, clock: new ManualClock(0), state, newestState: state, identities };
    const members = { KeyId: key.id, KeyPairSpec: 'RSA_4096' };
    const performed = generateDataKeyPair.perform(kms, members, user, () => {});
    const first = await Promise.race([performed, setImmediate('the event loop')]);
    expect(first).toBe('the event loop');
    const { output } = await performed;
    const { PublicKey = '' } = output as { PublicKey?: string };
    expect(kindOf(Buffer.from(PublicKey, 'base64'))).toEqual({ kty: 'RSA', modulusLength: 4096 });
  });
});

const operations = [
  ['GenerateDataKeyPair', GenerateDataKeyPairCommand],
  ['GenerateDataKeyPairWithoutPlaintext', GenerateDataKeyPairWithoutPlaintextCommand],
] as const;

describe.for(operations)('%s', ([operation, Command]) => {
  const call = (kms: KMSClient, KeyId: string, KeyPairSpec: DataKeyPairSpec = 'ECC_NIST_P256') =>
    kms.send(new (Command as typeof GenerateDataKeyPairCommand)({ KeyId, KeyPairSpec, EncryptionContext }));

  test('is recorded as AWS documents it, without either key', async ({ local }) => {
    const { id, arn } = await local.newKey();
    const pair = await call(local.kms, id);
    const records = await local.deliveredEvents();
    const record = records.find(({ eventName }) => eventName === operation);
    expect(record).toMatchObject({
      requestParameters: { keyPairSpec: 'ECC_NIST_P256', encryptionContext: EncryptionContext, keyId: id },
      responseElements: null,
      additionalEventData: { keyMaterialId: pair.KeyMaterialId },
      requestID: pair.$metadata.requestId,
      readOnly: true,
      resources: [{ accountId: '111122223333', type: 'AWS::KMS::Key', ARN: arn }],
    });
    expect(Object.keys(record?.requestParameters ?? {}).sort()).toEqual([
      'encryptionContext',
      'keyId',
      'keyPairSpec',
    ]);
    expect(record).not.toHaveProperty('errorCode');
  });

  test('is recorded with the error when it is refused', async ({ local }) => {
    const { id } = await local.newKey();
    await errorOf(call(local.kms, id, 'SM2'));
    const records = await local.deliveredEvents();
    expect(records.find(({ eventName }) => eventName === operation)).toMatchObject({
      errorCode: 'UnsupportedOperationException',
      requestParameters: { keyPairSpec: 'SM2' },
    });
  });

  test('needs its own permission, by a policy or a grant, and a policy may name the spec', async () => {
    const action = `kms:${operation}`;
    const onlyP256 = { StringEquals: { 'kms:DataKeyPairSpec': 'ECC_NIST_P256' } };
    const { as, kms, newKey } = await startShared([
      { userName: 'may', policies: [allowing(action, '*', onlyP256)] },
      { userName: 'may-not', policies: [allowing('kms:GenerateDataKey')] },
      { userName: 'grantee', policies: [] },
    ]);
    const { id } = await newKey();
    const refused = {
      name: 'AccessDeniedException',
      message: expect.stringContaining(`perform: ${action} `),
    };
    await call(as('may').kms, id);
    expect(await errorOf(call(as('may').kms, id, 'ECC_NIST_P384'))).toMatchObject(refused);
    expect(await errorOf(call(as('may-not').kms, id))).toMatchObject(refused);
    expect(await errorOf(call(as('grantee').kms, id))).toMatchObject(refused);
    await kms.send(
      new CreateGrantCommand({ KeyId: id, GranteePrincipal: userArn('grantee'), Operations: [operation] }),
    );
    await call(as('grantee').kms, id);
  });
});
