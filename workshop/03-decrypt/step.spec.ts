import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KmsKeyringNode, NodeDefaultCryptographicMaterialsManager } from '@aws-crypto/client-node';
import { beforeEach, expect, test } from 'vitest';
import { type DecryptRequest, decryptFile, predictDecryptCalls } from '#exercise/03-decrypt';
import { readMessage } from '../../src/evidence/message.ts';
import { recordRequests } from '../../src/evidence/request-recorder.ts';
import { once, throwIfTodo, useStep } from '../../src/run/step.ts';
import { withLocalAws } from '../../src/run/target.ts';
import { shown } from '../../src/state/output-folder.ts';
import { outputFiles } from '../../src/state/run.ts';
import { createLocalKey, encryptAs, givenEncryptedFiles, givenKey, plaintextFile } from '../given.ts';

const step = useStep(import.meta.filename);
const { run } = step;
const { encryptionContext } = run;
/** A pair that no message has. */
const absent = { team: 'nobody' };
const encryptWith = encryptAs(run);
const meta = { todos: [1, 2, 3, 4] };
const about = (todo: number, todos = meta.todos) => ({ meta: { todos, about: todo } });

const decrypted = once(async () => {
  const encryptedFiles = await givenEncryptedFiles(step);
  const plaintextFiles = outputFiles(run).slice(2);
  const keyArn = await givenKey(step);
  const recording = recordRequests();
  const plaintexts: { file: string; atOnce: Buffer | undefined }[] = [];
  for (const [index, encryptedFile] of encryptedFiles.entries()) {
    const file = shown(plaintextFiles[index] ?? '');
    await rm(file, { force: true });
    await decryptFile({ keyArn, encryptionContext, encryptedFile, plaintextFile: file });
    plaintexts.push({ file, atOnce: contentOf(file) });
  }
  recording.stop();
  return { plaintexts, decryptCalls: recording.successful('Decrypt').length };
});

/** The content of a file at this moment: reading it at once leaves a pending write no time. */
function contentOf(file: string): Buffer | undefined {
  return existsSync(file) ? readFileSync(file) : undefined;
}

// The prediction comes first: until it is made, nothing is shown.
beforeEach(() => {
  predictDecryptCalls();
});

test('leaves the encrypted file as it is', about(4), async () => {
  const [message] = await givenEncryptedFiles(step);
  const encryptedFile = scratchFile('message');
  await copyFile(message, encryptedFile);
  await tryToDecrypt({ encryptedFile });

  expect(
    contentOf(encryptedFile)?.equals(await readFile(message)) ? 'the message' : 'something else',
    'encryptedFile is no longer as it was: only read it, and write the plaintext to plaintextFile.',
  ).toBe('the message');
});

test('passes decrypt a message, and waits for it', about(2), async () => {
  const [encryptedFile] = await givenEncryptedFiles(step);
  const recording = recordRequests();
  const { error } = await tryToDecrypt({ encryptedFile });
  recording.stop();
  // A misspelt name speaks for itself.
  if (error instanceof ReferenceError) throw error;

  const isAnswered = recording.requests.some(({ operation }) => operation === 'Decrypt');
  const isAsked = isAnswered || recording.unanswered('Decrypt') > 0;
  expect(
    error && !isAsked ? error.message : 'no error',
    'decryptFile failed before KMS was asked: pass decrypt the keyring and the message, as readFile gave it, and await it.',
  ).toBe('no error');
});

test('accepts a message with more pairs than it expects', about(3), async () => {
  const [encryptedFile] = await givenEncryptedFiles(step);
  const { encryptionContext: allPairs } = await readMessage(encryptedFile);
  const expectingAll = await tryToDecrypt({ encryptedFile, encryptionContext: allPairs });
  const expectingOurs = await tryToDecrypt({ encryptedFile });

  // An error that comes whatever is expected has another reason, which a test below finds.
  expect(
    expectingAll.error ? 'no error' : (expectingOurs.error?.message ?? 'no error'),
    'decryptFile refused one of our messages, because its header has more pairs: check that each expected pair is there.',
  ).toBe('no error');
});

