import {
  CreateAliasCommand,
  DecryptCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
} from '@aws-sdk/client-kms';
import { describe, expect } from 'vitest';
import { errorOf, test } from '../testing/local-aws-under-test.ts';
import { Signer } from '../testing/malformed/signer.ts';
import { rawRequest } from '../testing/raw-request.ts';

const invalidCiphertext = { name: 'InvalidCiphertextException', message: 'UnknownError', status: 400 };
const dryRun = {
  name: 'DryRunOperationException',
  message: 'The request would have succeeded, but the DryRun option is set.',
  status: 400,
};
const EncryptionContext = { purpose: 'test', department: 'one' };

describe('a data key', () => {
  test.for<[object, number]>([
    [{ KeySpec: 'AES_256' }, 32],
    [{ KeySpec: 'AES_128' }, 16],
    [{ NumberOfBytes: 1 }, 1],
    [{ NumberOfBytes: 1024 }, 1024],
  ])('with %o decrypts to its plaintext', async ([length, bytes], { local }) => {
    const { id, arn } = await local.newKey();
    const dataKey = await local.kms.send(
      new GenerateDataKeyCommand({ KeyId: id, EncryptionContext, ...length }),
    );
    expect(dataKey).toMatchObject({ KeyId: arn, KeyMaterialId: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(dataKey.Plaintext).toHaveLength(bytes);
    const { CiphertextBlob } = dataKey;
    const decrypted = await local.kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }));
    expect(decrypted).toMatchObject({
      KeyId: arn,
      EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      KeyMaterialId: dataKey.KeyMaterialId,
    });
    expect(decrypted.Plaintext).toEqual(dataKey.Plaintext);
  });

  test('is different each time', async ({ local }) => {
    const { id } = await local.newKey();
    const generate = () => local.kms.send(new GenerateDataKeyCommand({ KeyId: id, KeySpec: 'AES_256' }));
    const [one, other] = [await generate(), await generate()];
    expect(one.Plaintext).not.toEqual(other.Plaintext);
  });

  test('without plaintext can be decrypted later', async ({ local }) => {
    const { id } = await local.newKey();
    const input = { KeyId: id, KeySpec: 'AES_256', EncryptionContext } as const;
    const dataKey = await local.kms.send(new GenerateDataKeyWithoutPlaintextCommand(input));
    expect(dataKey).not.toHaveProperty('Plaintext');
    const { CiphertextBlob } = dataKey;
    const { Plaintext } = await local.kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }));
    expect(Plaintext).toHaveLength(32);
  });

  test.for<[string, object, string]>([
    ['no length', {}, 'Please specify either number of bytes or key spec.'],
    [
      'two lengths',
      { KeySpec: 'AES_256', NumberOfBytes: 32 },
      'Please specify either number of bytes or key spec.',
    ],
    [
      'none of its bytes',
      { NumberOfBytes: 0 },
      "1 validation error detected: Value '0' at 'numberOfBytes' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      'too many bytes',
      { NumberOfBytes: 1025 },
      "1 validation error detected: Value '1025' at 'numberOfBytes' failed to satisfy constraint: Member must have value less than or equal to 1024",
    ],
    [
      'an unknown spec',
      { KeySpec: 'AES_512' },
      "1 validation error detected: Value 'AES_512' at 'keySpec' failed to satisfy constraint: Member must satisfy enum value set: [AES_256, AES_128]",
    ],
  ])('with %s is refused', async ([, input, message], { local }) => {
    const { id } = await local.newKey();
    for (const Command of [GenerateDataKeyCommand, GenerateDataKeyWithoutPlaintextCommand]) {
      const call = local.kms.send(new Command({ KeyId: id, ...input }) as GenerateDataKeyCommand);
      expect(await errorOf(call)).toEqual({ name: 'ValidationException', message, status: 400 });
    }
  });
});

