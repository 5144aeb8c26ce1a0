import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { KMSClient } from '@aws-sdk/client-kms';
import { afterAll, beforeEach, expect, type TestContext, test } from 'vitest';
import { countGenerateDataKeyCalls, predictWhyWeWait } from '#exercise/04-audit-cloudtrail';
import { type AuditedScenario, audit } from '../../src/evidence/audit.ts';
import { compareCalls, lookUpCalls } from '../../src/evidence/cloudtrail-calls.ts';
import { lateEvent } from '../../src/evidence/difficult-calls.ts';
import { LocalCounting } from '../../src/evidence/local-count.ts';
import { recordScenario, wholeSecond } from '../../src/evidence/scenario.ts';
import { countLearners, patientCloudTrailClient } from '../../src/evidence/turns.ts';
import { once, useStep } from '../../src/run/step.ts';
import { aliasPrefix } from '../../src/state/run.ts';
import { createMaterialsManager, encryptFile } from '../02-encrypt-with-cache/solution.ts';
import { givenKey, plaintextFile } from '../given.ts';

const step = useStep(import.meta.filename);
const { run } = step;
const meta = { todos: [1, 2, 3, 4, 5, 6] };
const about = (todo: number, todos = meta.todos) => ({ meta: { todos, about: todo } });
/** Longer than the search for events may take, so that its own error is the one to be seen. */
const timeout = (run.cloudTrail.timeoutSeconds + 30) * 1000;

/** Tells these calls from those of an earlier attempt in the same run. */
const attempt = randomUUID();
const localContext = contextOf('local');

let annotate: (message: string, type: string) => unknown = () => {};
beforeEach(async (context) => {
  annotate = context.annotate;
  // The prediction comes first: until it is made, nothing is shown.
  predictWhyWeWait();
  await startAudit();
});

// Three scenarios in the account of the run. They are counted while the tests below do something else: CloudTrail makes
// us wait only once, and not for nothing.
const stopAudit = new AbortController();
afterAll(() => stopAudit.abort());
const startAudit = once(async () => {
  const keyArn = await givenKey(step);
  const from = wholeSecond(new Date());
  const manager = createMaterialsManager(keyArn);
  const scenarios = [
    await encryptWith('cached', manager, manager),
    await encryptWith('uncached', manager, createMaterialsManager(keyArn)),
    { name: 'none', encryptionContext: contextOf('none'), sent: [] },
  ];
  const kms = new KMSClient();
  // If it can't count the others, it looks as if there were none.
  const cloudTrail = patientCloudTrailClient(() => countLearners(kms, aliasPrefix).catch(() => 1));
  const audited = audit(
    countGenerateDataKeyCalls,
    { kms, cloudTrail, keyArn, from, scenarios },
    {
      ...run.cloudTrail,
      signal: stopAudit.signal,
      onLook: (look, seconds, reason) =>
        annotate(`look ${look}, ${seconds} of ${run.cloudTrail.timeoutSeconds} s: ${reason}`, 'waiting'),
    },
  );
  // Every test that asks for the result gets the error.
  audited.catch(() => {});
  return { audited };
});

// What can't be arranged in a real account is arranged in a local one, and counted side by side.
const local = new LocalCounting(countGenerateDataKeyCalls, localContext);
const difficulties = once(() => local.difficultCalls());

test('sees its marker call', about(5), async () => {
  await local.withKey({}, async (key) => {
    const { awsError, looks, events, answer } = await key.count({ retries: 3, quietPeriod: 0 });
    expect(awsError, 'AWS does not know this key: use the clients of the request, not new ones.').toBe(
      'none',
    );
    expectSome(looks, 'looks', 'Nobody looked with the CloudTrail client of the request: use that one.');
    expectSome(events, 'events', 'Your look found nothing: ResourceName is the whole ARN of the key.');
    expect(
      answer,
      'The event of the marker call was there, but you went on waiting: its requestID is what makeMarkerCall returns.',
    ).toBe('a count');
  });
});

test('looks again when CloudTrail refuses a look-up', about(3), async () => {
  const errors = Object.values(await difficulties()).map(({ awsError }) => awsError);
  expect(
    errors.find((error) => error !== 'none') ?? 'none',
    'CloudTrail refuses more than two look-ups a second: let pRetry look again.',
  ).toBe('none');
});

