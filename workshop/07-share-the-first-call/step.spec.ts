import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  AlgorithmSuiteIdentifier,
  buildClient,
  CommitmentPolicy,
  type EncryptionContext,
  getLocalCryptographicMaterialsCache,
  KmsKeyringNode,
  NodeCachingMaterialsManager,
  NodeEncryptionMaterial,
  type NodeMaterialsManager,
} from '@aws-crypto/client-node';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { beforeEach, expect, test } from 'vitest';
import { predictGenerateDataKeyCalls, shareFirstCall } from '#exercise/07-share-the-first-call';
import { lookUpCalls } from '../../src/evidence/cloudtrail-calls.ts';
import { countSuccessful } from '../../src/evidence/request-recorder.ts';
import { sampleKeyring } from '../../src/evidence/samples.ts';
import { throwIfTodo, useStep } from '../../src/run/step.ts';
import { withLocalAws } from '../../src/run/target.ts';
import { createLocalKey } from '../given.ts';

const { run, runKeyArn } = useStep(import.meta.filename);
const encrypting = [1, 2, 3, 4];
const decrypting = [1, 2, 3, 5];
const about = (todo: number, todos = encrypting) => ({ meta: { todos, about: todo } });

const commitmentPolicy = CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT;
const client = buildClient(commitmentPolicy);
/** Without a signature, whose key pair takes longer to make than anything else here. */
const suiteId = AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY;
/** In a real account, a policy may ask for the workshop's encryption context. */
const contract = { ...run.encryptionContext, tenant: 'A', document: 'contract' };
const outage = new Error('KMS is out of order');
const never = new Promise<void>(() => {});

// The prediction comes first: until it is made, nothing is shown.
beforeEach(() => void predictGenerateDataKeyCalls());

test('gives a request its materials for encrypting', about(2), async () => {
  const sharing = shareFirstCall(cachingManager());
  const materials = await sharing.getEncryptionMaterials({ encryptionContext: contract, commitmentPolicy });

  expect(
    materials instanceof NodeEncryptionMaterial ? 'materials' : 'nothing',
    'The request got no materials: turn has to be the promise of what ask returns.',
  ).toBe('materials');
});

test('gives a request the error of its own call', about(2), async () => {
  const failing = cachingManager({ before: () => Promise.reject(outage) });
  const error = await encrypt(shareFirstCall(failing)).catch((e: Error) => e);

  throwIfTodo(error);
  expect(
    error === outage ? 'its error' : error instanceof Error ? 'another error' : 'no error',
    'The call of this request failed, but the request did not get the error: do not catch the error that ask throws.',
  ).toBe('its error');
});

test('asks again after a call that failed', about(2), async () => {
  const failingOnce = cachingManager({ before: (call) => (call === 1 ? Promise.reject(outage) : undefined) });
  const sharing = shareFirstCall(failingOnce);
  const outcomes = await times(3, () => encrypt(sharing).catch((e: Error) => e));

  throwIfTodo(outcomes[0]);
  expect(
    outcomes.filter((outcome) => outcome instanceof Error).length,
    'The first of three calls failed, and only its one request may fail: the next one has to ask for itself.',
  ).toBe(1);
});

test('makes one call for 50 requests at once', about(2), async () => {
  const sharing = shareFirstCall(cachingManager({ keyArn: runKeyArn }));
  const calls = await countSuccessful('GenerateDataKey', () => times(50, () => encrypt(sharing)));

  expect(
    calls,
    'Of 50 requests at once, one has to call KMS, and the others have to wait until it has filled the cache.',
  ).toBe(1);
});

test('shares a data key whatever the order of the pairs', about(4), async () => {
  const sharing = shareFirstCall(cachingManager());
  const reordered = Object.fromEntries(Object.entries(contract).reverse());
  const messages = await Promise.all([encrypt(sharing), encrypt(sharing, reordered)]);

  expect(
    new Set(messages.map(dataKeyOf)).size,
    'The same pairs in another order take the same data key, not a second one: the name of the line must not depend on the order.',
  ).toBe(1);
});

