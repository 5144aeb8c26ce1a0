import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { link, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  buildClient,
  CommitmentPolicy,
  type EncryptionContext,
  type KeyringNode,
  KmsKeyringNode,
} from '@aws-crypto/client-node';
import type { KMS } from '@aws-sdk/client-kms';
import type { AnsweredCallInfo } from 'local-kms-cloudtrail';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { moveMessage, predictOldMessage, revokeKey, rotateKey } from '#exercise/10-revoke-and-rotate';
import { lookAfterFileOperations } from '../../src/evidence/file-operations.ts';
import { KeyInCaches } from '../../src/evidence/key-in-caches.ts';
import { withLocalClients } from '../../src/evidence/local-clients.ts';
import { readMessage } from '../../src/evidence/message.ts';
import { outcomeOf } from '../../src/evidence/outcome.ts';
import { countSuccessful } from '../../src/evidence/request-recorder.ts';
import { sampleKeyring } from '../../src/evidence/samples.ts';
import { throwIfTodo, useStep } from '../../src/run/step.ts';

// The keys are in a local AWS: to take keys of a real account out of use would need more permissions.
const { run } = useStep(import.meta.filename);
const about = (todo: number, todos = [todo]) => ({ meta: { todos: [1, ...todos], about: todo } });

const client = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
const encryptionContext = { tenant: 'A', document: 'contract' };
/** All bytes: not valid UTF-8, so that a move that reads them as text changes them. */
const plaintext = Buffer.from(Array.from({ length: 256 }, (_, n) => n));

// The prediction comes first: until it is made, nothing is shown.
beforeEach(() => void predictOldMessage());
afterEach(() => void vi.useRealTimers());

test('gives the key new material', about(2), async () => {
  await withLocalClients({}, async ({ kms }) => {
    const KeyId = await createKey(kms);
    const answers = await countSuccessful('RotateKeyOnDemand', () => rotateKey(kms, KeyId));
    const { Rotations = [] } = await kms.listKeyRotations({ KeyId });

    expect(
      Rotations.length > 0 && answers > 0 ? 'new material' : 'the same material',
      'When rotateKey returned, the key had the same material as before: send RotateKeyOnDemand, and await the answer.',
    ).toBe('new material');
  });
});

const { tenant, document } = encryptionContext;
const other = 'The message has another value than encryptionContext:';
test.for<{ found: EncryptionContext; says: string }>([
  {
    found: { tenant },
    says: 'The message lacks a pair of encryptionContext: compare each, and throw an error.',
  },
  { found: { tenant: 'B', document }, says: `${other} compare the values.` },
  { found: { tenant, document: 'invoice' }, says: `${other} compare each pair.` },
])('refuses a message with the encryption context $found', about(3), async ({ found, says }) => {
  const error = await moveSample(await fileWith(await encrypt(sampleKeyring, found))).catch((e) => e);

  throwIfTodo(error);
  expect(error ? 'refused' : 'moved', says).toBe('refused');
});

test('accepts a message that has more pairs', about(3, [3, 4]), async () => {
  const error = await moveSample(await fileWith(await encrypt())).catch((e) => e);

  if (error && (error.name !== 'Error' || error.code)) throw error;
  expect(
    error ? 'refused' : 'moved',
    'The message has each pair of encryptionContext, and was refused: throw only for a pair that is missing or different, as the library adds one when it signs.',
  ).toBe('moved');
});

test('moves the plaintext to the new key', about(4, [3, 4]), async () => {
  await withLocalClients({}, async ({ kms }) => {
    const [oldKey, newKey] = [await createKey(kms), await createKey(kms)];
    const [oldKeyring, newKeyring] = [keyringOf(kms, oldKey), keyringOf(kms, newKey)];
    const file = await fileWith(await encrypt(oldKeyring));
    const { messageId } = await readMessage(file);
    const move = { file, encryptionContext: { ...encryptionContext }, oldKeyring, newKeyring };
    const error = await moveMessage(move).catch((e: Error) => e);

    // The library's words for a message without a data key that the keyring can decrypt.
    const isOfOtherKey = error?.message.includes('unencryptedDataKey');
    if (error && !isOfOtherKey) throw error;
    expect(
      isOfOtherKey ? 'another key' : 'its key',
      'A message was decrypted with the keyring of another key: the old message needs oldKeyring, and the new one newKeyring.',
    ).toBe('its key');
    const message = await readMessage(file).catch(() => undefined);
    expect(
      message ? 'a message' : 'no message',
      existsSync(file)
        ? 'The file has no encrypted message now: write the result of encrypt.'
        : 'The file is not there any more: rename temporaryFile to file.',
    ).toBe('a message');
    expect(
      message?.messageId === messageId ? 'the old message' : 'a new one',
      'The file still has the old message: rename temporaryFile to file.',
    ).toBe('a new one');
    expect(
      message?.keyArn === newKey ? 'the new key' : 'the old key',
      'The new message is under the old key, which has to go: encrypt with newKeyring.',
    ).toBe('the new key');
    const { plaintext: moved } = await client.decrypt(newKeyring, await readFile(file));
    expect(
      moved.equals(plaintext) ? 'the same bytes' : 'other bytes',
      'The new message has another plaintext than the old one: encrypt the bytes as they are.',
    ).toBe('the same bytes');
    const context = message?.encryptionContext ?? {};
    expect(
      context.tenant === tenant && context.document === document ? 'with its pairs' : 'without its pairs',
      'The new message needs the encryption context of the old one: give encrypt the options { encryptionContext }.',
    ).toBe('with its pairs');
  });
});

