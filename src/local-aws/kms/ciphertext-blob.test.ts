import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newAccount } from '../account.ts';
import { open, originOf, seal } from './ciphertext-blob.ts';
import { type KeyRecord, newKey, newMaterial } from './key.ts';

const account = newAccount('111122223333', 'us-east-1');
const key = newKey(account, 0, { description: '', tags: [], policy: '{}' });
const plaintext = Buffer.from('a data key of thirty-two bytes..');
const bytes = () => fc.uint8Array({ minLength: 1, maxLength: 64 });
const contexts = () => fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }));

test('a blob opens under the same encryption context in any order', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(bytes(), contexts(), (secret, context) => {
      const reversed = Object.fromEntries(Object.entries(context).reverse());
      expect(open(key, seal(key, secret, context), reversed)).toEqual(Buffer.from(secret));
    }),
  );
});

test('a blob with one bit changed, or cut anywhere, is refused', { timeout: 60_000 }, () => {
  const blob = seal(key, plaintext, { a: 'b' });
  fc.assert(
    fc.property(fc.nat(blob.length - 1), fc.nat(7), (at, bit) => {
      const damaged = Buffer.from(blob);
      damaged.writeUInt8(damaged.readUInt8(at) ^ (1 << bit), at);
      expect(() => open(key, damaged, { a: 'b' })).toThrow(
        expect.objectContaining({ name: 'InvalidCiphertextException' }),
      );
      expect(() => open(key, blob.subarray(0, at), { a: 'b' })).toThrow(
        expect.objectContaining({ name: 'InvalidCiphertextException' }),
      );
    }),
  );
});

test('any other encryption context is refused', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(contexts(), contexts(), (sealed, given) => {
      fc.pre(JSON.stringify(Object.entries(sealed).sort()) !== JSON.stringify(Object.entries(given).sort()));
      expect(() => open(key, seal(key, plaintext, sealed), given)).toThrow(
        expect.objectContaining({ name: 'InvalidCiphertextException' }),
      );
    }),
  );
});

test.each([
  ['pairs that only differ in where the name ends', { a: 'bc' }, { ab: 'c' }],
  ['a name that JavaScript treats specially', JSON.parse('{"__proto__": "x"}'), {}],
  ['characters that UTF-8 has no form for', { a: '\ud800' }, { a: '\ud801' }],
  ['none, where there was one', { a: 'b' }, {}],
])('the encryption context is bound: %s', (_case, sealed, given) => {
  expect(() => open(key, seal(key, plaintext, sealed), given)).toThrow(
    expect.objectContaining({ name: 'InvalidCiphertextException' }),
  );
  expect(open(key, seal(key, plaintext, sealed), sealed)).toEqual(plaintext);
});

test('a blob names its key and key material, and reveals nothing of its content', () => {
  const blob = seal(key, plaintext);
  expect(originOf(blob)).toEqual({ keyId: key.id, materialId: key.materials[0].id });
  expect(blob.includes(plaintext)).toBe(false);
});

test('a blob whose header has been replaced by that of another key is refused, even if the material were the same', () => {
  const [material] = key.materials;
  const id = '0d990263-018e-4e65-a703-eff731de951e';
  const other: KeyRecord = { ...key, id, materials: [{ ...material }] };
  const forged = Buffer.concat([seal(other, plaintext).subarray(0, 53), seal(key, plaintext).subarray(53)]);
  expect(() => open(key, forged)).toThrow(expect.objectContaining({ name: 'InvalidCiphertextException' }));
});

test('sealing the same twice gives different blobs', () => {
  expect(seal(key, plaintext).equals(seal(key, plaintext))).toBe(false);
});

test('a blob opens after a rotation of its key, which then seals with the new material', () => {
  const [first] = key.materials;
  const blob = seal(key, plaintext);
  const rotated: KeyRecord = { ...key, materials: [first, newMaterial(1)] };
  expect(open(rotated, blob)).toEqual(plaintext);
  expect(originOf(seal(rotated, plaintext)).materialId).toBe(rotated.materials[1]?.id);
});

test('no initialization vector is used twice', () => {
  const vectors = Array.from({ length: 1000 }, () => seal(key, plaintext).toString('hex', 53, 65));
  expect(new Set(vectors).size).toBe(1000);
});