test('does not let one encryption context hold up another', about(4), async () => {
  const sharing = shareFirstCall(cachingManager({ before: (call) => (call === 1 ? never : undefined) }));
  encrypt(sharing).catch(() => {});
  const others: EncryptionContext[] = [
    { ...run.encryptionContext, tenant: 'A', document: 'invoice' },
    { ...run.encryptionContext, tenant: 'B', document: 'contract' },
    { ...run.encryptionContext, tenant: 'A', file: 'contract' },
    { ...run.encryptionContext, tenant: 'contract', document: 'A' },
  ];

  expect(
    (await isDone(Promise.all(others.map((other) => encrypt(sharing, other))))) ? 'encrypted' : 'held up',
    'A slow call for one encryption context holds up another: the name of the line needs all names and values.',
  ).toBe('encrypted');
});

test('uses no data key for more messages than the cache allows', about(2), async () => {
  const sharing = shareFirstCall(cachingManager({ maxMessagesEncrypted: 10 }));
  const dataKeys = (await times(50, () => encrypt(sharing))).map(dataKeyOf);
  const messages = [...new Set(dataKeys)].map(
    (dataKey) => dataKeys.filter((each) => each === dataKey).length,
  );

  expect(
    Math.max(...messages),
    'The limit is 10 messages for a data key, and only the cache counts them: every request has to ask it.',
  ).toBeLessThanOrEqual(10);
  expect(
    messages.length,
    'When a data key is used up after 10 messages, one request has to fetch the next, and the others have to wait again.',
  ).toBe(5);
});

test('lets a request that comes later wait, too', about(3), async () => {
  let calls = 0;
  const failingThenSlow = cachingManager({
    before: (call) => {
      calls = call;
      return call === 1 ? Promise.reject(outage) : never;
    },
  });
  const sharing = shareFirstCall(failingThenSlow);
  const first = encrypt(sharing);
  encrypt(sharing).catch(() => {});
  await first.catch(throwIfTodo);
  encrypt(sharing).catch(() => {});
  await setImmediate();

  expect(
    calls,
    'The first of two requests had left the line, and a third one did not wait for the second: only the last request may delete the line.',
  ).toBe(2);
});

test('makes one Decrypt call for 50 requests at once', about(5, decrypting), async () => {
  const message = await encrypt(cachingManager({ keyArn: runKeyArn }));
  const sharing = shareFirstCall(cachingManager({ keyArn: runKeyArn }));
  const calls = await countSuccessful('Decrypt', () => times(50, () => decrypt(sharing, message)));

  expect(
    calls,
    'A message that is decrypted 50 times at once takes one Decrypt call: its requests have to be in one line.',
  ).toBe(1);
});

test('does not let one data key hold up another', about(5, decrypting), async () => {
  const [first, second] = [
    await encrypt(cachingManager({ keyArn: runKeyArn })),
    await encrypt(cachingManager({ keyArn: runKeyArn })),
  ];
  const caching = cachingManager({
    keyArn: runKeyArn,
    before: (call) => (call === 2 ? never : undefined),
  });
  // Now the second data key is in the cache, and takes no call. The first one's call is never answered.
  await decrypt(caching, second);
  const sharing = shareFirstCall(caching);
  decrypt(sharing, first).catch(() => {});

  expect(
    (await isDone(decrypt(sharing, second))) ? 'decrypted' : 'held up',
    'A slow call for one message holds up another that has other data keys: name the line by the encrypted data keys.',
  ).toBe('decrypted');
});

test('keeps no line that is empty', about(3, [1, 2, 3, 4, 5]), async () => {
  const sharing = shareFirstCall(cachingManager());
  const use = (contexts: number) =>
    times(contexts, async (n) => {
      const longContext = { number: `${n} of ${contexts}`, text: 'x'.repeat(60_000) };
      await decrypt(sharing, await encrypt(sharing, longContext));
    });
  await use(2);
  const before = bytesInUse();
  await use(30);

  expect(
    bytesInUse() - before > 1_200_000 ? 'kept' : 'gone',
    'Every line that was ever used is still there, so memory grows with each new context: delete empty lines.',
  ).toBe('gone');
});

