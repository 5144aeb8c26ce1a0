import { setImmediate, setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  AlgorithmSuiteIdentifier,
  CommitmentPolicy,
  type EncryptionContext,
  getLocalCryptographicMaterialsCache,
  KmsKeyringNode,
  NodeAlgorithmSuite,
  NodeCachingMaterialsManager,
  NodeEncryptionMaterial,
  type NodeMaterialsManager,
  RawAesKeyringNode,
  RawAesWrappingSuiteIdentifier,
} from '@aws-crypto/client-node';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { beforeEach, expect, test } from 'vitest';
import { predictGenerateDataKeyCalls, shareFirstCall } from '#exercise/07-share-the-first-call';
import { lookUpCalls } from '../../src/evidence/cloudtrail-calls.ts';
import { countSuccessful } from '../../src/evidence/request-recorder.ts';
import { throwIfTodo, useStep } from '../../src/run/step.ts';
import { withLocalAws } from '../../src/run/target.ts';
import { createLocalKey } from '../given.ts';

type EncryptionRequest = Parameters<NodeMaterialsManager['getEncryptionMaterials']>[0];
type DecryptionRequest = Parameters<NodeMaterialsManager['decryptMaterials']>[0];

const { runKeyArn } = useStep(import.meta.filename);
const encrypting = [1, 2, 3, 4];
const decrypting = [1, 2, 3, 5];
const about = (todo: number, todos = encrypting) => ({ meta: { todos, about: todo } });

const commitmentPolicy = CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT;
/** Without a signature, whose key pair takes longer to make than anything else here. */
const suite = new NodeAlgorithmSuite(
  AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY,
);
const contract = { tenant: 'A', document: 'contract' };
const never = new Promise<void>(() => {});

// The prediction comes first: until it is made, nothing is shown.
beforeEach(() => void predictGenerateDataKeyCalls());

test('gives a request its materials for encrypting', about(2), async () => {
  const materials = await requestDataKey(shareFirstCall(cachingManager()));

  expect(
    materials instanceof NodeEncryptionMaterial ? 'materials' : 'nothing',
    'The request got no materials: turn has to be the promise of what ask returns.',
  ).toBe('materials');
});

test('gives a request the error of its own call', about(2), async () => {
  const outage = new Error('KMS is out of order');
  const failing = cachingManager({ before: () => Promise.reject(outage) });
  const error = await requestDataKey(shareFirstCall(failing)).catch((e: Error) => e);

  throwIfTodo(error);
  expect(
    error === outage ? 'its error' : 'no error',
    'The call of this request failed, but the request did not get the error: do not catch what ask throws.',
  ).toBe('its error');
});

test('asks again after a call that failed', about(2), async () => {
  let calls = 0;
  const failingOnce = cachingManager({
    before: async () => {
      calls += 1;
      if (calls === 1) throw new Error('KMS is out of order');
    },
  });
  const sharing = shareFirstCall(failingOnce);
  const outcomes = await times(3, () => requestDataKey(sharing).catch((e: Error) => e));

  throwIfTodo(outcomes[0]);
  expect(
    outcomes.filter((outcome) => outcome instanceof Error).length,
    'The first of three calls failed, and only its request may fail: the next one has to ask for itself.',
  ).toBe(1);
});

test('makes one call for 50 requests at once', about(2), async () => {
  const sharing = shareFirstCall(cachingManager({ keyring: kmsKeyring(runKeyArn) }));
  const calls = await countSuccessful('GenerateDataKey', () => times(50, () => requestDataKey(sharing)));

  expect(
    calls,
    'Of 50 requests at once, one has to call KMS, and the others have to wait until it has filled the cache.',
  ).toBe(1);
});

test('shares a data key whatever the order of the pairs', about(4), async () => {
  const sharing = shareFirstCall(cachingManager());
  const reordered = Object.fromEntries(Object.entries(contract).reverse());
  const materials = await Promise.all([requestDataKey(sharing), requestDataKey(sharing, reordered)]);

  expect(
    new Set(materials.map(dataKeyOf)).size,
    'The same pairs in another order got another data key: the name of the line must not depend on the order.',
  ).toBe(1);
});

