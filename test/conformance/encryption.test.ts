import {
  DecryptCommand,
  type DecryptCommandInput,
  EncryptCommand,
  type EncryptCommandInput,
  ReEncryptCommand,
} from '@aws-sdk/client-kms';
import { beforeAll, describe, expect, test } from 'vitest';
import { key, kms, otherKey } from './clients.ts';
import { constraintBroken, refusal, refusalOf } from './refusal.ts';

const Plaintext = Buffer.from('a secret');
const EncryptionContext = { purpose: 'conformance', tenant: 'a' };

const encrypt = (input: Partial<EncryptCommandInput> = {}) =>
  kms.send(new EncryptCommand({ KeyId: key.id, Plaintext, ...input }));
const decrypt = (input: DecryptCommandInput) => kms.send(new DecryptCommand(input));
const decrypted = async (input: DecryptCommandInput) =>
  Buffer.from((await decrypt(input)).Plaintext ?? []).toString();

// recorded (test_encrypt_decrypt_encryption_context, test_encryption_context_generate_data_key): the answer to a wrong
// encryption context has a name and no message, for which the SDK puts one of its own
const invalidCiphertext = { name: 'InvalidCiphertextException', status: 400 };

let ciphertext: Uint8Array;
let ciphertextWithContext: Uint8Array;
beforeAll(async () => {
  ciphertext = (await encrypt()).CiphertextBlob ?? new Uint8Array();
  ciphertextWithContext = (await encrypt({ EncryptionContext })).CiphertextBlob ?? new Uint8Array();
});

describe('Encrypt', () => {
  // recorded (test_encrypt_decrypt_encryption_context): the members of both answers
  test('returns a ciphertext and its key', async () => {
    const { $metadata: _, ...answer } = await encrypt();
    expect(answer).toEqual({
      CiphertextBlob: expect.any(Uint8Array),
      EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      KeyId: key.arn,
    });
    expect(Buffer.from(answer.CiphertextBlob ?? []).includes(Plaintext)).toBe(false);
  });

  test('returns another ciphertext each time', async () => {
    expect((await encrypt()).CiphertextBlob).not.toEqual(ciphertext);
  });

  // API reference, Encrypt: 1 to 4096 bytes; recorded (test_plaintext_size_for_encrypt)
  test('accepts up to 4096 bytes', async () => {
    const largest = Buffer.alloc(4096, 7);
    const { CiphertextBlob } = await encrypt({ Plaintext: largest });
    expect(Buffer.from((await decrypt({ CiphertextBlob })).Plaintext ?? [])).toEqual(largest);
    expect(await refusalOf(encrypt({ Plaintext: Buffer.alloc(4097) }))).toEqual(
      constraintBroken("at 'plaintext'", 'have length less than or equal to 4096'),
    );
    expect(await refusalOf(encrypt({ Plaintext: new Uint8Array() }))).toEqual(
      constraintBroken("at 'plaintext'", 'have length greater than or equal to 1'),
    );
  });

  // recorded (test_generate_data_key_pair_dry_run), for another operation
  test('only says that it would succeed, in a dry run', async () => {
    expect(await refusalOf(encrypt({ DryRun: true }))).toEqual(
      refusal('DryRunOperationException', 'The request would have succeeded, but the DryRun option is set.'),
    );
  });
});

describe('Decrypt', () => {
  // API reference, Decrypt: for a symmetric key, the ciphertext says which key it is
  test('needs no key id', async () => {
    const { $metadata: _, ...answer } = await decrypt({ CiphertextBlob: ciphertext });
    expect(answer).toEqual({
      EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      KeyId: key.arn,
      KeyMaterialId: expect.stringMatching(/^[0-9a-f]{64}$/),
      Plaintext: Uint8Array.from(Plaintext),
    });
  });

  // recorded (test_error_messaging_for_invalid_keys)
  test('refuses the id of another key', async () => {
    expect(await refusalOf(decrypt({ CiphertextBlob: ciphertext, KeyId: otherKey.id }))).toEqual(
      refusal(
        'IncorrectKeyException',
        'The key ID in the request does not identify a CMK that can perform this operation.',
      ),
    );
  });

  // API reference, Decrypt: InvalidCiphertextException for what is corrupted or incomplete
  test.each<[string, (blob: Buffer) => Buffer]>([
    ['a changed last byte', (blob) => changed(blob, blob.length - 1)],
    ['a changed byte in the middle', (blob) => changed(blob, Math.floor(blob.length / 2))],
    ['its last byte gone', (blob) => blob.subarray(0, -1)],
    ['its second half gone', (blob) => blob.subarray(0, blob.length / 2)],
    ['something after its end', (blob) => Buffer.concat([blob, Buffer.from('more')])],
    ['nothing but noise', (blob) => Buffer.alloc(blob.length, 9)],
  ])('refuses a ciphertext with %s', async (_what, damage) => {
    const CiphertextBlob = damage(Buffer.from(ciphertext));
    expect(await refusalOf(decrypt({ CiphertextBlob }))).toMatchObject(invalidCiphertext);
    const { name, status } = await refusalOf(decrypt({ CiphertextBlob, KeyId: key.id }));
    expect(status).toBe(400);
    // The damaged byte may be in the key's identifier.
    expect(['InvalidCiphertextException', 'IncorrectKeyException']).toContain(name);
  });

  function changed(blob: Buffer, at: number): Buffer {
    blob.writeUInt8(blob.readUInt8(at) ^ 1, at);
    return blob;
  }

  // model: CiphertextType
  test('refuses an empty ciphertext', async () => {
    expect(await refusalOf(decrypt({ CiphertextBlob: new Uint8Array() }))).toEqual(
      constraintBroken("at 'ciphertextBlob'", 'have length greater than or equal to 1'),
    );
  });

  // recorded (test_generate_data_key_pair_dry_run), for another operation
  test('only says that it would succeed, in a dry run', async () => {
    expect(await refusalOf(decrypt({ CiphertextBlob: ciphertext, DryRun: true }))).toEqual(
      refusal('DryRunOperationException', 'The request would have succeeded, but the DryRun option is set.'),
    );
  });
});