describe('Encrypt and Decrypt', () => {
  test('an alias and an alias ARN name the key too', async ({ local }) => {
    const { id, arn } = await local.newKey();
    await local.kms.send(new CreateAliasCommand({ AliasName: 'alias/mine', TargetKeyId: id }));
    const Plaintext = Buffer.from('secret');
    const aliasArn = 'arn:aws:kms:us-east-1:111122223333:alias/mine';
    for (const KeyId of [id, arn, 'alias/mine', aliasArn]) {
      const { CiphertextBlob, KeyId: sealedUnder } = await local.kms.send(
        new EncryptCommand({ KeyId, Plaintext }),
      );
      expect(sealedUnder).toBe(arn);
      const opened = await local.kms.send(new DecryptCommand({ KeyId, CiphertextBlob }));
      expect(Buffer.from(opened.Plaintext ?? [])).toEqual(Plaintext);
    }
  });

  test.for([
    ['none', undefined],
    ['one pair less', { purpose: 'test' }],
    ['one pair more', { ...EncryptionContext, more: '' }],
    ['another value', { ...EncryptionContext, department: 'two' }],
    ['another case', { Purpose: 'test', department: 'one' }],
    ['the same characters, cut elsewhere', { purposet: 'est', department: 'one' }],
  ] as const)('another encryption context is refused: %s', async ([, given], { local }) => {
    const { id } = await local.newKey();
    const { CiphertextBlob } = await local.kms.send(
      new EncryptCommand({ KeyId: id, Plaintext: Buffer.from('secret'), EncryptionContext }),
    );
    const decrypt = new DecryptCommand({ CiphertextBlob, EncryptionContext: given });
    expect(await errorOf(local.kms.send(decrypt))).toEqual(invalidCiphertext);
  });

  test('a damaged, a cut and a foreign blob are refused', async ({ local }) => {
    const { id } = await local.newKey();
    const { CiphertextBlob } = await local.kms.send(
      new EncryptCommand({ KeyId: id, Plaintext: Buffer.from('secret') }),
    );
    const blob = Buffer.from(CiphertextBlob ?? []);
    const damaged = Buffer.from(blob);
    damaged.writeUInt8(damaged.readUInt8(70) ^ 1, 70);
    for (const bad of [damaged, blob.subarray(0, -1), Buffer.from('no blob at all')]) {
      expect(await errorOf(local.kms.send(new DecryptCommand({ CiphertextBlob: bad })))).toEqual(
        invalidCiphertext,
      );
      expect(await errorOf(local.kms.send(new DecryptCommand({ CiphertextBlob: bad, KeyId: id })))).toEqual(
        invalidCiphertext,
      );
    }
  });

  test('a blob of another key than the request names is refused', async ({ local }) => {
    const [key, other] = [await local.newKey(), await local.newKey()];
    const { CiphertextBlob } = await local.kms.send(
      new EncryptCommand({ KeyId: key.id, Plaintext: Buffer.from('secret') }),
    );
    expect(await errorOf(local.kms.send(new DecryptCommand({ CiphertextBlob, KeyId: other.id })))).toEqual({
      name: 'IncorrectKeyException',
      message: 'The key ID in the request does not identify a CMK that can perform this operation.',
      status: 400,
    });
  });

  test('4096 bytes fit, more do not, and the text repeats none of them', async ({ local }) => {
    const { id } = await local.newKey();
    const encrypt = (length: number) =>
      local.kms.send(new EncryptCommand({ KeyId: id, Plaintext: Buffer.alloc(length, 'secret') }));
    const { CiphertextBlob } = await encrypt(4096);
    await expect(local.kms.send(new DecryptCommand({ CiphertextBlob }))).resolves.toBeDefined();
    expect(await errorOf(encrypt(4097))).toEqual({
      name: 'ValidationException',
      message:
        "1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length less than or equal to 4096",
      status: 400,
    });
  });

  test('an algorithm of asymmetric keys is refused', async ({ local }) => {
    const { id } = await local.newKey();
    const Plaintext = Buffer.from('secret');
    const encrypt = new EncryptCommand({ KeyId: id, Plaintext, EncryptionAlgorithm: 'RSAES_OAEP_SHA_256' });
    expect(await errorOf(local.kms.send(encrypt))).toEqual({
      name: 'InvalidKeyUsageException',
      message: 'Algorithm RSAES_OAEP_SHA_256 is incompatible with key spec SYMMETRIC_DEFAULT.',
      status: 400,
    });
  });

  test('a number or a boolean in an encryption context is its text in the request', async ({ local }) => {
    const { id } = await local.newKey();
    // As no SDK sends it: their numbers have no trailing zero.
    const body = Buffer.from(
      `{"KeyId":"${id}","Plaintext":"eA==","EncryptionContext":{"count":42,"price":10103.0,"paid":true}}`,
    );
    const request = { method: 'POST', path: '/', body, target: 'TrentService.Encrypt' };
    const headers = new Signer(local.aws.credentials).headers(request);
    const answer = await rawRequest(local.aws.endpoint, { headers, body });
    const CiphertextBlob = Buffer.from(JSON.parse(answer.body).CiphertextBlob ?? '', 'base64');
    const decrypt = (price: string) =>
      local.kms.send(
        new DecryptCommand({ CiphertextBlob, EncryptionContext: { count: '42', price, paid: 'true' } }),
      );
    await expect(decrypt('10103.0')).resolves.toMatchObject({ Plaintext: new Uint8Array(Buffer.from('x')) });
    expect(await errorOf(decrypt('10103'))).toMatchObject({ name: 'InvalidCiphertextException' });
    const [, record] = (await local.deliveredEvents()).reverse();
    expect(record?.requestParameters).toMatchObject({
      encryptionContext: { count: '42', price: '10103.0', paid: 'true' },
    });
  });
});

test('a dry run says if the call would have succeeded, and returns no data', async ({ local }) => {
  const { id } = await local.newKey();
  const { CiphertextBlob } = await local.kms.send(
    new EncryptCommand({ KeyId: id, Plaintext: Buffer.from('secret'), EncryptionContext }),
  );
  const DryRun = true;
  const calls = [
    local.kms.send(new EncryptCommand({ KeyId: id, Plaintext: Buffer.from('x'), DryRun })),
    local.kms.send(new GenerateDataKeyCommand({ KeyId: id, KeySpec: 'AES_256', DryRun })),
    local.kms.send(new GenerateDataKeyWithoutPlaintextCommand({ KeyId: id, KeySpec: 'AES_256', DryRun })),
    local.kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext, DryRun })),
  ];
  for (const call of calls) expect(await errorOf(call)).toEqual(dryRun);
  expect(await errorOf(local.kms.send(new DecryptCommand({ CiphertextBlob, DryRun })))).toEqual(
    invalidCiphertext,
  );
});
