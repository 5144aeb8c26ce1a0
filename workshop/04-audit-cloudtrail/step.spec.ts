import { join } from 'node:path';
import {
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  GenerateDataKeyCommand,
  KMSClient,
} from '@aws-sdk/client-kms';
import type { Options } from 'p-retry';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { countGenerateDataKeyCalls, predictWhyWeWait } from '#exercise/04-audit-cloudtrail';
import { compareCalls, lookUpCalls } from '../../src/audit/cloudtrail-calls.ts';
import { recordRequests } from '../../src/audit/request-recorder.ts';
import { givenKey, plaintextFile } from '../../src/lifecycle/given.ts';
import { once, useStep } from '../../src/lifecycle/step.ts';
import { TodoError } from '../../src/lifecycle/todo.ts';
import { withLocalAws } from '../../src/target.ts';
import { createKey } from '../01-create-key/solution.ts';
import { createMaterialsManager, encryptFile } from '../02-encrypt-with-cache/solution.ts';

const step = useStep(import.meta.filename);
const { run } = step;
const meta = { todos: [1, 2, 3, 4, 5, 6] };

/** No waiting, where that isn't the subject. */
const promptCloudTrail = { delaySeconds: 0, jitterSeconds: 0, lookupsPerSecond: 1000 };

let annotate: (message: string, type: string) => unknown = () => {};
beforeEach((context) => {
  annotate = context.annotate;
});
afterEach(() => {
  vi.useRealTimers();
});

// Three scenarios in the account of the run, counted side by side: CloudTrail makes us wait only once.
const counted = once(async () => {
  const keyArn = await givenKey(step);
  const from = wholeSecond(new Date());
  const sent = {
    cached: await encryptTwice(keyArn, 'cached', 1),
    uncached: await encryptTwice(keyArn, 'uncached', 2),
    none: [],
  };
  const { timeoutSeconds, quietSeconds } = run.cloudTrail;
  const count = (scenario: string) =>
    countGenerateDataKeyCalls({
      keyArn,
      encryptionContext: contextOf(scenario),
      from,
      quietPeriod: quietSeconds * 1000,
      retry: patience(scenario, timeoutSeconds),
    });
  const [cached, uncached, none] = await Promise.all([count('cached'), count('uncached'), count('none')]);
  return { keyArn, from, sent, counts: { cached, uncached, none } };
});

// The prediction comes first: until it is made, nothing is shown.
beforeEach(() => {
  predictWhyWeWait();
});

test('counts one call for two messages with a cache', { meta, timeout: timeout() }, async () => {
  const { counts } = await counted();

  expect(counts.cached, 'Two messages with one cached data key are exactly one GenerateDataKey call.').toBe(
    1,
  );
});

test('counts two calls for two messages without a cache', { meta, timeout: timeout() }, async () => {
  const { counts } = await counted();

  expect(counts.uncached, 'Two messages without a cache are exactly two GenerateDataKey calls.').toBe(2);
});

test('counts no call where there was none', { meta, timeout: timeout() }, async () => {
  const { counts } = await counted();

  expect(counts.none, 'Nobody encrypted with this encryption context: other calls are not ours.').toBe(0);
});

test('agrees with what was sent, request by request', { meta, timeout: timeout() }, async () => {
  const { keyArn, from, sent } = await counted();
  const calls = await lookUpCalls(keyArn, from);

  for (const [scenario, requestIds] of Object.entries(sent)) {
    const shown = calls
      .filter((call) => call.operation === 'GenerateDataKey' && call.encryptionContext.scenario === scenario)
      .map((call) => call.requestId);
    expect(
      compareCalls(requestIds, shown),
      `The count of "${scenario}" came before CloudTrail was complete.`,
    ).toBeUndefined();
  }
});

test('decides that there was no call, rather than guess it', { meta }, async () => {
  await withLocalAws(
    { cloudTrail: { delaySeconds: 0.5, jitterSeconds: 0, lookupsPerSecond: 1000 } },
    async () => {
      const keyArn = await givenLocalKey();
      const before = await new KMSClient().send(new DescribeKeyCommand({ KeyId: keyArn }));
      const count = await countLocally(keyArn, wholeSecond(new Date()));

      const calls = await lookUpCalls(keyArn, new Date(0));
      expect(
        calls.some(({ requestId }) => requestId === before.$metadata.requestId),
        'You said "none" before CloudTrail could know: make a marker call, and wait until it is there.',
      ).toBe(true);
      expect(count, 'Nobody encrypted with this encryption context.').toBe(0);
    },
  );
});

test('reads more than the first page', { meta }, async () => {
  await withLocalAws({ cloudTrail: promptCloudTrail }, async () => {
    const keyArn = await givenLocalKey();
    const from = wholeSecond(new Date());
    await generateDataKey(keyArn, contextOf('local'));
    for (let call = 0; call < 60; call++) await generateDataKey(keyArn, { run: `other-${call}` });

    expect(await countLocally(keyArn, from), 'One call was on the second page: read every page.').toBe(1);
  });
});

