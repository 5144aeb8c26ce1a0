import {
  DecryptCommand,
  EncryptCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  ReEncryptCommand,
} from '@aws-sdk/client-kms';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { errorOf, type LocalAwsUnderTest, test } from '../testing/local-aws-under-test.ts';

/* What ciphertext-blob.test.ts shows of the blob alone, shown of the service: nothing on the way loosens it. */

type Context = Record<string, string>;

const runs = { seed: 1, numRuns: 100 };
const refused = 'InvalidCiphertextException';

/** The SDK can't send a pair with this name: it is lost where the client copies the map. */
const name = () => fc.string({ unit: 'binary' }).filter((text) => text !== '__proto__');
const contexts = (minKeys = 0) =>
  fc.dictionary(name(), fc.string({ unit: 'binary' }), { minKeys, maxKeys: 5, noNullPrototype: true });

/** A context, and the same with one character put in, taken out or changed, in a name or a value. */
const changedContexts = () =>
  fc
    .tuple(
      contexts(1),
      fc.nat(),
      fc.boolean(),
      fc.nat(),
      fc.integer({ min: 0, max: 2 }),
      fc.integer({ min: 1, max: 0xfffe }),
    )
    .map(([context, which, inName, where, kind, difference]) => {
      const entries = Object.entries(context);
      const [changedName, changedValue] = entries[which % entries.length] as [string, string];
      const edit = (text: string) => {
        const at = where % (text.length + 1);
        const rest = kind === 0 ? text.slice(at) : text.slice(at + 1);
        const differing = String.fromCharCode(((text.charCodeAt(at) || 0) + difference) & 0xffff);
        return text.slice(0, at) + (kind === 1 ? '' : differing) + rest;
      };
      const changed = entries.filter(([pairName]) => pairName !== changedName);
      changed.push(inName ? [edit(changedName), changedValue] : [changedName, edit(changedValue)]);
      return { context, changed: Object.fromEntries(changed) as Context };
    })
    .filter(({ context, changed }) => !sameContext(context, changed) && !Object.hasOwn(changed, '__proto__'));

const sameContext = (a: Context, b: Context) =>
  JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());

async function seal({ kms }: LocalAwsUnderTest, KeyId: string, EncryptionContext: Context): Promise<Buffer> {
  const { CiphertextBlob } = await kms.send(
    new EncryptCommand({ KeyId, Plaintext: Buffer.from('secret'), EncryptionContext }),
  );
  return Buffer.from(CiphertextBlob ?? []);
}

const open = ({ kms }: LocalAwsUnderTest, CiphertextBlob: Uint8Array, EncryptionContext: Context) =>
  kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }));

/** All that takes a blob: Decrypt without and with the key's id, and ReEncrypt. Gives the names of the errors. */
async function answersTo(local: LocalAwsUnderTest, keyId: string, blob: Uint8Array, context: Context) {
  const { kms } = local;
  const calls = [
    open(local, blob, context),
    kms.send(new DecryptCommand({ CiphertextBlob: blob, EncryptionContext: context, KeyId: keyId })),
    kms.send(
      new ReEncryptCommand({
        CiphertextBlob: blob,
        SourceEncryptionContext: context,
        DestinationKeyId: keyId,
      }),
    ),
  ];
  const errors = await Promise.all(calls.map(errorOf));
  return errors.map((error) => error.name);
}

describe('a blob is refused', () => {
  test('with any byte changed to any other', async ({ local }) => {
    const { id } = await local.newKey();
    const context = { purpose: 'test' };
    const { CiphertextBlob } = await local.kms.send(
      new GenerateDataKeyWithoutPlaintextCommand({
        KeyId: id,
        NumberOfBytes: 32,
        EncryptionContext: context,
      }),
    );
    const blobs = [Buffer.from(CiphertextBlob ?? []), await seal(local, id, context)];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...blobs),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (blob, where, mask) => {
          const changed = Buffer.from(blob);
          const at = where % blob.length;
          changed.writeUInt8(changed.readUInt8(at) ^ mask, at);
          expect(await answersTo(local, id, changed, context)).toEqual([refused, refused, refused]);
        },
      ),
      runs,
    );
  });

  test('cut short anywhere, and with anything inserted anywhere', async ({ local }) => {
    const { id } = await local.newKey();
    const blob = await seal(local, id, {});
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.uint8Array({ maxLength: 40 }), async (where, inserted) => {
        const at = where % blob.length;
        const [start, end] = [blob.subarray(0, at), blob.subarray(at)];
        const changed = inserted.length > 0 ? Buffer.concat([start, inserted, end]) : start;
        if (changed.length === 0) return;
        expect(await answersTo(local, id, changed, {})).toEqual([refused, refused, refused]);
      }),
      runs,
    );
  });

  test('under any other encryption context, even by one character', async ({ local }) => {
    const { id } = await local.newKey();
    await fc.assert(
      fc.asyncProperty(changedContexts(), async ({ context, changed }) => {
        const blob = await seal(local, id, context);
        expect(await answersTo(local, id, blob, changed)).toEqual([refused, refused, refused]);
      }),
      runs,
    );
  });

  test('under a context with the same characters, split elsewhere', async ({ local }) => {
    const { id } = await local.newKey();
    const cuts = fc
      .tuple(fc.string({ minLength: 2, maxLength: 20 }), fc.nat(), fc.nat())
      .map(([text, one, other]) => [text, one % text.length, other % text.length] as const)
      .filter(([, one, other]) => one !== other);
    await fc.assert(
      fc.asyncProperty(cuts, async ([text, one, other]) => {
        const cut = (at: number) => ({ [text.slice(0, at)]: text.slice(at) });
        const blob = await seal(local, id, cut(one));
        expect(await answersTo(local, id, blob, cut(other))).toEqual([refused, refused, refused]);
      }),
      runs,
    );
  });
});

test('a blob opens under its encryption context, whatever the order of the pairs', async ({ local }) => {
  const { id } = await local.newKey();
  const shuffled = contexts().chain((context) => {
    const entries = Object.entries(context);
    const orders = fc.shuffledSubarray(entries, { minLength: entries.length });
    return orders.map((order) => ({ context, reordered: Object.fromEntries(order) as Context }));
  });
  await fc.assert(
    fc.asyncProperty(shuffled, async ({ context, reordered }) => {
      const { Plaintext } = await open(local, await seal(local, id, context), reordered);
      expect(Buffer.from(Plaintext ?? []).toString()).toBe('secret');
    }),
    runs,
  );
});
