import { buildClient, CommitmentPolicy, KmsKeyringNode } from '@aws-crypto/client-node';
import type { KMS } from '@aws-sdk/client-kms';
import type { LocalAwsOptions } from 'local-kms-cloudtrail';
import { afterEach, expect, test, vi } from 'vitest';
import { createDocumentStore, DocumentError, type StoreOptions } from '#exercise/13-capstone';
import {
  countDataKeys,
  createEncryptOnlyKey,
  keyArnOf,
  type LocalTenants,
  withLocalTenants,
} from '../../src/evidence/local-tenants.ts';
import { readHeader } from '../../src/evidence/message.ts';
import { changedWithin, cutWithin, partsOf } from '../../src/evidence/message-parts.ts';
import { countSuccessful } from '../../src/evidence/request-recorder.ts';
import { throwIfTodo, useStep } from '../../src/run/step.ts';

// The keys are in a local AWS: to take keys of a real account out of use would need more permissions.
useStep(import.meta.filename);
const requirement = { meta: { todos: [1], about: 1 } };

const client = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
const generous = { maxAgeMilliseconds: 600_000, maxMessages: 100, maxBytes: 1_000_000, maxDataKeys: 100 };
/** All bytes: not valid UTF-8, so that a store that reads them as text changes them. */
const contract = Buffer.from(Array.from({ length: 256 }, (_, n) => n));

afterEach(() => void vi.useRealTimers());

test('gives a document back, and keeps it encrypted', requirement, async () => {
  await withStore({}, async ({ store, createStore, Ada }) => {
    for (const id of ['contract', 'invoice']) await store.put('Ada', id, contract);
    const header = readHeader(Ada.messages.get('contract') ?? contract);

    expect(
      header ? 'a message' : 'no message',
      "After put, an encrypted message has to be among the tenant's messages, by the id of the document.",
    ).toBe('a message');
    expect(
      header ? header.messageHeader.encryptionContext.tenant : undefined,
      "The encryption context of Ada's message has to have the pair tenant, with her name (step 6).",
    ).toBe('Ada');
    expect(
      countDataKeys(Ada.messages.values()),
      'Two documents of one tenant have two data keys: use one cache, one partition for each key, and a context that says nothing about one document (step 6).',
    ).toBe(1);
    expect(
      contract.equals(await createStore().get('Ada', 'contract')) ? 'the same bytes' : 'other bytes',
      'The document that get returns has other bytes than the one that was put.',
    ).toBe('the same bytes');
  });
});

test('makes one call for requests that come at once', requirement, async () => {
  await withStore({}, async ({ store }) => {
    const put = () => Promise.all(['1', '2', '3'].map((id) => store.put('Ada', id, contract)));
    const get = () => Promise.all(['1', '2', '3'].map((id) => store.get('Ada', id)));

    expect(
      await countSuccessful('GenerateDataKey', put),
      'Documents of one tenant that are put at once may share a data key: one request fetches it, and the others wait (step 7).',
    ).toBe(1);
    expect(
      await countSuccessful('Decrypt', get),
      'Documents with one data key that are got at once take one Decrypt call: one fetches it, and the others wait (step 7).',
    ).toBe(1);
  });
});

test('fails one request for one call that failed', requirement, async () => {
  const faults = [{ operation: 'GenerateDataKey', fault: 'server-error', sequence: [true] }] as const;
  await withStore({ faults }, async ({ store }) => {
    const outcomes = await Promise.allSettled(['1', '2'].map((id) => store.put('Ada', id, contract)));

    expect(
      outcomes.filter(({ status }) => status === 'rejected').length,
      'The first of two calls failed, and so may one request: the next one has to ask for itself (step 7).',
    ).toBeLessThanOrEqual(1);
  });
});

test('does not let a slow call for one tenant hold up another', requirement, async () => {
  await withStore({}, async ({ store, kms, Ada }) => {
    kms.middlewareStack.add((next) => (request) => {
      const { KeyId } = request.input as { KeyId?: string };
      return KeyId === Ada.keyArn ? new Promise(() => {}) : next(request);
    });
    store.put('Ada', 'contract', contract).catch(() => {});
    let ended = 'held up';
    reasonOf(store.put('Bob', 'contract', contract)).then((reason) => {
      ended = reason;
    });
    // A busy machine is late with these, too, so there is no time limit.
    for (let n = 0; ended === 'held up' && n < 20; n++) await kms.listKeys();

    expect(
      ended,
      "Ada's call is slow, and holds up Bob's: let only requests wait that can share a data key.",
    ).toBe('no error');
  });
});

const says = (limit: string) =>
  `The policy has ${limit} for a data key: these 3 documents take 2 data keys, no more and no fewer (step 6).`;
