import { buildClient, CommitmentPolicy, KmsKeyringNode } from '@aws-crypto/client-node';
import { expect, test } from 'vitest';
import { countDataKeys, createEncryptOnlyKey, keyArnOf, withLocalTenants } from './local-tenants.ts';

const { encrypt, decrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);

test('gives each tenant a key of its own, and tells by messages which key they are under', async () => {
  await withLocalTenants({}, async ({ tenants, Ada, Bob, spareKeyArn, kms, createKms }) => {
    const keyArns = [...[...tenants.values()].map(({ keyArn }) => keyArn), spareKeyArn];
    expect(new Set(keyArns).size).toBe(4);
    const keyring = new KmsKeyringNode({ generatorKeyId: Bob.keyArn, clientProvider: createKms });
    const messages = [
      (await encrypt(keyring, 'a text')).result,
      (await encrypt(keyring, 'a text')).result,
    ] as const;

    expect(messages.map(keyArnOf)).toEqual([Bob.keyArn, Bob.keyArn]);
    expect(keyArnOf(Buffer.from('no message'))).toBeUndefined();
    expect([countDataKeys(messages), countDataKeys([messages[0], messages[0]])]).toEqual([2, 1]);
    expect((await kms.describeKey({ KeyId: Ada.keyArn })).KeyMetadata?.Enabled).toBe(true);
  });
});

test('creates a key that encrypts, and decrypts nothing', async () => {
  await withLocalTenants({}, async ({ kms }) => {
    const generatorKeyId = await createEncryptOnlyKey(kms);
    const keyring = new KmsKeyringNode({ generatorKeyId, clientProvider: () => kms });
    const { result } = await encrypt(keyring, 'a text');

    await expect(decrypt(keyring, result)).rejects.toThrow('AccessDeniedException');
  });
});
