import { existsSync, readFileSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { decryptFile, predictDecryptCalls } from '#exercise/03-decrypt';
import { readMessage } from '../../src/evidence/message.ts';
import { recordRequests } from '../../src/evidence/request-recorder.ts';
import { once, throwIfTodo, useStep } from '../../src/run/step.ts';
import { withLocalAws } from '../../src/run/target.ts';
import { shown } from '../../src/state/output-folder.ts';
import { outputFiles } from '../../src/state/run.ts';
import { createMaterialsManager, encryptFile } from '../02-encrypt-with-cache/solution.ts';
import { createLocalKey, givenEncryptedFiles, givenKey, plaintextFile } from '../given.ts';

const step = useStep(import.meta.filename);
const { run } = step;
const { encryptionContext } = run;
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

/** What is in a file now: nothing that is still being written gets any further meanwhile. */
function contentOf(file: string): Buffer | undefined {
  return existsSync(file) ? readFileSync(file) : undefined;
}

// The prediction comes first: until it is made, nothing is shown.
beforeEach(() => {
  predictDecryptCalls();
});

test('hands decrypt a message, and waits for it', about(2), async () => {
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

  // What fails whatever it expects has another reason, which the tests below tell.
  expect(
    expectingOurs.error?.message ?? 'no error',
    'A message of ours was refused, because its header has more pairs: check that each pair you expect is there.',
  ).toBe(expectingAll.error?.message ?? 'no error');
});

test('gives back the plaintext, byte for byte', about(4), async () => {
  const { plaintexts } = await decrypted();
  const original = await readFile(plaintextFile);

  for (const { file, atOnce } of plaintexts) {
    const plaintext = contentOf(file);
    expect(plaintext, `${file} is not there: write the plaintext to plaintextFile.`).toBeDefined();
    expect(
      atOnce?.toString() === plaintext?.toString(),
      `${file} was not complete when decryptFile was done: await what you begin.`,
    ).toBe(true);
    expect(
      plaintext?.equals(original),
      `${file} has to be byte-identical to ${plaintextFile}: write the plaintext as decrypt gave it.`,
    ).toBe(true);
  }
});

test('asks KMS to decrypt the data key of each message', about(2), async () => {
  const { decryptCalls } = await decrypted();

  expect(
    decryptCalls,
    'Only KMS can decrypt a data key: one Decrypt call for each message, without a cache.',
  ).toBe(2);
});

test('needs as many calls as you predicted', about(1), async () => {
  const { decryptCalls } = await decrypted();

  expect(predictDecryptCalls(), 'You predicted another number of Decrypt calls.').toBe(decryptCalls);
});

test('decrypts what it is given, whatever that is', about(2), async () => {
  const other = scratchFile('other.txt');
  await writeFile(other, 'another plaintext');
  const encryptedFile = await encryptWith({ plaintextFile: other, keyArn: await givenKey(step) });

  const { plaintext } = await tryToDecrypt({ encryptedFile });
  expect(
    plaintext?.toString(),
    'The plaintext has to come out of the message, not from somewhere else.',
  ).toBe('another plaintext');
});

test('gives back what is not text', about(4), async () => {
  const bytes = scratchFile('bytes');
  await writeFile(bytes, Buffer.from('ff00fe80', 'hex'));
  const encryptedFile = await encryptWith({ plaintextFile: bytes, keyArn: await givenKey(step) });

  const { plaintext } = await tryToDecrypt({ encryptedFile });
  expect(
    plaintext?.toString('hex'),
    'A file need not be text: write the bytes as they are, and make no text of them.',
  ).toBe('ff00fe80');
});

const comparedTooLate = 'decryptFile wrote its plaintext before it was refused: compare first, write last.';

// In a real account, the learner's policy may allow no other encryption context than the workshop's.
test('refuses a message with another encryption context', about(3, [1, 2, 3]), async () => {
  await withLocalAws({}, async () => {
    const keyArn = await createLocalKey();
    for (const name of Object.keys(encryptionContext)) {
      const other = { ...encryptionContext, [name]: 'something else' };
      const encryptedFile = await encryptWith({ keyArn, encryptionContext: other });

      expectRefused(
        await tryToDecrypt({ encryptedFile, keyArn }),
        `A message with another "${name}" was decrypted: compare messageHeader.encryptionContext, and throw an error.`,
        comparedTooLate,
      );
    }
  });
});

test('refuses a message without the encryption context', about(3, [1, 2, 3]), async () => {
  await withLocalAws({}, async () => {
    const keyArn = await createLocalKey();
    const encryptedFile = await encryptWith({ keyArn, encryptionContext: {} });

    expectRefused(
      await tryToDecrypt({ encryptedFile, keyArn }),
      'A message without the encryption context was decrypted: each expected pair has to be there.',
      comparedTooLate,
    );
  });
});

test('refuses a message that was encrypted under another key', about(2, [1, 2]), async () => {
  await withLocalAws({}, async () => {
    const ours = await createLocalKey();
    const theirs = await createLocalKey();
    const encryptedFile = await encryptWith({ keyArn: theirs });

    expectRefused(
      await tryToDecrypt({ encryptedFile, keyArn: ours }),
      'A message under a key that you did not allow was decrypted: name the key in keyIds, do not discover it.',
    );
  });
});

test('refuses a message that was changed', about(2, [1, 2]), async () => {
  const long = scratchFile('long.txt');
  await writeFile(long, 'many frames, each of which is decrypted by itself\n'.repeat(2_500));
  const message = await readFile(await encryptWith({ plaintextFile: long, keyArn: await givenKey(step) }));
  const encryptedFile = scratchFile('changed');
  // The last byte but 200 belongs to the encrypted content, and the last one to the signature.
  for (const place of [message.length - 200, message.length - 1]) {
    const changed = Buffer.from(message);
    changed[place] = (changed[place] ?? 0) ^ 1;
    await writeFile(encryptedFile, changed);

    expectRefused(
      await tryToDecrypt({ encryptedFile }),
      'A message that was changed left a plaintext behind: write nothing before decrypt is done.',
    );
  }
});

test('refuses a message that was cut off', about(2, [1, 2]), async () => {
  const message = await readFile((await givenEncryptedFiles(step))[0]);
  const encryptedFile = scratchFile('cut_off');
  await writeFile(encryptedFile, message.subarray(0, message.length - 300));

  // No wrong answer fails here: what goes wrong now has gone wrong with a message that was changed.
  expectRefused(
    await tryToDecrypt({ encryptedFile }),
    'A message that was cut off left a plaintext behind: write nothing before decrypt is done.',
  );
});

/** Encrypts with the reference of step 2, differently from the run in what is named. */
async function encryptWith(difference: {
  keyArn: string;
  plaintextFile?: string;
  encryptionContext?: Record<string, string>;
}): Promise<string> {
  const encryptedFile = scratchFile('encrypted');
  const materialsManager = createMaterialsManager(difference.keyArn);
  await encryptFile({ plaintextFile, encryptionContext, ...difference, materialsManager, encryptedFile });
  return encryptedFile;
}

/** Decrypts with the exercise; gives its error, if any, and the plaintext that it wrote, if any. */
async function tryToDecrypt(request: {
  encryptedFile: string;
  keyArn?: string;
  encryptionContext?: Readonly<Record<string, string>>;
}) {
  const plaintextFile = scratchFile('decrypted.txt');
  await rm(plaintextFile, { force: true });
  const keyArn = request.keyArn ?? (await givenKey(step));
  const error = await decryptFile({ keyArn, encryptionContext, plaintextFile, ...request }).catch(
    (e: Error) => e,
  );
  throwIfTodo(error);
  return { error, plaintext: contentOf(plaintextFile) };
}

/** @param written what to say of a plaintext that was written before the message was refused */
function expectRefused(
  { error, plaintext }: Awaited<ReturnType<typeof tryToDecrypt>>,
  accepted: string,
  written = accepted,
): void {
  expect(plaintext === undefined ? 'no plaintext' : 'a plaintext', error ? written : accepted).toBe(
    'no plaintext',
  );
  expect(error, 'A message that is refused has to be an error for the caller: throw one.').toBeInstanceOf(
    Error,
  );
}

function scratchFile(name: string): string {
  return join(run.scratchFolder, name);
}