test('answers when the quiet period is over', about(6), async () => {
  expect(
    (await difficulties()).nothing?.answer,
    'The counts stayed the same for the quiet period, but you went on waiting: compare lists with isDeepStrictEqual, and times in milliseconds.',
  ).toBe('a count');
});

test('returns a number', about(4), async () => {
  const [first] = (await difficulties()).nothing?.counts ?? [];
  expect(typeof first, 'Return a number for each encryption context: how many calls are ours.').toBe(
    'number',
  );
});

test('counts no call with a key that nobody encrypted with', about(3), async () => {
  await expectCount('nothing', 0, 'Nobody encrypted with this key: look up the events of this key.');
});

test('reports no call only after its marker call was seen', about(5, [1, 2, 3, 4, 5]), async () => {
  await local.withUndeliveredEvents(async (key) => {
    for (const patience of [{ retries: 0 }, { maxRetryTime: 0 }]) {
      const { looks } = await key.count(patience);
      expect(looks, 'The request allowed one look: pass its retry to pRetry as it is.').toBe(1);
    }
    const forTwo = await key.count({ retries: 0, encryptionContexts: [contextOf('none'), localContext] });
    expect(forTwo.looks, 'You looked once for each encryption context: one look serves all of them.').toBe(1);
    const { looks, markerCalls, counts } = await key.count({ retries: 1, quietPeriod: 5 });
    expect(looks, 'You looked once, before CloudTrail could know anything: look again.').toBe(2);
    expectSome(markerCalls, 'marker calls', 'You returned a count too early: make a marker call.');
    expect(
      counts ?? 'not yet',
      'An earlier call is not your marker call: wait for the event that has its request id.',
    ).toBe('not yet');
  });
});

test('reports an error of CloudTrail', about(3, [1, 2, 3]), async () => {
  const { awsError } = await local.despite({ service: 'cloudtrail', fault: 'server-error' });
  expect(awsError, 'CloudTrail failed, and you counted no events: do not catch its error.').toBe(
    'InternalFailure',
  );
});

test('reports an error of the marker call', about(2, [1, 2]), async () => {
  // The first call creates the key.
  const sequence = [false, true, true];
  const { awsError } = await local.despite({ service: 'kms', fault: 'server-error', sequence });
  expect(awsError, 'The marker call failed, and you went on: do not catch its error.').toBe(
    'KMSInternalException',
  );
});

test('counts every call', about(4), async () => {
  await expectCount('twice', 2, 'There were two calls: do not only ask whether there was one.');
});

test('leaves other calls out', about(4), async () => {
  await expectCount('otherCalls', 1, 'Encrypt has the same encryption context: look at EventName.');
  await expectCount(
    'withoutPlaintext',
    0,
    'GenerateDataKeyWithoutPlaintext is another operation: compare whole names.',
  );
});

test('leaves the calls of other runs out', about(4), async () => {
  await expectCount('otherRuns', 1, 'One call of three is ours: compare the encryption contexts.');
  await expectCount('signed', 1, 'A call of ours is missing: a signing suite adds a pair to its context.');
  await expectCount(
    'similarRuns',
    0,
    'These contexts only resemble ours: compare each name and each value exactly.',
  );
});

test('reads more than the first page', about(3), async () => {
  await local.withKey({}, async (key) => {
    for (let call = 1; call <= 4; call++) await key.generateDataKey();
    const { counts, answer } = await key.count({ pageSize: 2 });
    expect(
      counts?.[0] ?? answer,
      'A page had 2 events, and more pages followed: read every page, as long as there is a NextToken.',
    ).toBe(4);
  });
});

test('counts an event once that comes twice', about(3), async () => {
  await expectCount('doubled', 1, 'One event came twice, with the same event id: keep each event id once.');
});

test('waits for an event that comes after the marker call', about(6), async () => {
  await local.withKey(lateEvent(), async (key) => {
    for (let call = 1; call <= 2; call++) await key.generateDataKey();
    const { answer, counts } = await key.count();
    expect(
      answer,
      'Every event came one second after its call, but you went on waiting: make one marker call, before the first look.',
    ).toBe('a count');
    expect(
      counts,
      'An event came after the marker call: the counts have to stay the same for the quiet period.',
    ).toEqual([2]);
  });
});

