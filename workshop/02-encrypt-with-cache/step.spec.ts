import { existsSync, statSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CommitmentPolicy,
  NodeCachingMaterialsManager,
  type NodeMaterialsManager,
} from '@aws-crypto/client-node';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
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
  const keyArn = await givenKey(step);
  const materialsManager = createMaterialsManager(keyArn);
  const { messages, ...calls } = await encrypt(materialsManager, outputFiles(run).slice(0, 2));
  const [first, second] = messages as [Message, Message];
  return { keyArn, first, second, ...calls };
});

afterEach(() => {
  vi.useRealTimers();
});

// The prediction comes first: until it is made, nothing is shown.
beforeEach(() => {
  predictGenerateDataKeyCalls();
});

test('gives a caching materials manager', about(3, [1, 2, 3]), () => {
  expect(
    createMaterialsManager(step.runKeyArn),
    'Any other asks KMS for a new data key for every message: only a caching materials manager keeps one.',
  ).toBeInstanceOf(NodeCachingMaterialsManager);
});

test('gets its data keys from the KMS key', about(2, [1, 2, 3]), async () => {
  await withKey(async (keyArn) => {
    const materialsManager = createMaterialsManager(keyArn);
    const commitmentPolicy = CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT;
    const outcome = await materialsManager
      .getEncryptionMaterials({ encryptionContext: run.encryptionContext, commitmentPolicy })
      .then(
        () => 'a data key',
        ({ message }: Error) => message,
      );

    expect(
      outcome,
      'The keyring made no data key: only its generator makes them, so the KMS key has to be its generatorKeyId.',
    ).toBe('a data key');
  });
});

test('writes an encrypted message', about(4), async () => {
  const encryptedFile = scratchFile('written');
  await rm(encryptedFile, { force: true });
  await withKey(async (keyArn) => {
    const { encryptionContext } = run;
    const materialsManager = createMaterialsManager(keyArn);
    const error = await encryptFile({
      materialsManager,
      encryptionContext,
      plaintextFile,
      encryptedFile,
    }).catch((e: Error) => e);
    // What is still being written gets no further before these lines are done.
    const size = existsSync(encryptedFile) ? statSync(encryptedFile).size : 0;

    throwIfTodo(error);
    expect(
      error,
      'There were no bytes to write: await encrypt, and take the result out of its answer.',
    ).not.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
    if (error) throw error;
    expect(size, 'The message was not written when encryptFile was done: await writeFile.').toBeGreaterThan(
      0,
    );
    const message = await readMessage(encryptedFile).catch(() => undefined);
    expect(
      message,
      'What was written is no encrypted message: write the bytes of the result as they are, not a text.',
    ).toBeDefined();
  });
});

test('makes two different messages', about(4), async () => {
  const { first, second } = await encryptedTwice();

  expect(
    [second.messageId === first.messageId, second.body.equals(first.body)],
    'Each message has its own id and its own ciphertext: encrypt twice, do not copy a message.',
  ).toEqual([false, false]);
});

test('encrypts every message with that materials manager', about(4), async () => {
  const { plaintextLengths } = await encryptedTwice();

  expect(
    plaintextLengths.length,
    'encryptFile did not use the materials manager that it was given, and a new one has an empty cache: make it once, not per message.',
  ).toBe(2);
  const length = (await readFile(plaintextFile)).byteLength;
  expect(
    plaintextLengths,
    'For the cache to be used, the length of the plaintext has to be known: give encrypt the bytes, not a stream.',
  ).toEqual([length, length]);
});

test('puts the encryption context into every message', about(4), async () => {
  const { first, second } = await encryptedTwice();

  for (const message of [first, second]) {
    expect(
      message.encryptionContext,
      'The encryption context has to be in the header of every message: give encrypt the options { encryptionContext }.',
    ).toMatchObject(run.encryptionContext);
  }
  expect(
    withoutPublicKey(second.encryptionContext),
    'The encryption context differs from message to message, and so no data key is ever reused.',
  ).toEqual(withoutPublicKey(first.encryptionContext));
});

