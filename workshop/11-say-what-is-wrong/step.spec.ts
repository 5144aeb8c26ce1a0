import { buildClient, CommitmentPolicy, KmsKeyringNode } from '@aws-crypto/client-node';
import { DisableKeyCommand, KMS, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import { type LocalAws, startLocalAws } from 'local-kms-cloudtrail';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { type Diagnosis, diagnose, predictAsked, type Reader } from '#exercise/11-say-what-is-wrong';
import { changedWithin, cutWithin, partsOf, withText } from '../../src/evidence/message-parts.ts';
import { recordRequests } from '../../src/evidence/request-recorder.ts';
import { sampleBytes } from '../../src/evidence/samples.ts';
import { once, useStep } from '../../src/run/step.ts';

// Keys that are disabled or pending deletion, and principals without a permission, exist only in a local AWS.
useStep(import.meta.filename);
const about = (todo: number, todos: number[]) => ({ meta: { todos: [1, ...todos], about: todo } });
const forHeader = about(2, [2]);
const forKey = about(3, [2, 3]);
const forKms = about(4, [2, 3, 4]);
const forContent = about(5, [2, 3, 4, 5]);

const keys = ['1', '2', '3', '4'].map((digit) => ({
  keyId: `1234abcd-12ab-34cd-56ef-12345678900${digit}`,
  // The same material in each local AWS: one decrypts the messages of another.
  material: Buffer.alloc(32, digit).toString('base64'),
  aliasName: `alias/key-${digit}`,
}));
const arnOf = (resource: string) => `arn:aws:kms:us-east-1:111122223333:${resource}`;
const keyArns = keys.map(({ keyId }) => arnOf(`key/${keyId}`));
const [key = '', otherKey = '', disabledKey = '', pendingKey = ''] = keyArns;

let localAws: LocalAws | undefined;
afterAll(() => localAws?.close());

const given = once(async () => {
  localAws = await startLocalAws({ keys, principals: [{ userName: 'stranger', policies: [] }] });
  const kms = clientOf(localAws);
  const message = await encrypt(kms, [key]);
  const toFourKeys = await encrypt(kms, keyArns);
  const uncommitted = await encrypt(kms, [key], CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT);
  await kms.send(new DisableKeyCommand({ KeyId: disabledKey }));
  await kms.send(new ScheduleKeyDeletionCommand({ KeyId: pendingKey }));
  const reader = { kms, keyId: key, encryptionContext: { tenant: 'Ada' } };
  const readers = {
    'no permission': { ...reader, kms: clientOf(localAws, localAws.credentialsOf('stranger')) },
    disabled: { ...reader, keyId: disabledKey },
    'pending deletion': { ...reader, keyId: pendingKey },
  };
  return { message, parts: partsOf(message), toFourKeys, uncommitted, reader, readers };
});

// The prediction comes first: until it is made, nothing is shown.
beforeEach(() => void predictAsked());

test('says that a text is not a message', forHeader, async () => {
  const { message, reader } = await given();
  const others = [
    Buffer.from('Dear Ada, this is only a text.'),
    Buffer.from(message.toString('base64')),
    Buffer.concat([Buffer.from([2]), sampleBytes(600)]),
  ];

  expect(await answers(others, reader), 'This is not a message, so it has no header to read.').toBe(
    'not a message',
  );
});

test('says that a header is cut off', forHeader, async () => {
  const { message, parts, reader } = await given();

  expect(
    await answers(cutWithin(message, parts.header, 20), reader),
    'A message that ends within its header is cut off.',
  ).toBe('cut off');
});

test('says that a message is not committed', forHeader, async () => {
  const { uncommitted, reader } = await given();

  expect(await answer(uncommitted, reader), 'The suite of this message has no commitment.').toBe(
    'not committed',
  );
});

test('says that a message is under another key', forKey, async () => {
  const { message, reader } = await given();

  expect(
    await answer(message, { ...reader, keyId: otherKey }),
    'The message names no key that the key ID stands for.',
  ).toBe('another key');
  expect(
    await answer(message, { ...reader, keyId: arnOf('alias/key-2') }),
    'An alias can stand for another key than the one that the message names: compare its ARN.',
  ).toBe('another key');
});

test('says that a key is not named by its ARN', forKey, async () => {
  const { message, reader } = await given();

  expect(
    await answer(message, { ...reader, keyId: arnOf('alias/key-1') }),
    "This alias stands for the message's key, but decrypting needs the key's ARN.",
  ).toBe('not its ARN');
  expect(
    await answer(message, { ...reader, keyId: keys[0]?.keyId ?? '' }),
    "This short key ID stands for the message's key, but decrypting needs the key's ARN.",
  ).toBe('not its ARN');
});

test('finds its key among several', about(3, [2, 3, 4, 5]), async () => {
  const { toFourKeys, reader } = await given();
  const found = await answer(toFourKeys, { ...reader, keyId: otherKey });

  expect(
    ['another key', 'not its ARN'].includes(found) ? found : 'its key',
    'The message names this key ID, so the key is not the mistake. A message can name several keys.',
  ).toBe('its key');
});

test('asks KMS as the Encryption SDK does', about(4, [2, 3, 4, 5]), async () => {
  const { message, reader } = await given();
  const recording = recordRequests();
  await answer(message, reader).finally(recording.stop);

  expect(
    recording.requests.filter(({ status }) => status !== 200).length,
    'KMS refused the data key of a sound message: it is bound to the whole encryption context in the header.',
  ).toBe(0);
});

test('does not call a message sound because KMS decrypts its data key', about(4, [2, 3, 4, 5]), async () => {
  const { message, reader } = await given();
  const found = await answer(message.subarray(0, message.length / 2), reader);

  expect(
    found === 'sound' ? 'sound' : 'not sound',
    'KMS decrypts this data key, but nobody has read the content yet.',
  ).toBe('not sound');
});

const refusals = [
  { mistake: 'no permission', why: 'KMS denies this reader access to the key.' },
  { mistake: 'disabled', why: 'The key is disabled.' },
  { mistake: 'pending deletion', why: 'The key is pending deletion, which is an invalid state.' },
] as const;

test.for(refusals)('says why KMS refuses: $mistake', forKms, async ({ mistake, why }) => {
  const { toFourKeys, readers } = await given();

  expect(await answer(toFourKeys, readers[mistake]), why).toBe(mistake);
});

const faults = [
  { fault: 'throttle', found: 'throttled', why: 'KMS throttles the reader.' },
  { fault: 'server-error', found: 'KMSInternalException', why: 'This error is no diagnosis: throw it.' },
] as const;

test.for(faults)('says or throws what KMS answers: $found', forKms, async ({ fault, found, why }) => {
  const { message, reader } = await given();
  const faulty = await startLocalAws({ keys, faults: [{ fault, operation: 'Decrypt' }] });

  expect(await answer(message, { ...reader, kms: clientOf(faulty) }).finally(faulty.close), why).toBe(found);
});

test('says that the data key or its encryption context was changed', forKms, async () => {
  const { message, parts, reader } = await given();
  const changed = [...changedWithin(message, parts.encryptedDataKey, 2), withText(message, 'Ada', 'Bob')];

  expect(
    await answers(changed, reader),
    'KMS cannot decrypt a data key that was changed, or whose encryption context was.',
  ).toBe('changed');
});

test('says that the name of the key was changed', forKms, async () => {
  const { message, reader } = await given();

  expect(
    await answer(withText(message, key, otherKey), { ...reader, keyId: otherKey }),
    'The data key belongs to another key than the message names.',
  ).toBe('changed');
});

test('says that a sound message is sound', forContent, async () => {
  const { message, reader } = await given();

  expect(
    await answer(message, reader),
    'This message is sound. It may have more pairs than the reader expects.',
  ).toBe('sound');
});

test('says that the content is cut off', forContent, async () => {
  const { message, parts, reader } = await given();

  expect(
    await answers(cutWithin(message, parts.body, 3), reader),
    'A message that ends within its content is cut off.',
  ).toBe('cut off');
});

test('says that the content was changed', forContent, async () => {
  const { message, parts, reader } = await given();
  const changed = [parts.messageId, parts.headerTag, parts.firstFrame, parts.lastTag, parts.signature];

  expect(
    await answers(
      changed.flatMap((part) => changedWithin(message, part, 1)),
      reader,
    ),
    'A message in which a byte was changed fails its checks.',
  ).toBe('changed');
});

test('calls no changed message sound, wherever the change is', forContent, async () => {
  const { message, reader } = await given();
  const found = await answers(changedWithin(message, [0, message.length], 4), reader);

  // No wrong answer fails here: the tests before have changed each part.
  expect(found.includes('sound') ? 'sound' : 'not sound', 'A byte of this message was changed.').toBe(
    'not sound',
  );
});

test('says that a message has another encryption context', forContent, async () => {
  const { message, reader } = await given();

  expect(
    await answer(message, { ...reader, encryptionContext: { tenant: 'Bob' } }),
    'The message is for tenant Ada, and the reader expects Bob.',
  ).toBe('another context');
  expect(
    await answer(message, { ...reader, encryptionContext: { tenant: 'Ada', owner: 'Ada' } }),
    'The reader expects a pair that the message does not have: every expected pair has to be there.',
  ).toBe('another context');
});

test('asks KMS, or not, as you predicted', about(1, [2, 3, 4, 5]), async () => {
  const { message, toFourKeys, reader } = await given();
  const mistakes: [Diagnosis, Uint8Array, string][] = [
    ['another key', message, otherKey],
    ['cut off', message.subarray(0, message.length / 2), key],
    ['disabled', toFourKeys, disabledKey],
    ['not its ARN', message, arnOf('alias/key-1')],
  ];
  const asked: Diagnosis[] = [];
  for (const [mistake, broken, keyId] of mistakes) {
    // Nothing is shown before the diagnosis is written.
    await answer(broken, { ...reader, keyId });
    if (await isKmsAsked(broken, { ...reader, keyId })) asked.push(mistake);
  }

  expect([...predictAsked()].sort().join(' and '), 'You predicted a different result.').toBe(
    asked.join(' and '),
  );
});

/** The diagnosis, or which error was thrown instead. Throws an error that is a mistake in the code. */
async function answer(message: Uint8Array, reader: Reader): Promise<string> {
  try {
    return await diagnose(message, reader);
  } catch (error) {
    const { name, message } = error as Error;
    if (name.endsWith('Exception')) return name;
    if (message.startsWith('Unable to decrypt data key')) return 'an error of the Encryption SDK';
    throw error;
  }
}

/** The different diagnoses of several messages. */
async function answers(messages: Uint8Array[], reader: Reader): Promise<string> {
  const all = await Promise.all(messages.map((message) => answer(message, reader)));
  return [...new Set(all)].sort().join(' or ');
}

/** True if the Encryption SDK calls KMS before it fails. */
async function isKmsAsked(message: Uint8Array, { kms, keyId }: Reader): Promise<boolean> {
  const keyring = new KmsKeyringNode({ keyIds: [keyId], clientProvider: () => kms });
  const recording = recordRequests();
  await Promise.allSettled([buildClient().decrypt(keyring, message)]);
  recording.stop();
  return recording.requests.length > 0;
}

function clientOf({ endpoint, region, ...aws }: LocalAws, credentials = aws.credentials): KMS {
  return new KMS({ endpoint, region, credentials, maxAttempts: 1 });
}

async function encrypt(
  kms: KMS,
  [generatorKeyId, ...keyIds]: string[],
  policy = CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT,
): Promise<Buffer> {
  const keyring = new KmsKeyringNode({ generatorKeyId, keyIds, clientProvider: () => kms });
  const { result } = await buildClient(policy).encrypt(keyring, sampleBytes(600), {
    encryptionContext: { tenant: 'Ada', document: '7' },
    frameLength: 256,
  });
  return result;
}
