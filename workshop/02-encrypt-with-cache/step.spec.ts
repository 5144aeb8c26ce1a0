import { existsSync, statSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AlgorithmSuiteIdentifier,
  buildClient,
  CommitmentPolicy,
  KmsKeyringNode,
  NodeAlgorithmSuite,
  NodeCachingMaterialsManager,
  NodeEncryptionMaterial,
  type NodeMaterialsManager,
} from '@aws-crypto/client-node';
import { beforeEach, expect, test, vi } from 'vitest';
import {
  createMaterialsManager,
  encryptFile,
  predictGenerateDataKeyCalls,
} from '#exercise/02-encrypt-with-cache';
import { type Message, readMessage } from '../../src/evidence/message.ts';
import { recordRequests } from '../../src/evidence/request-recorder.ts';
import { once, throwIfTodo, useStep } from '../../src/run/step.ts';
import { withLocalAws } from '../../src/run/target.ts';
import { outputFiles } from '../../src/state/run.ts';
import { createLocalKey, givenKey, plaintextFile } from '../given.ts';

const step = useStep(import.meta.filename);
const { run } = step;
const meta = { todos: [1, 2, 3, 4] };
const about = (todo: number, todos = meta.todos) => ({ meta: { todos, about: todo } });

const encryptedTwice = once(async () => {
  const materialsManager = createMaterialsManager(await givenKey(step));
  const { messages, ...calls } = await encrypt(materialsManager, outputFiles(run).slice(0, 2));
  const [first, second] = messages as [Message, Message];
  return { first, second, ...calls };
});

// The prediction comes first: until it is made, nothing is shown.
beforeEach(() => {
  predictGenerateDataKeyCalls();
  return () => vi.useRealTimers();
});

test('creates a caching materials manager', about(3, [1, 2, 3]), () => {
  const isCaching = createMaterialsManager(step.runKeyArn) instanceof NodeCachingMaterialsManager;

  expect(
    isCaching ? 'a NodeCachingMaterialsManager' : 'another materials manager',
    'Only a caching materials manager keeps data keys: any other asks KMS for a new one for every message.',
  ).toBe('a NodeCachingMaterialsManager');
});

test('has room for 100 data keys', about(3, [1, 2, 3]), () => {
  const { _cache: cache } = createMaterialsManager(step.runKeyArn) as NodeCachingMaterialsManager;
  const suite = new NodeAlgorithmSuite(AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA256);
  const entries = Array.from({ length: 101 }, (_, n) => `entry ${n}`);
  for (const entry of entries) cache.putEncryptionMaterial(entry, new NodeEncryptionMaterial(suite, {}), 1);

  expect(
    entries.filter((entry) => cache.getEncryptionMaterial(entry, 1)).length,
    'Of 101 data keys, the cache has to keep the last 100: see getLocalCryptographicMaterialsCache.',
  ).toBe(100);
});

test('gets its data keys from the KMS key', about(2, [1, 2, 3]), async () => {
  await withKey(async (keyArn) => {
    const recording = recordRequests();
    const { materialsManager, encryptionContext } = requestWith(createMaterialsManager(keyArn));
    const commitmentPolicy = CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT;
    const error = await materialsManager
      .getEncryptionMaterials({ encryptionContext, commitmentPolicy })
      .then(() => undefined)
      .catch((e: Error) => e)
      .finally(() => recording.stop());

    const hasAsked = recording.requests.some(({ operation }) => operation === 'GenerateDataKey');
    expect(
      error?.message ?? 'a data key',
      hasAsked
        ? 'KMS made no data key with this generator: use the keyArn that createMaterialsManager gets.'
        : 'The keyring made no data key: only its generator makes them, so the KMS key has to be its generatorKeyId.',
    ).toBe('a data key');
  });
});

test('writes an encrypted message', about(4), async () => {
  const encryptedFile = scratchFile('written');
  await rm(encryptedFile, { force: true });
  await withKey(async (keyArn) => {
    const request = { ...requestWith(createMaterialsManager(keyArn)), encryptedFile };
    const error = await encryptFile(request).catch((e: NodeJS.ErrnoException) => e);
    // A file that is still being written gets no further before this line is done.
    const size = existsSync(encryptedFile) ? statSync(encryptedFile).size : 0;

    throwIfTodo(error);
    expect(
      error?.code === 'ERR_INVALID_ARG_TYPE' ? 'no bytes' : 'bytes',
      'There were no bytes to write: await encrypt, and take the result out of what it returns.',
    ).toBe('bytes');
    if (error) throw error;
    expect(
      size > 0 ? 'a message' : 'no message',
      'No message was in encryptedFile when encryptFile returned: write it to that file, and await writeFile.',
    ).toBe('a message');
    const message = await readMessage(encryptedFile).catch(() => undefined);
    expect(
      message ? 'a message' : 'other bytes',
      'The file is no encrypted message: write the bytes of the result as they are, not as text.',
    ).toBe('a message');
  });
});