test.for([
  { policy: { maxMessages: 2 }, minutes: [0, 0, 0], message: says('2 messages') },
  { policy: { maxBytes: 512 }, minutes: [0, 0, 0], message: says('512 bytes') },
  { policy: { maxAgeMilliseconds: 60_000 }, minutes: [0, 1, 1.1], message: says('1 minute') },
])('follows the policy $policy', requirement, async ({ policy, minutes, message }) => {
  await withStore({ policy }, async ({ store, Ada }) => {
    const start = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now: start });
    for (const minute of new Set(minutes)) {
      vi.setSystemTime(start + minute * 60_000);
      const ids = [...minutes.keys()].filter((n) => minutes[n] === minute);
      await Promise.all(ids.map((n) => store.put('Ada', `document ${n}`, contract)));
    }

    expect(countDataKeys(Ada.messages.values()), message).toBe(2);
  });
});

test('keeps as many data keys in memory as the policy allows', requirement, async () => {
  await withStore({ policy: { maxDataKeys: 2 } }, async ({ store }) => {
    const put = async () => {
      for (const name of ['Ada', 'Bob', 'Ada', 'Eve', 'Bob']) await store.put(name, 'contract', contract);
    };

    expect(
      await countSuccessful('GenerateDataKey', put),
      'The policy has 2 data keys in memory, for all tenants together: that is the capacity of one cache (step 6).',
    ).toBe(4);
  });
});

test('keeps tenants apart', requirement, async () => {
  await withStore({}, async ({ store, kms, Ada, Bob }) => {
    await store.put('Ada', 'contract', contract);
    Bob.messages.set('of Ada', Ada.messages.get('contract') ?? contract);

    expect(
      await reasonOf(store.get('Bob', 'of Ada')),
      "Ada's message is among Bob's, under a key that is not Bob's: the reason is 'another tenant' (step 11).",
    ).toBe('another tenant');
    const keyring = new KmsKeyringNode({ generatorKeyId: Bob.keyArn, clientProvider: () => kms });
    const { result } = await client.encrypt(keyring, contract, { encryptionContext: { tenant: 'Ada' } });
    Bob.messages.set('for Ada', result);
    expect(
      await reasonOf(store.get('Bob', 'for Ada')),
      "A message under Bob's key has Ada as its tenant: compare the encryption context when you decrypt (step 9).",
    ).toBe('another tenant');
  });
});

test('says why there is no document', requirement, async () => {
  const faults = [{ operation: 'Decrypt', fault: 'server-error' }] as const;
  await withStore({}, async ({ store, Ada }) => {
    await store.put('Ada', 'contract', contract);
    const message = Buffer.from(Ada.messages.get('contract') ?? []);
    const { body, encryptedDataKey } = partsOf(message);
    Ada.messages.set('text', contract);
    Ada.messages.set('cut off', cutWithin(message, body, 1)[0] ?? message);
    Ada.messages.set('content', changedWithin(message, body, 1)[0] ?? message);
    Ada.messages.set('data key', changedWithin(message, encryptedDataKey, 1)[0] ?? message);

    expect(await reasonOf(store.get('Ada', 'no id')), 'Nobody has put this document.').toBe('not found');
    for (const id of ['text', 'cut off', 'content'])
      expect(
        await reasonOf(store.get('Ada', id)),
        'This is a broken message: it was cut off or changed, or is not a message, whatever error the Encryption SDK has.',
      ).toBe('broken');
    expect(
      await reasonOf(store.get('Ada', 'data key')),
      'KMS finds that the encrypted data key was changed, so the message is broken: see the name of its error (step 11).',
    ).toBe('broken');
  });
  await withStore({ faults }, async ({ store }) => {
    await store.put('Ada', 'contract', contract);

    expect(
      await reasonOf(store.get('Ada', 'contract')),
      'KMS had an internal error, which says nothing about the document: throw that error, without a reason (step 11).',
    ).toBe('an error without a reason');
  });
});