// developer guide, concepts.html#encrypt_context: an exact match that is case-sensitive, in whatever order
describe('the encryption context', () => {
  test('is needed to decrypt, in any order', async () => {
    const CiphertextBlob = ciphertextWithContext;
    const { purpose, tenant } = EncryptionContext;
    expect(await decrypted({ CiphertextBlob, EncryptionContext: { tenant, purpose } })).toBe('a secret');
  });

  test.each<[string, Record<string, string> | undefined]>([
    ['none', undefined],
    ['a pair less', { purpose: 'conformance' }],
    ['a pair more', { ...EncryptionContext, more: 'b' }],
    ['another value', { ...EncryptionContext, tenant: 'b' }],
    ['another case of a value', { ...EncryptionContext, tenant: 'A' }],
    ['another case of a name', { purpose: 'conformance', Tenant: 'a' }],
    ['names and values swapped', { conformance: 'purpose', a: 'tenant' }],
  ])('is refused if it is %s', async (_what, context) => {
    const call = decrypt({ CiphertextBlob: ciphertextWithContext, EncryptionContext: context });
    expect(await refusalOf(call)).toMatchObject(invalidCiphertext);
  });

  test('is refused where there was none', async () => {
    expect(await refusalOf(decrypt({ CiphertextBlob: ciphertext, EncryptionContext }))).toMatchObject(
      invalidCiphertext,
    );
  });

  test.each<[Record<string, string>, Record<string, string>]>([
    [{ a: 'bc' }, { ab: 'c' }],
    [{ a: 'b', c: 'd' }, { a: 'bcd' }],
    [{ a: 'b,c:d' }, { a: 'b', c: 'd' }],
  ])('%j is not %j', async (one, other) => {
    const { CiphertextBlob } = await encrypt({ EncryptionContext: one });
    expect(await decrypted({ CiphertextBlob, EncryptionContext: one })).toBe('a secret');
    expect(await refusalOf(decrypt({ CiphertextBlob, EncryptionContext: other }))).toMatchObject({
      status: 400,
    });
  });

  test('may be in any script', async () => {
    const context = { 'Zürich 北京': 'ключ' };
    const { CiphertextBlob } = await encrypt({ EncryptionContext: context });
    expect(await decrypted({ CiphertextBlob, EncryptionContext: context })).toBe('a secret');
  });
});

describe('ReEncrypt', () => {
  // API reference, ReEncrypt: the members of the answer are those of its example
  test('gives a ciphertext under another key and encryption context', async () => {
    const { $metadata: _, ...answer } = await kms.send(
      new ReEncryptCommand({
        CiphertextBlob: ciphertextWithContext,
        SourceEncryptionContext: EncryptionContext,
        DestinationKeyId: otherKey.aliasName,
        DestinationEncryptionContext: { moved: 'yes' },
      }),
    );
    expect(answer).toEqual({
      CiphertextBlob: expect.any(Uint8Array),
      SourceKeyId: key.arn,
      KeyId: otherKey.arn,
      SourceEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      DestinationEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      SourceKeyMaterialId: expect.stringMatching(/^[0-9a-f]{64}$/),
      DestinationKeyMaterialId: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const { CiphertextBlob } = answer;
    expect(await decrypted({ CiphertextBlob, EncryptionContext: { moved: 'yes' } })).toBe('a secret');
    expect(await refusalOf(decrypt({ CiphertextBlob, EncryptionContext }))).toMatchObject(invalidCiphertext);
  });

  test.each([
    ['the wrong source context', { SourceEncryptionContext: { tenant: 'b' } }, invalidCiphertext],
    [
      'another source key',
      { SourceEncryptionContext: EncryptionContext, SourceKeyId: otherKey.id },
      { name: 'IncorrectKeyException', status: 400 },
    ],
    [
      'a dry run, which would succeed',
      { SourceEncryptionContext: EncryptionContext, DryRun: true },
      { name: 'DryRunOperationException', status: 400 },
    ],
  ])('refuses %s', async (_what, input, expected) => {
    const call = kms.send(
      new ReEncryptCommand({
        CiphertextBlob: ciphertextWithContext,
        DestinationKeyId: otherKey.id,
        ...input,
      }),
    );
    expect(await refusalOf(call)).toMatchObject(expected);
  });
});