test('does not let one encryption context hold up another', about(4), async () => {
  const slow = cachingManager({
    before: ({ encryptionContext }) => (encryptionContext.document === 'contract' ? never : undefined),
  });
  const sharing = shareFirstCall(slow);
  requestDataKey(sharing).catch(() => {});

  expect(
    (await isAnswered(requestDataKey(sharing, { tenant: 'A', document: 'invoice' })))
      ? 'answered'
      : 'held up',
    'A slow call for one encryption context holds up another: the name of the line needs all names and values.',
  ).toBe('answered');
});

test('uses no data key for more messages than the cache allows', about(2), async () => {
  const sharing = shareFirstCall(cachingManager({ maxMessagesEncrypted: 10 }));
  const dataKeys = (await times(50, () => requestDataKey(sharing))).map(dataKeyOf);
  const messages = [...new Set(dataKeys)].map(
    (dataKey) => dataKeys.filter((each) => each === dataKey).length,
  );

  expect(
    Math.max(...messages),
    'The limit is 10 messages for a data key, and only the cache counts them: every request has to ask it.',
  ).toBeLessThanOrEqual(10);
  expect(
    messages.length,
    'A data key is for 10 messages, so 50 messages take 5. When it is used up, one request has to fetch the next, and the others to wait again.',
  ).toBe(5);
});

test('lets a request that comes later wait, too', about(3), async () => {
  let calls = 0;
  const secondIsSlow = cachingManager({
    before: async () => {
      calls += 1;
      if (calls === 1) throw new Error('KMS is out of order');
      if (calls === 2) await never;
    },
  });
  const sharing = shareFirstCall(secondIsSlow);
  const first = requestDataKey(sharing);
  requestDataKey(sharing).catch(() => {});
  await first.catch(throwIfTodo);
  requestDataKey(sharing).catch(() => {});
  await setImmediate();

  expect(
    calls,
    'The first of two requests had left the line, and a third one did not wait for the second: only the last request may delete the line.',
  ).toBe(2);
});

test('makes one Decrypt call for 50 requests at once', about(5, decrypting), async () => {
  const keyring = kmsKeyring(runKeyArn);
  const message = await requestDataKey(cachingManager({ keyring }));
  const sharing = shareFirstCall(cachingManager({ keyring }));
  const calls = await countSuccessful('Decrypt', () => times(50, () => requestDecryption(sharing, message)));

  expect(
    calls,
    'A message that is decrypted 50 times at once takes one Decrypt call: its requests have to be in one line.',
  ).toBe(1);
});

test('does not let one data key hold up another', about(5, decrypting), async () => {
  const first = await requestDataKey(cachingManager());
  const second = await requestDataKey(cachingManager());
  const slow = cachingManager({
    before: (request) =>
      'encryptedDataKeys' in request && dataKeyOf(request) === dataKeyOf(first) ? never : undefined,
  });
  const sharing = shareFirstCall(slow);
  requestDecryption(sharing, first).catch(() => {});

  expect(
    (await isAnswered(requestDecryption(sharing, second))) ? 'answered' : 'held up',
    'A slow call for one message holds up another that has other data keys: name the line by the encrypted data keys.',
  ).toBe('answered');
});

test('keeps no line that is empty', about(3, [1, 2, 3, 4, 5]), async () => {
  const sharing = shareFirstCall(cachingManager());
  const use = (contexts: number) =>
    times(contexts, async (n) => {
      const longContext = { number: `${n} of ${contexts}`, text: 'x'.repeat(60_000) };
      await requestDecryption(sharing, await requestDataKey(sharing, longContext));
    });
  await use(2);
  const before = bytesInUse();
  await use(30);

  expect(
    bytesInUse() - before > 900_000 ? 'kept' : 'gone',
    'Every line that was ever used is still there, so memory grows with each new context: delete what is empty.',
  ).toBe('gone');
});

