import {
  AlgorithmSuiteIdentifier,
  CommitmentPolicy,
  type EncryptionContext,
  NodeAlgorithmSuite,
  type NodeCachingMaterialsManager,
  NodeEncryptionMaterial,
  type NodeMaterialsManager,
} from '@aws-crypto/client-node';
import { beforeEach, expect, test, vi } from 'vitest';
import { contextOf, createWorkers, predictGenerateDataKeyCalls } from '#exercise/06-choose-limits';
import { countSuccessful } from '../../src/evidence/request-recorder.ts';
import { useStep } from '../../src/run/step.ts';
import { withLocalAws } from '../../src/run/target.ts';
import { createLocalKey } from '../given.ts';

const { run, runKeyArn } = useStep(import.meta.filename);
const about = (todo: number, todos: number[]) => ({ meta: { todos: [1, ...todos], about: todo } });
const working = [3, 4, 5];

const commitmentPolicy = CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT;
/** Without a signature, whose key pair takes longer to make than anything else here. */
const suite = new NodeAlgorithmSuite(
  AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY,
);
const mebibyte = 1024 * 1024;

/** A document as a worker encrypts it. */
interface Upload {
  /** Seconds since the start. */
  at: number;
  bytes: number;
  customer?: string;
  worker?: number;
}

/** An upload, and the encrypted data key of its message, as text. */
type Stored = Required<Upload> & { dataKey: string };

// The prediction comes first: until it is made, nothing is shown.
beforeEach(() => {
  predictGenerateDataKeyCalls();
  return () => vi.useRealTimers();
});

test('says in the context who may read the document', about(2, [2]), () => {
  const context = contextOf({ id: 'document B7QX', customer: 'Ada', title: 'Salaries' });

  expect(
    context.customer,
    'KMS can check who reads a document only if the pair "customer" names its customer.',
  ).toBe('Ada');
});

test('leaves out of the context which document it is', about(2, [2]), () => {
  // An id with digits alone could also be found in a time.
  const context = contextOf({ id: 'document B7QX', customer: 'Ada', title: 'Salaries' });
  const values = Object.values(context).join(' ');

  expect(
    values.includes('B7QX') ? 'the id' : 'no id',
    'With the id, each document has its own context, and no data key is ever used twice.',
  ).toBe('no id');
  expect(
    values.includes('Salaries') ? 'the title' : 'no title',
    'CloudTrail shows the context to everybody who may look at it: a title tells them what is in the document.',
  ).toBe('no title');
  expect(
    JSON.stringify(context) ===
      JSON.stringify(contextOf({ id: 'document B7QY', customer: 'Ada', title: 'Salaries' })),
    'Two documents of one customer got different contexts, so they cannot share a data key.',
  ).toBe(true);
});

test('keeps 50 data keys in memory', about(3, working), () => {
  const [worker] = createWorkers([runKeyArn]) as [NodeCachingMaterialsManager];
  const entries = Array.from({ length: 60 }, (_, n) => `entry ${n}`);
  for (const entry of entries)
    worker._cache.putEncryptionMaterial(entry, new NodeEncryptionMaterial(suite, {}), 1);

  expect(
    entries.filter((entry) => worker._cache.getEncryptionMaterial(entry, 1)).length,
    'The policy allows 50 plaintext data keys in memory: that is the capacity of the cache.',
  ).toBe(50);
});

// Each limit is looked at where the others, once they are right, play no part.
test('uses a data key for 500 messages', about(4, working), async () => {
  const dataKeys = groupByDataKey(await upload(Array.from({ length: 501 }, () => ({ at: 0, bytes: 0 }))));
  const messages = Math.max(...dataKeys.map((dataKey) => dataKey.messages));

  expect(
    messages,
    'The policy allows 500 messages for a data key: see maxMessagesEncrypted.',
  ).toBeLessThanOrEqual(500);
  expect(messages, 'Of 501 messages, 500 may share a data key: maxMessagesEncrypted is too low.').toBe(500);
});

test('uses a data key for 64 MiB', about(4, working), async () => {
  // The first two fill one data key to the byte, and the last two another.
  const sizes = [32 * mebibyte, 32 * mebibyte, 1, 64 * mebibyte - 1];
  const dataKeys = groupByDataKey(await upload(sizes.map((bytes) => ({ at: 0, bytes }))));

  expect(
    Math.max(...dataKeys.map(({ bytes }) => bytes)) / mebibyte,
    'The policy allows 64 MiB for a data key: see maxBytesEncrypted.',
  ).toBeLessThanOrEqual(64);
  expect(
    dataKeys.length,
    'Messages of 32 and 32 MiB may share a data key, so the four messages take 2 data keys: a MiB has 1024 times 1024 bytes.',
  ).toBe(2);
});

test('uses a data key for 10 minutes', about(4, working), async () => {
  const dataKeys = groupByDataKey(await upload([0, 600, 601, 1201].map((at) => ({ at, bytes: 0 }))));

  expect(
    Math.max(...dataKeys.map(({ age }) => age)) / 60,
    'The policy allows 10 minutes, and a data key was used for longer: maxAge is in milliseconds.',
  ).toBeLessThanOrEqual(10);
  expect(
    dataKeys.length,
    'Messages that are 10 minutes apart may share a data key, so the four messages take 2 data keys: maxAge is too short.',
  ).toBe(2);
});