test('returns the plaintext, byte for byte', about(4), async () => {
  const { plaintexts } = await decrypted();
  const original = await readFile(plaintextFile);

  for (const { file, atOnce } of plaintexts) {
    const plaintext = contentOf(file);
    expect(
      plaintext ? 'a file' : 'no file',
      `${file} does not exist: write the plaintext to plaintextFile.`,
    ).toBe('a file');
    expect(
      plaintext && atOnce?.equals(plaintext) ? 'complete' : 'incomplete',
      `${file} was not complete when decryptFile returned: await every promise.`,
    ).toBe('complete');
    expect(
      plaintext?.equals(original) ? 'the same bytes' : `${plaintext?.length} other bytes`,
      `${file} has to be byte-identical to ${plaintextFile}: write the plaintext exactly as decrypt returns it.`,
    ).toBe('the same bytes');
  }
});

test('asks KMS to decrypt the data key of each message', about(2), async () => {
  const { decryptCalls } = await decrypted();

  expect(
    decryptCalls,
    'Two messages take two Decrypt calls, so that a revoked permission is gone at once: decrypt without a cache.',
  ).toBe(2);
});

test('needs as many calls as you predicted', about(1), async () => {
  const { decryptCalls } = await decrypted();

  expect(predictDecryptCalls(), 'You predicted a different number of Decrypt calls.').toBe(decryptCalls);
});

test('decrypts any message that it is given', about(4), async () => {
  const other = scratchFile('other');
  await writeFile(other, Buffer.from('20ff00fe800a', 'hex'));
  const encryptedFile = await encryptWith({ plaintextFile: other, keyArn: await givenKey(step) });

  const { plaintext } = await tryToDecrypt({ encryptedFile });
  expect(
    plaintext?.equals(await readFile(plaintextFile)) ? `the text of ${plaintextFile}` : 'the plaintext',
    'The plaintext has to come from the message, and from nowhere else.',
  ).toBe('the plaintext');
  expect(
    plaintext?.toString('hex'),
    'Not every file is text: write the bytes as they are, without converting them to a string.',
  ).toBe('20ff00fe800a');
});

test('uses the key that it is given, and no other', about(2), async () => {
  await withLocalAws({}, async () => {
    const keyArn = await createLocalKey();
    const recording = recordRequests();
    const ours = await tryToDecrypt({ encryptedFile: await encryptWith({ keyArn }), keyArn });
    const theirs = await encryptWith({ keyArn: await createLocalKey() });
    const refused = await tryToDecrypt({ encryptedFile: theirs, keyArn });
    recording.stop();

    expect(
      ours.error?.message ?? 'no error',
      'decryptFile was given another key, and refused a message under it: make a keyring for the key that it is given.',
    ).toBe('no error');
    expectRefused(
      refused,
      'A message under a key that you did not allow was decrypted: name the key in keyIds, without discovery.',
    );
    expect(
      recording.successful('Decrypt').length === 1 ? 'our key' : 'any key',
      'KMS was asked to decrypt with a key that you did not allow: name the key in keyIds, and KMS is not asked.',
    ).toBe('our key');
  });
});

test('accepts one encrypted data key, and no more', about(2, [1, 2]), async () => {
  await withLocalAws({}, async () => {
    const keyArn = await createLocalKey();
    const keyring = new KmsKeyringNode({ generatorKeyId: keyArn, keyIds: [await createLocalKey()] });
    const materialsManager = new NodeDefaultCryptographicMaterialsManager(keyring);
    expectRefused(
      await tryToDecrypt({ encryptedFile: await encryptWith({ keyArn, materialsManager }), keyArn }),
      'A message with two encrypted data keys was decrypted: keep maxEncryptedDataKeys at 1.',
    );
  });
});

test('compares the encryption context that it is given', about(3), async () => {
  const alike = { upperCase: 'FINANCE', longer: 'finance-2', shorter: 'financ', indented: ' finance' };
  // In a real account, the learner's policy may allow no other encryption context than the workshop's.
  await withLocalAws({}, async () => {
    const keyArn = await createLocalKey();
    const ours = await encryptWith({ keyArn });
    const other = await encryptWith({ keyArn, encryptionContext: { department: 'finance', ...alike } });
    const expecting = (expected: Record<string, string>, encryptedFile: string) =>
      tryToDecrypt({ encryptedFile, keyArn, encryptionContext: expected });

    const { error } = await expecting({ department: 'finance' }, other);
    expect(
      error?.message ?? 'no error',
      'decryptFile was given another encryptionContext, and refused a message that has it: compare with what it is given.',
    ).toBe('no error');
    for (const name of Object.keys(encryptionContext)) {
      expectRefused(
        await expecting({ ...encryptionContext, [name]: 'something else' }, ours),
        `A message with another "${name}" was decrypted: compare messageHeader.encryptionContext, and throw an error.`,
      );
    }
    expectRefused(
      await expecting(absent, ours),
      'A message without the expected pair was decrypted: each pair that you expect has to be there.',
    );
    expectRefused(
      await expecting({ ...encryptionContext, ...absent }, ours),
      'decryptFile was given one more pair, and decrypted a message without it: compare each pair that it is given.',
    );
    expectRefused(
      await expecting({ DEPARTMENT: 'finance' }, other),
      'A message that has the expected value under another name was decrypted: compare the names, too.',
    );
    for (const [name, value] of Object.entries(alike)) {
      expectRefused(
        await expecting({ [name]: 'finance' }, other),
        `A message with the value "${value}" was decrypted instead of "finance": the values have to be equal.`,
      );
    }
  });
});