test('has a whole message in the file at every moment', about(4, [3, 4]), async () => {
  const file = await fileWith(await encrypt());
  const before = readFileSync(file, 'hex');
  const otherName = `${file}.other`;
  await link(file, otherName);
  const wasThere: boolean[] = [];
  const look = () => wasThere.push(existsSync(file));
  await lookAfterFileOperations(look, () => moveSample(file));

  expect(
    wasThere.includes(false) ? 'no file' : 'a file',
    'For a moment, the file was not there, and a process may be killed then: do not remove it, because rename replaces it in one move.',
  ).toBe('a file');
  // Whatever was written over the file would be in the other name of the old message, too.
  expect(
    readFileSync(otherName, 'hex') === before ? 'replaced' : 'written over',
    'The new bytes were written over the old ones, and a process may be killed half-way: write temporaryFile, and rename it.',
  ).toBe('replaced');
});

test('keeps the old message if the new one cannot be decrypted', about(4, [3, 4]), async () => {
  const faults = [{ operation: 'Decrypt', fault: 'server-error' }] as const;
  await withLocalClients({ faults }, async ({ kms }) => {
    const newKeyring = keyringOf(kms, await createKey(kms));
    const file = await fileWith(await encrypt());
    const before = readFileSync(file, 'hex');
    const error = await moveSample(file, newKeyring).catch((e) => e);

    throwIfTodo(error);
    expect(
      readFileSync(file, 'hex') === before ? 'the old message' : 'the new message',
      'KMS does not decrypt the new message, and the old one is gone: decrypt the new one before you rename it.',
    ).toBe('the old message');
    expect(
      error instanceof Error ? 'an error' : 'no error',
      'The new message cannot be decrypted, so nothing was moved: throw the error.',
    ).toBe('an error');
  });
});

test('fails if the new file does not get its name', about(4, [3, 4]), async () => {
  let folder = '';
  const onCall = ({ operation }: AnsweredCallInfo) => {
    if (operation !== 'Decrypt') return;
    for (const name of readdirSync(folder)) if (name !== 'message') rmSync(join(folder, name));
  };
  await withLocalClients({ onCall }, async ({ kms }) => {
    const newKeyring = keyringOf(kms, await createKey(kms));
    const file = await fileWith(await encrypt());
    folder = dirname(file);
    const { ended, error } = await outcomeOf(() => moveSample(file, newKeyring));

    throwIfTodo(error);
    expect(
      ended === 'threw' ? 'an error' : 'no error',
      'The temporary file was gone before it got its name, and moveMessage did not throw the error: await rename.',
    ).toBe('an error');
  });
});

test('disables the key', about(5), async () => {
  await withLocalClients({}, async ({ kms }) => {
    const KeyId = await createKey(kms);
    const answers = await countSuccessful('DisableKey', () => revokeKey(kms, KeyId, [60_000]));
    const state = (await kms.describeKey({ KeyId })).KeyMetadata?.KeyState;

    expect(
      state === 'Disabled' && answers === 0 ? 'Enabled' : state,
      state === 'PendingDeletion'
        ? 'The key will be deleted, and messages that were not moved are lost then: disable it.'
        : 'The key was still in use when revokeKey returned: disable it, and await the answer.',
    ).toBe('Disabled');
  });
});