test('shares data keys between workers with the same KMS key', about(5, working), async () => {
  const workers = createWorkers([runKeyArn, runKeyArn]);
  const calls = await countSuccessful('GenerateDataKey', async () => {
    // In a real account, the learner's policy may allow no other encryption context than the workshop's.
    for (const worker of workers) await materialsFor(worker, run.encryptionContext, 1);
  });

  expect(
    calls,
    'Two workers with one KMS key share a data key only if they have one cache, and their partitions have the same name.',
  ).toBe(1);
});

test('never mixes two KMS keys', about(5, working), async () => {
  await withLocalAws({}, async () => {
    const keyArns = [await createLocalKey(), await createLocalKey()];
    const materials = [];
    for (const worker of createWorkers(keyArns))
      materials.push(await materialsFor(worker, { customer: 'Ada' }, 1));

    expect(
      materials
        .map(({ encryptedDataKeys: [dataKey] }) => `key ${keyArns.indexOf(dataKey?.providerInfo ?? '') + 1}`)
        .join(),
      "The second worker got a data key of the first one's KMS key: their partitions must not have the same name.",
    ).toBe('key 1,key 2');
  });
});

test('makes as few calls as the policy allows', about(4, working), async () => {
  const stored = await upload(traffic());

  // No wrong answer fails here: the tests above look at each limit alone.
  expect(
    new Set(stored.map(({ dataKey }) => dataKey)).size,
    'The policy allows fewer data keys for this traffic of two workers and five customers.',
  ).toBe(fewestDataKeys(stored));
});

test('needs as many calls as you predicted', about(1, [2, ...working]), async () => {
  const documents = Array.from({ length: 40 }, (_, n) => ({
    id: `${n}`,
    customer: `customer ${n % 8}`,
    title: '',
  }));
  const [withId, withoutId] = await withLocalAws({}, async () => {
    const [worker] = createWorkers([await createLocalKey()]) as [NodeMaterialsManager];
    const count = (contexts: EncryptionContext[]) =>
      countSuccessful('GenerateDataKey', async () => {
        for (const context of contexts) await materialsFor(worker, context, 1);
      });
    return [
      await count(documents.map((document) => ({ ...contextOf(document), id: document.id }))),
      await count(documents.map(contextOf)),
    ];
  });

  const predicted = predictGenerateDataKeyCalls();
  expect(predicted.withId, 'You predicted a different number of calls with the id in the context.').toBe(
    withId,
  );
  expect(predicted.withoutId, 'You predicted a different number of calls without the id.').toBe(withoutId);
});

/** Has two workers encrypt documents, in a local AWS with a clock that only the uploads move. */
function upload(uploads: Upload[]): Promise<Stored[]> {
  return withLocalAws({}, async () => {
    const keyArn = await createLocalKey();
    const workers = createWorkers([keyArn, keyArn]);
    const stored: Stored[] = [];
    const start = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now: start });
    for (const { at, bytes, customer = 'Ada', worker = 0 } of uploads) {
      vi.setSystemTime(start + at * 1000);
      const { encryptedDataKeys } = await materialsFor(
        workers[worker] as NodeMaterialsManager,
        { customer },
        bytes,
      );
      stored.push({ at, bytes, customer, worker, dataKey: textOf(encryptedDataKeys[0]?.encryptedDataKey) });
    }
    vi.useRealTimers();
    return stored;
  });
}

function materialsFor(
  manager: NodeMaterialsManager,
  encryptionContext: EncryptionContext,
  plaintextLength: number,
) {
  return manager.getEncryptionMaterials({ suite, encryptionContext, plaintextLength, commitmentPolicy });
}

/** The use of each data key: seconds between its first and its last message, messages, and bytes. */
function groupByDataKey(stored: Stored[]) {
  return [...new Set(stored.map(({ dataKey }) => dataKey))].map((dataKey) => {
    const uses = stored.filter((each) => each.dataKey === dataKey);
    const times = uses.map(({ at }) => at);
    return {
      age: Math.max(...times) - Math.min(...times),
      messages: uses.length,
      bytes: uses.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  });
}

/** Number of data keys that a policy of 10 minutes, 500 messages and 64 MiB allows at least: each is used as long as it may be. */
function fewestDataKeys(uploads: Stored[]): number {
  const customers = [...new Set(uploads.map(({ customer }) => customer))];
  return customers.reduce((sum, customer) => {
    let [dataKeys, since, messages, bytes] = [0, 0, 0, 0];
    for (const upload of uploads.filter((each) => each.customer === customer)) {
      const isUsedUp = upload.at - since > 600 || messages === 500 || bytes + upload.bytes > 64 * mebibyte;
      if (dataKeys === 0 || isUsedUp) [dataKeys, since, messages, bytes] = [dataKeys + 1, upload.at, 0, 0];
      messages += 1;
      bytes += upload.bytes;
    }
    return sum + dataKeys;
  }, 0);
}

/** Documents of five customers, within half an hour, most of them small. It is the same each time. */
function traffic(): Upload[] {
  let [seed, at] = [7, 0];
  const random = (limit: number) => {
    // A linear congruential generator, with the numbers of Numerical Recipes.
    seed = (seed * 1664525 + 1013904223) % 2 ** 32;
    return Math.floor((seed / 2 ** 32) * limit);
  };
  return Array.from({ length: 150 }, () => {
    at += random(24);
    const bytes = random(10) === 0 ? random(30 * mebibyte) : random(10_000);
    return { at, bytes, customer: `customer ${random(5)}`, worker: random(2) };
  });
}

function textOf(bytes: Uint8Array = new Uint8Array()): string {
  return Buffer.from(bytes).toString('base64');
}