test('encrypts exactly the bytes of the file', about(4), async () => {
  // All bytes: not valid UTF-8, so that reading them as text changes them.
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, n) => n));
  const [plaintextFile, encryptedFile] = [scratchFile('bytes'), scratchFile('bytes_encrypted')];
  await writeFile(plaintextFile, bytes);
  await writeFile(encryptedFile, 'the output of an earlier run');
  await withKey(async (keyArn) => {
    await encryptFile({ ...requestWith(createMaterialsManager(keyArn)), plaintextFile, encryptedFile });
    const message = await readFile(encryptedFile);
    expect(
      message.toString('latin1').startsWith('the output') ? 'old and new bytes' : 'new bytes',
      'encryptedFile existed already, and encryptFile added to it: replace what is there.',
    ).toBe('new bytes');
    const { decrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT);
    const keyring = new KmsKeyringNode({ keyIds: [keyArn] });
    const decrypted = (await decrypt(keyring, message).catch(() => undefined))?.plaintext;
    expect(
      decrypted ? 'a complete message' : 'an incomplete message',
      'The message cannot be decrypted: write all bytes of the result.',
    ).toBe('a complete message');
    expect(
      decrypted?.equals(bytes) ? 'the bytes of plaintextFile' : `${decrypted?.length} other bytes`,
      'The message contains something other than plaintextFile: encrypt all bytes of that file, as they are.',
    ).toBe('the bytes of plaintextFile');
  });
});

test('fails when KMS makes no data key', about(4), async () => {
  await withLocalAws({ faults: [{ operation: 'GenerateDataKey', fault: 'server-error' }] }, async () => {
    const request = requestWith(createMaterialsManager(await createLocalKey()));
    const error = await encryptFile({ ...request, encryptedFile: scratchFile('none') }).catch((e) => e);
    throwIfTodo(error);
    expect(
      error instanceof Error ? 'an error' : 'no error',
      'KMS made no data key, so the file is not encrypted: encryptFile has to throw the error.',
    ).toBe('an error');
  });
});

test('makes two different messages', about(4), async () => {
  const { first, second } = await encryptedTwice();

  const isCopy = second.messageId === first.messageId || second.body.equals(first.body);
  expect(
    isCopy ? 'a copy' : 'two messages',
    'Each message has its own id and its own ciphertext: encrypt twice, do not copy a message.',
  ).toBe('two messages');
});

test('encrypts every message with that materials manager', about(4), async () => {
  const { plaintextLengths } = await encryptedTwice();

  expect(
    plaintextLengths.length,
    plaintextLengths.length === 0
      ? 'encryptFile did not use the materials manager that it was given, and a new one has an empty cache: make it once, not per message.'
      : 'encryptFile used the materials manager more than once for a message: encrypt each file once.',
  ).toBe(2);
  expect(
    plaintextLengths.includes(undefined) ? 'unknown' : 'known',
    'The cache is used only if the length of the plaintext is known: give encrypt the bytes, not a stream.',
  ).toBe('known');
});

test('puts the encryption context into every message', about(4), async () => {
  const { first, second } = await encryptedTwice();

  const given = pairsOf(run.encryptionContext);
  const differences = [first, second]
    // The suite that signs adds its public key to the encryption context.
    .map(({ encryptionContext: { 'aws-crypto-public-key': _, ...context } }) => pairsOf(context))
    .flatMap((pairs) => [
      ...given.filter((pair) => !pairs.includes(pair)).map((pair) => `without ${pair}`),
      ...pairs.filter((pair) => !given.includes(pair)).map((pair) => `with ${pair}`),
    ]);
  expect(
    differences[0] ?? 'exactly those pairs',
    'Every message needs exactly the pairs of encryptionContext in its header: give encrypt the options { encryptionContext }.',
  ).toBe('exactly those pairs');
});