test('uses one data key for both', about(3), async () => {
  const { first, second, keyArn } = await encryptedTwice();

  expect(second.encryptedDataKey, 'Messages that share a data key carry the same encrypted data key.').toBe(
    first.encryptedDataKey,
  );
  // No wrong answer fails here: an exercise knows of no other key.
  expect(first.keyArn, "The data key has to come from the workshop's key.").toBe(keyArn);
});

test('asks KMS for one data key', about(3), async () => {
  const { dataKeyCalls } = await encryptedTwice();

  expect(
    dataKeyCalls,
    'Two messages need one GenerateDataKey call, if both are encrypted with the same cache: make it once, not per message.',
  ).toBe(1);
});

test('needs as many calls as you predicted', about(1), async () => {
  const { dataKeyCalls } = await encryptedTwice();

  expect(predictGenerateDataKeyCalls(), 'You predicted another number of GenerateDataKey calls.').toBe(
    dataKeyCalls,
  );
});

test('commits every message to its data key', { meta }, async () => {
  const { first, second } = await encryptedTwice();

  expect(
    [first.isCommitting, second.isCommitting],
    'Without key commitment a message may open under two data keys: see the CommitmentPolicy of buildClient.',
  ).toEqual([true, true]);
});

test('asks for a second data key for the third message', about(3), async () => {
  const materialsManager = createMaterialsManager(await givenKey(step));
  const { dataKeyCalls } = await encrypt(
    materialsManager,
    [1, 2, 3].map((n) => scratchFile(`third_${n}`)),
  );

  expect(dataKeyCalls, 'A data key is for two messages: see maxMessagesEncrypted.').toBe(2);
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
    'After 299 seconds the data key is still good, but it was asked for again: maxAge is in milliseconds.',
  ).toBe(1);
  expect(
    await callsAfter(301),
    'After 301 seconds the data key is too old, but it was used: see maxAge.',
  ).toBe(2);
});

/** Encrypts the plaintext once for each file; gives the messages and what was asked for. */
async function encrypt(materialsManager: NodeMaterialsManager, files: string[]) {
  const observed = observe(materialsManager);
  const recording = recordRequests();
  const messages: Message[] = [];
  try {
    for (const encryptedFile of files) {
      await encryptFile({
        materialsManager: observed.materialsManager,
        encryptionContext: run.encryptionContext,
        plaintextFile,
        encryptedFile,
      });
      messages.push(await readMessage(encryptedFile));
    }
  } finally {
    recording.stop();
  }
  const dataKeyCalls = recording.successful('GenerateDataKey').length;
  return { messages, dataKeyCalls, plaintextLengths: observed.plaintextLengths };
}

/** A materials manager that passes everything on, and notes for which lengths of plaintext it was asked. */
function observe(materialsManager: NodeMaterialsManager) {
  const plaintextLengths: (number | undefined)[] = [];
  const observed: NodeMaterialsManager = {
    getEncryptionMaterials: (request) => {
      plaintextLengths.push(request.plaintextLength);
      return materialsManager.getEncryptionMaterials(request);
    },
    decryptMaterials: (request) => materialsManager.decryptMaterials(request),
  };
  return { materialsManager: observed, plaintextLengths };
}

/** Runs an action with a KMS key of its own, in a local AWS. */
function withKey<Result>(action: (keyArn: string) => Promise<Result>): Promise<Result> {
  return withLocalAws({}, async () => action(await createLocalKey()));
}

function scratchFile(name: string): string {
  return join(run.scratchFolder, name);
}

/** The suite that signs adds its public key to the encryption context. */
function withoutPublicKey({ 'aws-crypto-public-key': _, ...context }: Readonly<Record<string, string>>) {
  return context;
}