test('shows in CloudTrail as one event', about(2), async () => {
  await withLocalAws({ cloudTrail: { delaySeconds: 0, jitterSeconds: 0 } }, async () => {
    const keyArn = await createLocalKey();
    const sharing = shareFirstCall(cachingManager({ keyring: kmsKeyring(keyArn) }));
    await times(50, () => requestDataKey(sharing));
    const calls = await lookUpCalls(new CloudTrailClient(), keyArn, new Date(0));

    // No wrong answer fails here: CloudTrail shows what went over the wire.
    expect(
      calls.filter(({ operation }) => operation === 'GenerateDataKey').length,
      'CloudTrail has an event for each call, and 50 requests at once have to make one.',
    ).toBe(1);
  });
});

test('needs as many calls without it as you predicted', about(1, [1, 2, 3, 4, 5]), async () => {
  const caching = cachingManager({ keyring: kmsKeyring(runKeyArn) });
  const sharing = shareFirstCall(cachingManager());
  await requestDecryption(sharing, await requestDataKey(sharing));
  const calls = await countSuccessful('GenerateDataKey', () => times(50, () => requestDataKey(caching)));

  expect(predictGenerateDataKeyCalls(), 'You predicted another number of GenerateDataKey calls.').toBe(calls);
});

interface Caching {
  keyring?: KmsKeyringNode | RawAesKeyringNode;
  maxMessagesEncrypted?: number;
  before?(request: EncryptionRequest | DecryptionRequest): Promise<void> | undefined;
}

/** A caching materials manager with an empty cache. Each request waits for `before`. */
function cachingManager({ keyring = localKeyring(), maxMessagesEncrypted = 1000, before }: Caching = {}) {
  const manager = new NodeCachingMaterialsManager({
    backingMaterials: keyring,
    cache: getLocalCryptographicMaterialsCache(1),
    maxAge: 300 * 1000,
    maxMessagesEncrypted,
  });
  if (!before) return manager;
  return {
    getEncryptionMaterials: async (request: EncryptionRequest) => {
      await before(request);
      return manager.getEncryptionMaterials(request);
    },
    decryptMaterials: async (request: DecryptionRequest) => {
      await before(request);
      return manager.decryptMaterials(request);
    },
  };
}

function kmsKeyring(generatorKeyId: string) {
  return new KmsKeyringNode({ generatorKeyId });
}

/** Needs no KMS: its wrapping key is in this process. */
function localKeyring() {
  return new RawAesKeyringNode({
    keyName: 'wrapping key',
    keyNamespace: 'step 7',
    unencryptedMasterKey: new Uint8Array(32),
    wrappingSuite: RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
  });
}

async function requestDataKey(
  manager: NodeMaterialsManager,
  encryptionContext: EncryptionContext = contract,
) {
  return manager.getEncryptionMaterials({ suite, encryptionContext, plaintextLength: 100, commitmentPolicy });
}

async function requestDecryption(manager: NodeMaterialsManager, message: NodeEncryptionMaterial) {
  const { encryptionContext, encryptedDataKeys } = message;
  // Each message that is read has an array of its own.
  return manager.decryptMaterials({ suite, encryptionContext, encryptedDataKeys: [...encryptedDataKeys] });
}

/** The encrypted data key, as text. */
function dataKeyOf({ encryptedDataKeys: [first] }: Pick<DecryptionRequest, 'encryptedDataKeys'>): string {
  return Buffer.from(first?.encryptedDataKey ?? []).toString('base64');
}

function times<Result>(count: number, action: (n: number) => Promise<Result>): Promise<Result[]> {
  return Promise.all(Array.from({ length: count }, (_, n) => action(n)));
}

/** True if a request is answered before a timer rings: it has no network to wait for. Throws its error. */
async function isAnswered(request: Promise<unknown>): Promise<boolean> {
  const heldUp = Symbol('held up');
  return (await Promise.race([request, setTimeout(100, heldUp)])) !== heldUp;
}

/** Bytes on the heap after a garbage collection. */
function bytesInUse(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}
