import { appendFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { decryptFile, encryptFile, predictReleasedBytes } from '#exercise/08-encrypt-streams';
import {
  abortWhenWritten,
  attemptOnFiles,
  type Content,
  type Files,
  fillDisk,
  staysOpen,
  truncateWhenWritten,
} from '../../src/evidence/file-attempt.ts';
import { readMessage } from '../../src/evidence/message.ts';
import { recordRequests } from '../../src/evidence/request-recorder.ts';
import {
  brokenMessages,
  countReleasedBytes,
  plaintextOf,
  sampleBytes,
  sampleKeyring,
  sampleManager,
  sampleMessage,
  withBrokenSignature,
} from '../../src/evidence/samples.ts';
import { throwIfTodo, useStep } from '../../src/run/step.ts';
import { createMaterialsManager } from '../02-encrypt-with-cache/solution.ts';

const { run, runKeyArn } = useStep(import.meta.filename);
const encrypting = (about: number) => ({ meta: { todos: [1, 2, 3, 4], about } });
const decrypting = { meta: { todos: [1, 2, 5], about: 5 } };
const frameLength = 64 * 1024;
const mebibyte = 1024 ** 2;
/** Five frames, and a part of one. */
const plaintext = sampleBytes(330_000);
const earlier = Buffer.from('the output of an earlier run');
const materialsManager = sampleManager();

// The prediction comes first: until it is made, nothing is shown.
beforeEach(() => {
  predictReleasedBytes();
});

test('gives the temporary file its name when it is written', encrypting(2), async () => {
  const { error, ended, output } = await encryptBytes(sampleBytes(1_000));

  expect(
    error?.syscall === 'rename' || (output && output.length < 1_000) ? 'too early' : 'in time',
    'The temporary file was renamed before the message was in it: await writeTemporaryFile, and in TODO 4 the pipeline.',
  ).toBe('in time');
  expect(
    error?.code === 'ENOENT' ? 'no temporary file' : 'a temporary file',
    'The temporary file had been renamed already, and rm found none: remove it only when something failed.',
  ).toBe('a temporary file');
  if (ended === 'threw') throw error;
  expect(
    output ? 'a message' : 'no message',
    'No message was in encryptedFile when encryptFile returned: rename the temporary file to file.',
  ).toBe('a message');
});

test('passes encryptStream the length, context and frame length', encrypting(3), async () => {
  const lengths: (number | undefined)[] = [];
  const observed = () => ({ materialsManager: sampleManager((length) => lengths.push(length)) });
  const { files } = await encryptBytes(sampleBytes(1_000), observed);

  expect(
    lengths.length > 0 ? (lengths[0] ?? 'no length') : 'no data key',
    lengths.length > 0
      ? 'A stream does not show how long it is, and the cache is not used without a length: pass encryptStream the plaintextLength.'
      : 'encryptFile did not use the materialsManager that it was given: pass it to encryptStream.',
  ).toBe(1_000);
  const message = await readMessage(files.output);
  const pairs = Object.entries(run.encryptionContext);
  expect(
    pairs.find(([name, value]) => message.encryptionContext[name] !== value)?.[0] ?? 'none',
    'A pair of encryptionContext is not in the message: pass encryptStream the encryptionContext.',
  ).toBe('none');
  expect(
    message.frameLength,
    'The frames of the message have another length: pass encryptStream the frameLength.',
  ).toBe(frameLength);
});

test('encrypts every byte of the file', encrypting(3), async () => {
  const { ended, error, output } = await encryptBytes(plaintext);

  if (ended === 'threw') throw error;
  expect(
    ended,
    'The process would have ended here. If a chunk does not end where a frame does, its rest is counted twice: read chunks of frameLength bytes.',
  ).toBe('returned');
  expect(
    (await plaintextOf(output))?.equals(plaintext) ? 'the plaintext' : 'something else',
    'The message contains something other than plaintextFile: encrypt all of its bytes.',
  ).toBe('the plaintext');

  const empty = await encryptBytes(Buffer.alloc(0));
  expect(
    (await plaintextOf(empty.output))?.length === 0 ? 'an empty plaintext' : empty.ended,
    'The file was empty, which is no error: createReadStream takes no end below 0.',
  ).toBe('an empty plaintext');
});

test('uses one data key for two streams', encrypting(3), async () => {
  const caching = createMaterialsManager(runKeyArn);
  const recording = recordRequests();
  for (const _ of [1, 2]) await encryptBytes(sampleBytes(1_000), () => ({ materialsManager: caching }));
  recording.stop();

  expect(
    recording.successful('GenerateDataKey').length,
    'With one caching manager, two files take one GenerateDataKey call: make one encryption for each file.',
  ).toBe(1);
});

test('gives out as many bytes as you predicted', { meta: { todos: [1], about: 1 } }, async () => {
  const message = withBrokenSignature(await sampleMessage(sampleBytes(mebibyte), frameLength));
  const released = await countReleasedBytes(message);

  expect(predictReleasedBytes(), 'You predicted a different number of bytes.').toBe(released);
});

test('reads no more than the announced length', encrypting(3), async () => {
  const { ended } = await encryptBytes(plaintext, ({ input }) => ({
    materialsManager: sampleManager(() => appendFileSync(input, plaintext)),
  }));

  expect(
    ended,
    'plaintextFile grew, and one byte more than you announced ends the process: give createReadStream an end, counted from 0.',
  ).toBe('returned');
});

test('throws when a stream fails', encrypting(4), async () => {
  const cannotRead = await encryptBytes('a folder');
  expect(
    cannotRead.error?.message === 'Premature close' ? 'Premature close' : 'the error of the file',
    'The process would have ended here: pipeline destroys its streams when one fails, and encryption does not survive that.',
  ).toBe('the error of the file');
  expect(
    cannotRead.ended === 'returned' ? 'no error' : 'an error',
    'plaintextFile could not be read, and encryptFile returned: throw the error again.',
  ).toBe('an error');
  expect(
    cannotRead.ended,
    'source failed, and its error did not reach encryptFile: pipe passes on no error, so listen for it.',
  ).toBe('threw');

  const cannotOpen = await encryptBytes(plaintext, ({ output }) => ({ encryptedFile: `${output}/x` }));
  expect(
    ['lstat', 'rm', 'unlink'].includes(cannotOpen.error?.syscall ?? '') ? 'another error' : 'the first error',
    'There was no temporary file to remove, and the error of rm took the place of the first one: give rm the option force.',
  ).toBe('the first error');

  const cannotWrite = await encryptBytes(plaintext, ({ output }) => fillDisk(`${output}.part`));
  expect(
    cannotWrite.output ? 'threw' : cannotWrite.ended,
    'The temporary file could not be written, and that error did not reach encryptFile: put sink into the pipeline.',
  ).toBe('threw');

  const withoutDataKey = sampleManager(() => Promise.reject(new Error('There is no data key.')));
  const cannotEncrypt = await encryptBytes(plaintext, () => ({ materialsManager: withoutDataKey }));
  expect(
    cannotEncrypt.ended,
    'There was no data key, and the error of encryption did not reach encryptFile: pass it on to the pipeline.',
  ).toBe('threw');
});

test('replaces a file, or leaves it as it is', encrypting(2), async () => {
  const replaced = await encryptBytes(plaintext, undefined, earlier);
  expect(
    (await plaintextOf(replaced.output))?.equals(plaintext) ? 'replaced' : 'not replaced',
    'encryptedFile existed already: rename replaces it.',
  ).toBe('replaced');

  const failed = await encryptBytes('a folder', undefined, earlier);
  expect(
    failed.output?.equals(earlier) ? 'as before' : 'changed',
    'encryptFile failed, and encryptedFile is not as before: write the temporary file, and rename that at the end.',
  ).toBe('as before');
  expect(
    failed.created[0] ?? 'no file',
    'encryptFile failed, and left a file: remove the temporary file when anything fails.',
  ).toBe('no file');

  const isTaken = await encryptBytes(plaintext, undefined, 'a folder');
  expect(
    isTaken.created[0] ?? 'no file',
    'The temporary file could not be renamed, and is still there: remove it when anything fails.',
  ).toBe('no file');
});

test('encrypts without keeping the file in memory', encrypting(4), async () => {
  const { output } = await attempt(sampleBytes(4 * mebibyte), (files) =>
    truncateWhenWritten(files, 1.5 * mebibyte, 2.25 * mebibyte, encryptFile(encryptionOf(files))),
  );
  const opened = await plaintextOf(output);
  expect(
    (opened?.length ?? 0) > 2.25 * mebibyte ? 'far ahead' : 'a little ahead',
    'When 1.5 MiB were written, more than 2.25 MiB had been read, and were in memory: let each stream wait for the next.',
  ).toBe('a little ahead');
});

test('stops encrypting when the signal aborts', encrypting(4), async () => {
  const aborted = await attempt(sampleBytes(mebibyte), (files) =>
    abortWhenWritten(files, frameLength, (signal) => encryptFile({ ...encryptionOf(files), signal })),
  );
  expect(
    aborted.error?.message === 'Premature close' ? 'Premature close' : 'the abort',
    'The signal aborted, and the process would have ended: an abort must not destroy encryption.',
  ).toBe('the abort');
  expect(
    aborted.ended,
    'The signal aborted, and encryptFile went on as if nothing had happened: pass the signal to pipeline.',
  ).toBe('threw');
  expect(
    (await staysOpen(aborted.files.input)) ? 'open' : 'closed',
    'The signal aborted, and plaintextFile is still open: destroy source, whatever happens.',
  ).toBe('closed');
});

test('decrypts every byte of the message', decrypting, async () => {
  const { ended, error, output } = await decryptBytes(await sampleMessage(plaintext, frameLength));

  expect(
    ended === 'returned' ? 'no error' : `${error}`,
    'decryptFile refused a message under its keyring, with frames of frameLength: pass decryptStream both.',
  ).toBe('no error');
  expect(
    output?.equals(plaintext) ? 'the plaintext' : `${output?.length ?? 'no'} other bytes`,
    output
      ? 'plaintextFile does not contain the plaintext: write what comes out of decryptStream, and await all of it.'
      : 'There was no plaintextFile when decryptFile returned: replace that file.',
  ).toBe('the plaintext');
});

test('refuses a message that it should not accept', decrypting, async () => {
  for (const [how, message] of Object.entries(brokenMessages(await sampleMessage(plaintext, frameLength)))) {
    const { ended, created } = await decryptBytes(message);
    expect(
      ended === 'threw' || ended === 'returned' ? 'an end' : ended,
      `The error for a message ${how} did not reach decryptFile: connect the streams with pipeline.`,
    ).toBe('an end');
    expect(
      created[0] ?? 'no file',
      `A message ${how} left a plaintext: rename the temporary file only after the pipeline succeeded.`,
    ).toBe('no file');
    expect(ended, `decryptFile returned no error for a message ${how}: let the error through.`).toBe('threw');
  }

  const longFrame = await decryptBytes(await sampleMessage(plaintext, 5 * frameLength));
  expect(
    longFrame.ended,
    'Each frame is kept in memory until it is verified, and the sender chose its length: limit it with maxBodySize.',
  ).toBe('threw');
});

test('decrypts without keeping the message in memory', decrypting, async () => {
  const { ended } = await attempt(await sampleMessage(sampleBytes(2 * mebibyte), frameLength), (files) =>
    truncateWhenWritten(files, frameLength, 1.5 * mebibyte, decryptFile(decryptionOf(files))),
  );
  expect(
    ended,
    'When the first plaintext was written, the whole message had been read, and was in memory: read it as a stream, too.',
  ).toBe('threw');
});

test('stops decrypting when the signal aborts', decrypting, async () => {
  const message = await sampleMessage(sampleBytes(mebibyte), frameLength);
  const { ended } = await attempt(message, (files) =>
    abortWhenWritten(files, frameLength, (signal) => decryptFile({ ...decryptionOf(files), signal })),
  );
  expect(ended, 'The signal aborted, and decryptFile went on: pass the signal to pipeline.').toBe('threw');
});

function encryptionOf({ input, output }: Files) {
  const encryptionContext = { ...run.encryptionContext };
  return { materialsManager, encryptionContext, plaintextFile: input, encryptedFile: output };
}

function decryptionOf({ input, output }: Files) {
  return { keyring: sampleKeyring, encryptedFile: input, plaintextFile: output };
}

type Change = (files: Files) => Partial<ReturnType<typeof encryptionOf>> | undefined;

/** @param change gives what differs in the request, and may change the files */
function encryptBytes(input: Content, change?: Change, earlier?: Content) {
  return attempt(input, (files) => encryptFile({ ...encryptionOf(files), ...change?.(files) }), earlier);
}

function decryptBytes(input: Buffer) {
  return attempt(input, (files) => decryptFile(decryptionOf(files)));
}

async function attempt(input: Content, work: (files: Files) => Promise<void>, earlier?: Content) {
  const result = await attemptOnFiles(run.scratchFolder, input, work, earlier);
  throwIfTodo(result.error);
  return result;
}