test('uses one data key for both, which takes one call', about(3), async () => {
  const { first, second, dataKeyCalls } = await encryptedTwice();

  expect(
    second.encryptedDataKey === first.encryptedDataKey ? 'one data key' : 'two data keys',
    'Messages that share a data key carry the same encrypted data key. Look at the limits: maxAge is in milliseconds, and maxMessagesEncrypted counts messages.',
  ).toBe('one data key');
  expect(
    dataKeyCalls,
    'Two messages with the same cache take one GenerateDataKey call: let the cache and the keyring make it, and no other code.',
  ).toBe(1);
});

test('takes as many calls as you predicted', about(1), async () => {
  const { dataKeyCalls: calls } = await encryptedTwice();

  expect(predictGenerateDataKeyCalls(), 'You predicted a different number of GenerateDataKey calls.').toBe(
    calls,
  );
});

test('commits every message to its data key, and signs it', { meta }, async () => {
  const { first, second } = await encryptedTwice();

  expect(
    first.isCommitting && second.isCommitting ? 'key commitment' : 'no key commitment',
    'Without key commitment a message may open under two data keys: see the CommitmentPolicy of buildClient.',
  ).toBe('key commitment');
  const isSigned = [first, second].every((message) => 'aws-crypto-public-key' in message.encryptionContext);
  expect(
    isSigned ? 'a signature' : 'no signature',
    'Without a signature, a reader could make messages too: give encrypt no suiteId.',
  ).toBe('a signature');
});

test('asks for a second data key for the third message', about(3), async () => {
  const materialsManager = createMaterialsManager(await givenKey(step));
  const files = [1, 2, 3].map((n) => scratchFile(`third_${n}`));
  const { dataKeyCalls } = await encrypt(materialsManager, files);

  expect(dataKeyCalls, 'Three messages take two data keys: see maxMessagesEncrypted.').toBe(2);
});

test('keeps a data key for 300 seconds', about(3), async () => {
  const callsAfter = (seconds: number) =>
    // A local AWS in this process shares its clock: a real one would refuse signatures of the future.
    withKey(async (keyArn) => {
      const materialsManager = createMaterialsManager(keyArn);
      const now = Date.now();
      vi.useFakeTimers({ toFake: ['Date'], now });
      const first = await encrypt(materialsManager, [scratchFile('age_1')]);
      vi.setSystemTime(now + seconds * 1000);
      const second = await encrypt(materialsManager, [scratchFile('age_2')]);
      vi.useRealTimers();
      return first.dataKeyCalls + second.dataKeyCalls;
    });

  expect(
    await callsAfter(299),
    'After 299 seconds the data key is still good, so one call is enough: maxAge is in milliseconds.',
  ).toBe(1);
  const late = 'After 301 seconds the data key is too old, so it takes a second call: maxAge is too long.';
  expect(await callsAfter(301), late).toBe(2);
});

/** Encrypts the plaintext once for each file. Returns the messages, and the requests for data keys that it took. */
async function encrypt(materialsManager: NodeMaterialsManager, files: string[]) {
  const plaintextLengths: (number | undefined)[] = [];
  const observed: NodeMaterialsManager = {
    getEncryptionMaterials: (request) => {
      plaintextLengths.push(request.plaintextLength);
      return materialsManager.getEncryptionMaterials(request);
    },
    decryptMaterials: (request) => materialsManager.decryptMaterials(request),
  };
  const recording = recordRequests();
  const messages: Message[] = [];
  try {
    for (const encryptedFile of files) {
      await encryptFile({ ...requestWith(observed), encryptedFile });
      messages.push(await readMessage(encryptedFile));
    }
  } finally {
    recording.stop();
  }
  return { messages, plaintextLengths, dataKeyCalls: recording.successful('GenerateDataKey').length };
}

/** The request for encryptFile, without the file. The context is a copy: encrypt adds to the options, which it may be. */
function requestWith(materialsManager: NodeMaterialsManager) {
  return { materialsManager, encryptionContext: { ...run.encryptionContext }, plaintextFile };
}

/** Runs an action with a KMS key of its own, in a local AWS. */
function withKey<Result>(action: (keyArn: string) => Promise<Result>): Promise<Result> {
  return withLocalAws({}, async () => action(await createLocalKey()));
}

function scratchFile(name: string): string {
  return join(run.scratchFolder, name);
}

function pairsOf(context: Readonly<Record<string, string>>): string[] {
  return Object.entries(context).map(([name, value]) => `${name}=${value}`);
}