test('shows in CloudTrail as one event', about(2), async () => {
  await withLocalAws({ cloudTrail: { delaySeconds: 0, jitterSeconds: 0 } }, async () => {
    const keyArn = await createLocalKey();
    const sharing = shareFirstCall(cachingManager({ keyArn }));
    await times(50, () => encrypt(sharing));
    const calls = await lookUpCalls(new CloudTrailClient(), keyArn, new Date(0));

    // No wrong answer fails here: CloudTrail shows what went over the wire.
    expect(
      calls.filter(({ operation }) => operation === 'GenerateDataKey').length,
      'CloudTrail has an event for each call, and 50 requests at once have to make one.',
    ).toBe(1);
  });
});

test('needs as many calls without it as you predicted', about(1, [1, 2, 3, 4, 5]), async () => {
  const sharing = shareFirstCall(cachingManager());
  await decrypt(sharing, await encrypt(sharing));
  const caching = cachingManager({ keyArn: runKeyArn });
  const calls = await countSuccessful('GenerateDataKey', () => times(50, () => encrypt(caching)));

  expect(predictGenerateDataKeyCalls(), 'You predicted a different number of GenerateDataKey calls.').toBe(
    calls,
  );
});

interface Caching {
  /** The KMS key. Without it, the data keys don't come from KMS. */
  keyArn?: string;
  maxMessagesEncrypted?: number;
  /** Returns the promise that a call waits for first, by the number of the call. */
  before?(call: number): Promise<void> | undefined;
}

/** A caching materials manager with an empty cache. */
function cachingManager({ keyArn, maxMessagesEncrypted = 1000, before }: Caching = {}): NodeMaterialsManager {
  const manager = new NodeCachingMaterialsManager({
    backingMaterials: keyArn ? new KmsKeyringNode({ generatorKeyId: keyArn }) : sampleKeyring,
    cache: getLocalCryptographicMaterialsCache(1),
    maxAge: 300 * 1000,
    maxMessagesEncrypted,
  });
  if (!before) return manager;
  let calls = 0;
  const wait = async () => {
    calls += 1;
    await before(calls);
  };
  return {
    getEncryptionMaterials: (request) => wait().then(() => manager.getEncryptionMaterials(request)),
    decryptMaterials: (request) => wait().then(() => manager.decryptMaterials(request)),
  };
}

type Message = Awaited<ReturnType<typeof encrypt>>;

function encrypt(manager: NodeMaterialsManager, encryptionContext: EncryptionContext = contract) {
  return client.encrypt(manager, 'a record', { suiteId, encryptionContext });
}

function decrypt(manager: NodeMaterialsManager, message: Message) {
  return client.decrypt(manager, message.result);
}

/** The encrypted data key of a message, as text. */
function dataKeyOf({ messageHeader: { encryptedDataKeys } }: Message): string {
  return Buffer.from(encryptedDataKeys[0]?.encryptedDataKey ?? []).toString('base64');
}

function times<Result>(count: number, action: (n: number) => Promise<Result>): Promise<Result[]> {
  return Promise.all(Array.from({ length: count }, (_, n) => action(n)));
}

/**
 * True if an action without network is done before 20 messages have been encrypted one after another: a busy machine is
 * late with both, so there is no time limit. Throws its error.
 */
async function isDone(action: Promise<unknown>): Promise<boolean> {
  let done = false;
  const noteEnd = () => {
    done = true;
  };
  action.then(noteEnd, noteEnd);
  for (let n = 0; !done && n < 20; n++) await encrypt(cachingManager());
  if (done) await action;
  return done;
}

/** Bytes on the heap after a garbage collection. */
function bytesInUse(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}