test('returns the moment when the last cache is empty', about(5), async () => {
  const uses = await revokeWithFullCaches([60_000, 600_000, 300_000]);

  expect(
    uses.atTheEnd.join(' and ') || 'nothing',
    'Every cache is empty before the moment that you return: add the longest maxAge to the time, in milliseconds, and nothing else.',
  ).toBe('encrypts and decrypts');
  expect(
    uses.afterwards.join(' and ') || 'nothing',
    'A cache still has a data key after the moment that you return: add the longest maxAge, in milliseconds, to the time that it is now.',
  ).toBe('nothing');
});

test('counts from the answer of KMS', about(5), async () => {
  const uses = await revokeWithFullCaches([600_000], 2000);

  expect(
    uses.afterwards.join(' and ') || 'nothing',
    'DisableKey took two seconds, and a cache that was filled meanwhile has its data key for longer: read the clock after the answer.',
  ).toBe('nothing');
});

test('opens the old message or not, as you predicted', about(1, [2, 3, 4, 5]), async () => {
  await withLocalClients({}, async ({ kms }) => {
    const [oldKey, newKey] = [await createKey(kms), await createKey(kms)];
    const [oldKeyring, newKeyring] = [keyringOf(kms, oldKey), keyringOf(kms, newKey)];
    const file = await fileWith(await encrypt(oldKeyring));
    const before = await materialOf(kms, file);
    await rotateKey(kms, oldKey);
    const outcome = await client.decrypt(oldKeyring, await readFile(file)).then(
      () => 'opens' as const,
      () => 'refused' as const,
    );
    const after = await materialOf(kms, file);
    const next = await materialOf(kms, await fileWith(await encrypt(oldKeyring)));
    await moveMessage({ file, encryptionContext, oldKeyring, newKeyring });
    await revokeKey(kms, oldKey, [60_000]);

    expect(predictOldMessage(), 'You predicted a different result.').toBe(outcome);
    // No wrong answer fails here: it shows why the old message opens.
    expect([after, next === before], 'Only new messages use new material.').toEqual([before, false]);
  });
});

async function createKey(kms: KMS): Promise<string> {
  const { KeyMetadata } = await kms.createKey({});
  return KeyMetadata?.Arn ?? '';
}

function keyringOf(kms: KMS, keyArn: string): KmsKeyringNode {
  return new KmsKeyringNode({ generatorKeyId: keyArn, clientProvider: () => kms });
}

/** Encrypts with a keyring: by default, with one that needs no KMS. */
async function encrypt(keyring: KeyringNode = sampleKeyring, context: EncryptionContext = encryptionContext) {
  return (await client.encrypt(keyring, plaintext, { encryptionContext: context })).result;
}

function moveSample(file: string, newKeyring: KeyringNode = sampleKeyring): Promise<void> {
  const context = { ...encryptionContext };
  return moveMessage({ file, encryptionContext: context, oldKeyring: sampleKeyring, newKeyring });
}

/** Writes a message into a file of a new folder. */
async function fileWith(message: Buffer): Promise<string> {
  const file = join(await mkdtemp(join(run.scratchFolder, 'move-')), 'message');
  await writeFile(file, message);
  return file;
}

/** The id of the key material that the data key of a message is encrypted under. */
async function materialOf(kms: KMS, file: string): Promise<string | undefined> {
  const { encryptedDataKey, encryptionContext: EncryptionContext } = await readMessage(file);
  const CiphertextBlob = Buffer.from(encryptedDataKey, 'base64');
  return (await kms.decrypt({ CiphertextBlob, EncryptionContext })).KeyMaterialId;
}

/**
 * Takes a key out of use. Until KMS does so, caches are filled.
 *
 * @returns what a data key in a cache is still good for at the moment that the exercise returns, and a millisecond later
 */
function revokeWithFullCaches(maxAges: number[], millisecondsToDisable = 0) {
  return withLocalClients({}, async ({ kms, createClients }) => {
    const keyArn = await createKey(kms);
    const caches = new KeyInCaches(createClients().kms, keyArn, maxAges);
    // A local AWS in this process has its clock.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    kms.middlewareStack.add((next, { commandName }) => async (request) => {
      if (commandName !== 'DisableKeyCommand') return next(request);
      vi.setSystemTime(Date.now() + millisecondsToDisable);
      await caches.fill();
      return next(request);
    });
    const end = Number(await revokeKey(kms, keyArn, maxAges));
    expect(
      Number.isNaN(end) ? 'no date' : 'a date',
      'revokeKey has to return a Date, and Math.max takes numbers, not an array.',
    ).toBe('a date');
    vi.setSystemTime(end);
    const atTheEnd = await caches.uses();
    vi.setSystemTime(end + 1);
    return { atTheEnd, afterwards: await caches.uses() };
  });
}