test('waits until all counts have stayed the same for the whole quiet period', about(6), async () => {
  await local.withKey({}, async (key) => {
    const encryptionContexts = [contextOf('none'), localContext];
    await key.generateDataKey();
    const { counts } = await key.count({ encryptionContexts });
    expect(counts, 'Return a count for each encryption context, in the same order.').toEqual([0, 1]);

    const patient = await key.count({ retries: 4, quietPeriod: 20_000 });
    expect(
      patient.counts ?? 'not yet',
      'You returned the counts before they had stayed the same for the quiet period, which is in milliseconds.',
    ).toBe('not yet');

    const restless = { retries: 2, beforeLook: () => key.generateDataKey() };
    const changing = await key.count(restless);
    expect(
      changing.counts ?? 'not yet',
      'There was another call before each look: the quiet period starts over when a count changes.',
    ).toBe('not yet');

    const second = await key.count({ ...restless, encryptionContexts });
    expect(
      second.counts ?? 'not yet',
      'The second count changed with each look: compare all counts, not only the first.',
    ).toBe('not yet');
  });
});

test('leaves the calls of other times out', about(3), async () => {
  await expectCount('earlier', 1, 'One call of two came after StartTime: pass it to the look-up.');
});

test('leaves calls that failed out', about(4), async () => {
  await expectCount('failed', 1, 'A call that failed gave nobody a data key: look at errorCode.');
});

test('knows why we wait, as you predicted', { meta: { todos: [1], about: 1 } }, async () => {
  await local.withKey({ cloudTrail: { delaySeconds: 3600 } }, async ({ clients, keyArn }) => {
    const found = await lookUpCalls(clients.cloudTrail, keyArn, new Date(0));
    // No wrong answer fails here: it shows what was to be predicted.
    expect(found, 'The call was recorded; a look right after it finds nothing.').toEqual([]);
  });
  expect(predictWhyWeWait(), 'A call is recorded at once, but its event is delivered later.').toBe(
    'not delivered yet',
  );
});

for (const [name, calls, title] of [
  ['cached', 1, 'finds one event for two messages with a cache, the second of which left none'],
  ['uncached', 2, 'counts two calls for two messages without a cache'],
  ['none', 0, 'counts no call where there was none'],
] as const) {
  test(title, { ...about(4), timeout }, async (context) => {
    const counted = (await audited(context))[name]?.counted;
    // No wrong answer fails here: it has failed in a local AWS before.
    expect(counted, `The encryption context of "${name}" tells its calls from all others.`).toBe(calls);
  });
}

test('agrees with what was sent, request by request', { ...about(5), timeout }, async (context) => {
  for (const { name, sent, shown } of Object.values(await audited(context))) {
    const difference = compareCalls(sent, shown) ?? 'none';
    expect(difference, `An audit must not make calls like those it counts for "${name}".`).toBe('none');
  }
});

/** The scenarios of the account, by name. Nobody waits for CloudTrail whose count has shown itself to be wrong. */
async function audited({ skip, task }: TestContext): Promise<Record<string, AuditedScenario>> {
  const hasFailed = task.file.tasks.some(({ result }) => result?.state === 'fail');
  if (hasFailed) {
    stopAudit.abort();
    await difficulties();
    skip('not waiting for CloudTrail, because an earlier test failed');
  }
  const scenarios = await (await startAudit()).audited;
  return Object.fromEntries(scenarios.map((scenario) => [scenario.name, scenario]));
}

/** Encrypts the plaintext once with each materials manager. */
function encryptWith(name: string, ...managers: ReturnType<typeof createMaterialsManager>[]) {
  const request = { plaintextFile, encryptedFile: join(run.scratchFolder, name) };
  const encryptionContext = contextOf(name);
  return recordScenario(name, encryptionContext, async () => {
    for (const materialsManager of managers) {
      await encryptFile({ ...request, encryptionContext, materialsManager });
    }
  });
}

async function expectCount(difficulty: string, calls: number, sentence: string) {
  const { counts, answer } = (await difficulties())[difficulty] ?? {};
  expect(counts?.[0] ?? answer, sentence).toBe(calls);
}

function expectSome(number: number, what: string, sentence: string) {
  expect(number > 0 ? what : `no ${what}`, sentence).toBe(what);
}

function contextOf(scenario: string): Record<string, string> {
  return { ...run.encryptionContext, scenario, attempt };
}
