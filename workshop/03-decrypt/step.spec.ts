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

/** The content of a file at this moment: reading it at once leaves a pending write no time. */
function contentOf(file: string): Buffer | undefined {
  return existsSync(file) ? readFileSync(file) : undefined;
}

// The prediction comes first: until it is made, nothing is shown.
beforeEach(() => {
  predictDecryptCalls();
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
    expectingOurs.error?.message ?? 'no error',
    'decryptFile refused one of our messages, because its header has more pairs: check that each expected pair is there.',
  ).toBe(expectingAll.error?.message ?? 'no error');
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
    'Only KMS can decrypt a data key: without a cache, each message takes one Decrypt call.',
  ).toBe(2);
});

test('needs as many calls as you predicted', about(1), async () => {
  const { decryptCalls } = await decrypted();

  expect(predictDecryptCalls(), 'You predicted another number of Decrypt calls.').toBe(decryptCalls);
});

test('decrypts any message that it is given', about(2), async () => {
  const other = scratchFile('other.txt');
  await writeFile(other, 'another plaintext');
  const encryptedFile = await encryptWith({ plaintextFile: other, keyArn: await givenKey(step) });

  const { plaintext } = await tryToDecrypt({ encryptedFile });
  expect(
    plaintext?.equals(await readFile(plaintextFile)) ? `the text of ${plaintextFile}` : plaintext?.toString(),
    'The plaintext has to come from the message, and from nowhere else.',
  ).toBe('another plaintext');
});

test('decrypts bytes that are not text', about(4), async () => {
  const bytes = scratchFile('bytes');
  await writeFile(bytes, Buffer.from('ff00fe80', 'hex'));
  const encryptedFile = await encryptWith({ plaintextFile: bytes, keyArn: await givenKey(step) });

  const { plaintext } = await tryToDecrypt({ encryptedFile });
  expect(
    plaintext?.toString('hex'),
    'Not every file is text: write the bytes as they are, without converting them to a string.',
  ).toBe('ff00fe80');
});

const comparedTooLate =
  'decryptFile wrote the plaintext before it refused the message: compare first, write last.';

// In a real account, the learner's policy may allow no other encryption context than the workshop's.
test('refuses a message with another encryption context', about(3, [1, 2, 3]), async () => {
  await withLocalAws({}, async () => {
    const keyArn = await createLocalKey();
    for (const [name, value] of Object.entries(encryptionContext)) {
      const others = ['something else', value.toUpperCase(), `${value}-2`, value.slice(0, -1), ` ${value}`];
      for (const other of others.filter((each) => each !== value)) {
        const encryptedFile = await encryptWith({
          keyArn,
          encryptionContext: { ...encryptionContext, [name]: other },
        });

        expectRefused(
          await tryToDecrypt({ encryptedFile, keyArn }),
          other === 'something else'
            ? `A message with another "${name}" was decrypted: compare messageHeader.encryptionContext, and throw an error.`
            : `A message whose "${name}" only resembles the expected one was decrypted: the values have to be equal.`,
          comparedTooLate,
        );
      }
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

test('refuses a message whose pairs have other names', about(3, [1, 2, 3]), async () => {
  await withLocalAws({}, async () => {
    const keyArn = await createLocalKey();
    const renamed = Object.entries(encryptionContext).map(([name, value]) => [name.toUpperCase(), value]);
    const encryptedFile = await encryptWith({ keyArn, encryptionContext: Object.fromEntries(renamed) });

    expectRefused(
      await tryToDecrypt({ encryptedFile, keyArn }),
      'A message that has the expected values under other names was decrypted: compare the names, too.',
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
      'A message under a key that you did not allow was decrypted: name the key in keyIds, without discovery.',
    );
  });
});

test('refuses a changed message', about(2, [1, 2]), async () => {
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
      'A changed message left a plaintext behind: write nothing before decrypt has checked the whole message.',
    );
  }
});

test('refuses a truncated message', about(2, [1, 2]), async () => {
  const message = await readFile((await givenEncryptedFiles(step))[0]);
  const encryptedFile = scratchFile('cut_off');
  await writeFile(encryptedFile, message.subarray(0, message.length - 300));

  // No wrong answer fails here: it fails with a changed message first.
  expectRefused(
    await tryToDecrypt({ encryptedFile }),
    'A truncated message left a plaintext behind: write nothing before decrypt has checked the whole message.',
  );
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

/** Encrypts with the reference of step 2, as the run does except for the given difference. */
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

/**
 * Decrypts with the exercise.
 *
 * @param earlier the content of plaintextFile before; by default, there is no such file
 * @returns the error, and the content of plaintextFile afterwards, if any
 */
async function tryToDecrypt({
  earlier,
  ...request
}: {
  encryptedFile: string;
  keyArn?: string;
  encryptionContext?: Readonly<Record<string, string>>;
  earlier?: string;
}) {
  const plaintextFile = scratchFile('decrypted.txt');
  await rm(plaintextFile, { force: true });
  if (earlier) await writeFile(plaintextFile, earlier);
  const keyArn = request.keyArn ?? (await givenKey(step));
  const error = await decryptFile({ keyArn, encryptionContext, plaintextFile, ...request }).catch(
    (e: Error) => e,
  );
  throwIfTodo(error);
  return { error, plaintext: contentOf(plaintextFile) };
}

/** @param written the sentence for a plaintext that was written before the message was refused */
function expectRefused(
  { error, plaintext }: Awaited<ReturnType<typeof tryToDecrypt>>,
  accepted: string,
  written = accepted,
): void {
  expect(plaintext === undefined ? 'no plaintext' : 'a plaintext', error ? written : accepted).toBe(
    'no plaintext',
  );
  expect(
    error instanceof Error ? 'an error' : 'no error',
    'The caller has to learn that the message was refused: throw an error.',
  ).toBe('an error');
}

function scratchFile(name: string): string {
  return join(run.scratchFolder, name);
}