test('locks a revoked tenant out, and no other', requirement, async () => {
  await withStore({}, async ({ store, createStore, kms, Ada }) => {
    const other = createStore();
    for (const name of ['Ada', 'Bob']) await store.put(name, 'contract', contract);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    const start = Date.now();
    await other.get('Ada', 'contract');
    await other.put('Ada', 'invoice', contract);
    const last = Number(await store.revoke('Ada'));
    const { KeyMetadata } = await kms.describeKey({ KeyId: Ada.keyArn });

    expect(
      KeyMetadata?.KeyState,
      'When revoke has returned, the key has to be disabled: other processes use it, too, and it may be enabled again (step 10).',
    ).toBe('Disabled');
    expect(
      (last - start) / 60_000,
      'The last moment is 10 minutes after KMS has answered: until then, a cache may have a data key (step 10).',
    ).toBe(10);
    vi.setSystemTime(last + 1);
    const attempts = [store, other].flatMap((each) => [
      reasonOf(each.get('Ada', 'contract')),
      reasonOf(each.put('Ada', 'contract', contract)),
    ]);
    expect(
      [...new Set(await Promise.all(attempts))].join(', '),
      "After the last moment, KMS refuses the key, and the reason is 'locked', for put and get.",
    ).toBe('locked');
    expect(
      await reasonOf(other.get('Bob', 'contract')),
      "Bob's key was not revoked, and his document cannot be read any more.",
    ).toBe('no error');
  });
});

test('moves all documents to a new key', requirement, async () => {
  await withStore({}, async ({ store, createStore, kms, Ada, spareKeyArn }) => {
    const KeyId = Ada.keyArn;
    for (const id of ['1', '2']) await store.put('Ada', id, contract);

    expect(
      await reasonOf(store.move('Ada', spareKeyArn)),
      'The move failed, perhaps because the new message has a data key of the old key: each key needs a partition of its own (step 6).',
    ).toBe('no error');
    await store.put('Ada', '3', contract);
    await kms.disableKey({ KeyId });

    expect(
      [...Ada.messages.keys()].sort().join(),
      'There are messages that belong to no document: leave nothing else behind.',
    ).toBe('1,2,3');
    expect(
      ['1', '2'].filter((id) => keyArnOf(Ada.messages.get(id) ?? contract) !== spareKeyArn).join(),
      'After the move, these messages are still under the old key: encrypt them under the new one (step 10).',
    ).toBe('');
    expect(
      keyArnOf(Ada.messages.get('3') ?? contract) === spareKeyArn ? 'the new key' : 'the old key',
      'A document that was put after the move is under the old key: change the key of the tenant.',
    ).toBe('the new key');
    expect(
      contract.equals(await createStore().get('Ada', '1')) ? 'the same bytes' : 'other bytes',
      'The move changed the bytes of a document.',
    ).toBe('the same bytes');
  });
});

test('leaves everything as it was if a move fails', requirement, async () => {
  await withStore({}, async ({ store, kms, Ada, spareKeyArn }) => {
    for (const id of ['1', '2']) await store.put('Ada', id, contract);
    const state = () => [Ada.keyArn, ...Ada.messages.values()];
    const before = state();
    const isAsItWas = () => state().every((value, n) => value === before[n]);
    const outcome = await reasonOf(store.move('Ada', await createEncryptOnlyKey(kms)));

    expect(
      isAsItWas() ? 'as it was' : 'changed',
      'The new key may encrypt, but not decrypt: decrypt each new message before you replace an old one (step 10).',
    ).toBe('as it was');
    expect(
      outcome === 'no error' ? outcome : 'an error',
      'The messages could not be moved, and move did not throw an error.',
    ).toBe('an error');
    Ada.messages.set('3', contract);
    before.push(contract);
    await store.move('Ada', spareKeyArn).catch(() => {});
    expect(
      isAsItWas() ? 'as it was' : 'changed',
      'The last message is broken, and others were moved: replace them when all new ones have been decrypted.',
    ).toBe('as it was');
  });
});

/** Runs an action with a store for three tenants, and `createStore`, which creates the store of another process. */
function withStore(
  { policy, ...options }: LocalAwsOptions & { policy?: Partial<StoreOptions['policy']> },
  action: (world: ReturnType<typeof createWorld>) => Promise<void>,
): Promise<void> {
  return withLocalTenants(options, (given) => action(createWorld(given, { ...generous, ...policy })));
}

function createWorld({ tenants, createKms, ...given }: LocalTenants, policy: StoreOptions['policy']) {
  const createWith = (kms: KMS) => createDocumentStore({ kms, tenants, policy });
  return { ...given, store: createWith(given.kms), createStore: () => createWith(createKms()) };
}

/** The reason of a DocumentError, or what came instead. */
async function reasonOf(action: Promise<unknown>): Promise<string> {
  const [outcome] = await Promise.allSettled([action]);
  if (outcome.status === 'fulfilled') return 'no error';
  throwIfTodo(outcome.reason);
  // A mistake of the language is neither a refusal nor a diagnosis: the learner sees it as it is.
  if (outcome.reason instanceof TypeError || outcome.reason instanceof ReferenceError) throw outcome.reason;
  return outcome.reason instanceof DocumentError ? outcome.reason.reason : 'an error without a reason';
}