test('leaves the calls of other runs out', { meta }, async () => {
  await withLocalAws({ cloudTrail: promptCloudTrail }, async () => {
    const keyArn = await givenLocalKey();
    const from = wholeSecond(new Date());
    await generateDataKey(keyArn, { ...contextOf('local'), run: 'of-somebody-else' });
    await generateDataKey(keyArn, {});
    await generateDataKey(keyArn, { ...contextOf('local'), 'aws-crypto-public-key': 'of a signing suite' });

    expect(
      await countLocally(keyArn, from),
      'One call of three is ours: each pair of our encryption context has to be in theirs, and more may be.',
    ).toBe(1);
  });
});

test('leaves the calls of other times out', { meta }, async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 200_000 });
  await withLocalAws({ cloudTrail: promptCloudTrail }, async () => {
    const keyArn = await givenLocalKey();
    await generateDataKey(keyArn, contextOf('local'));
    vi.useRealTimers();
    const from = wholeSecond(new Date());
    await generateDataKey(keyArn, contextOf('local'));

    expect(
      await countLocally(keyArn, from),
      'One call of two came after StartTime: pass it to the look-up.',
    ).toBe(1);
  });
});

test('leaves calls that failed out', { meta }, async () => {
  await withLocalAws({ cloudTrail: promptCloudTrail }, async () => {
    const keyArn = await givenLocalKey();
    const from = wholeSecond(new Date());
    const kms = new KMSClient();
    await kms.send(new DisableKeyCommand({ KeyId: keyArn }));
    await generateDataKey(keyArn, contextOf('local')).catch(() => {});
    await kms.send(new EnableKeyCommand({ KeyId: keyArn }));
    await generateDataKey(keyArn, contextOf('local'));

    expect(
      await countLocally(keyArn, from),
      'A call that failed gave nobody a data key: look at errorCode.',
    ).toBe(1);
  });
});

test('knows why we wait, as you predicted', { meta: { todos: [1] } }, async () => {
  await withLocalAws({ cloudTrail: { delaySeconds: 3600, jitterSeconds: 0 } }, async () => {
    const keyArn = await givenLocalKey();
    expect(
      await lookUpCalls(keyArn, new Date(0)),
      'The call was recorded; a look right after it finds nothing.',
    ).toEqual([]);
  });
  expect(predictWhyWeWait(), 'A call is recorded at once, but its event is delivered later.').toBe(
    'not delivered yet',
  );
});

/** Encrypts the plaintext twice, with as many materials managers; gives the ids of the GenerateDataKey requests. */
async function encryptTwice(keyArn: string, scenario: string, managers: 1 | 2): Promise<string[]> {
  const [first, second = first] = Array.from({ length: managers }, () => createMaterialsManager(keyArn));
  const request = { encryptionContext: contextOf(scenario), plaintextFile };
  const recording = recordRequests();
  for (const materialsManager of [first, second]) {
    if (!materialsManager) continue;
    await encryptFile({ ...request, materialsManager, encryptedFile: join(run.scratchFolder, scenario) });
  }
  recording.stop();
  return recording.successful('GenerateDataKey').map(({ requestId }) => requestId);
}

function givenLocalKey(): Promise<string> {
  return createKey({ aliasName: 'alias/audited', description: run.description, tags: run.tags });
}

async function generateDataKey(keyArn: string, encryptionContext: Record<string, string>): Promise<void> {
  const request = { KeyId: keyArn, KeySpec: 'AES_256' as const, EncryptionContext: encryptionContext };
  await new KMSClient().send(new GenerateDataKeyCommand(request));
}

function countLocally(keyArn: string, from: Date): Promise<number> {
  return countGenerateDataKeyCalls({
    keyArn,
    encryptionContext: contextOf('local'),
    from,
    quietPeriod: 200,
    retry: {
      retries: 100,
      factor: 1,
      minTimeout: 100,
      maxRetryTime: 10_000,
      shouldRetry: isWorthAnotherLook,
    },
  });
}

function contextOf(scenario: string): Record<string, string> {
  return { ...run.encryptionContext, scenario };
}

/** How to look: seldom enough for CloudTrail's two look-ups a second, until the time is up. */
function patience(scenario: string, seconds: number): Options {
  const started = Date.now();
  return {
    retries: 1000,
    minTimeout: 500,
    maxTimeout: 10_000,
    factor: 1.3,
    maxRetryTime: seconds * 1000,
    shouldRetry: isWorthAnotherLook,
    onFailedAttempt: ({ attemptNumber, error }) => {
      const gone = Math.round((Date.now() - started) / 1000);
      annotate(`${scenario}: look ${attemptNumber}, ${gone} s: ${error.message}`, 'waiting');
    },
  };
}

function isWorthAnotherLook({ error }: { error: Error }): boolean {
  return !(error instanceof TodoError);
}

/** Longer than the search for events may take, so that its own error is the one to be seen. */
function timeout(): number {
  return (run.cloudTrail.timeoutSeconds + 30) * 1000;
}

/** The time of an event has whole seconds: a look from half a second on would miss it. */
function wholeSecond(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 1000) * 1000);
}