test('leaves a file alone when it refuses the message', about(3, [1, 2, 3]), async () => {
  const [encryptedFile] = await givenEncryptedFiles(step);
  const earlier = 'an earlier plaintext';
  const { plaintext } = await tryToDecrypt({ encryptedFile, encryptionContext: absent, earlier });

  expect(
    plaintext?.toString() ?? 'no file',
    'decryptFile refused a message, but the plaintextFile that was there is gone: change no file before you compare.',
  ).toBe(earlier);
});

test('refuses a message that was changed or cut off', about(2, [1, 2]), async () => {
  const long = scratchFile('long.txt');
  await writeFile(long, 'many frames, each of which is decrypted by itself\n'.repeat(2_500));
  const message = await readFile(await encryptWith({ plaintextFile: long, keyArn: await givenKey(step) }));
  const encryptedFile = scratchFile('changed');
  // The last byte but 200 belongs to the encrypted content, and the last one to the signature.
  const flipped = (fromEnd: number) =>
    message.map((byte, place) => (place === message.length - fromEnd ? byte ^ 1 : byte));
  for (const changed of [flipped(200), flipped(1), message.subarray(0, -300)]) {
    await writeFile(encryptedFile, changed);
    expectRefused(
      await tryToDecrypt({ encryptedFile }),
      'A changed message was decrypted: do not catch the error of decrypt.',
    );
  }
});

test('replaces a file that exists already', about(4), async () => {
  const [encryptedFile] = await givenEncryptedFiles(step);
  const earlier = 'the output of an earlier run, and longer than the plaintext is\n'.repeat(50);
  const { error, plaintext } = await tryToDecrypt({ encryptedFile, earlier });

  const original = await readFile(plaintextFile);
  expect(
    error?.message ?? (plaintext?.equals(original) ? 'the plaintext' : `${plaintext?.length} other bytes`),
    'plaintextFile existed already: replace all of its content.',
  ).toBe('the plaintext');
});

/** The differences from the run, and the earlier content of plaintextFile: by default, there is no such file. */
type Attempt = Partial<DecryptRequest> & { encryptedFile: string; earlier?: string };

/**
 * Decrypts with the exercise, in a folder of its own.
 *
 * @returns the error, and what is in the folder afterwards: the plaintext and the names of all files
 */
async function tryToDecrypt({ earlier, ...request }: Attempt) {
  const folder = await mkdtemp(scratchFile('decrypted-'));
  const plaintextFile = join(folder, 'plaintext.txt');
  if (earlier) await writeFile(plaintextFile, earlier);
  const keyArn = request.keyArn ?? (await givenKey(step));
  const error = await decryptFile({ keyArn, encryptionContext, plaintextFile, ...request }).catch(
    (e: Error) => e,
  );
  throwIfTodo(error);
  return { error, plaintext: contentOf(plaintextFile), files: readdirSync(folder) };
}

/** @param accepted the sentence for a message that was not refused */
function expectRefused({ error, files }: Awaited<ReturnType<typeof tryToDecrypt>>, accepted: string): void {
  expect(
    files.length === 0 ? 'no plaintext' : 'a plaintext',
    error
      ? 'decryptFile wrote the plaintext before it refused the message: check everything first, write last.'
      : accepted,
  ).toBe('no plaintext');
  expect(
    error instanceof Error ? 'an error' : 'no error',
    'The caller has to learn that the message was refused: throw an error.',
  ).toBe('an error');
}

function scratchFile(name: string): string {
  return join(run.scratchFolder, name);
}
