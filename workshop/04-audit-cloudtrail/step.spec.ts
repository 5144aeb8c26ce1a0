import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { KMSClient } from '@aws-sdk/client-kms';
import type { Options } from 'p-retry';
import { beforeEach, expect, test } from 'vitest';
import { countGenerateDataKeyCalls, predictWhyWeWait } from '#exercise/04-audit-cloudtrail';
import { compareCalls, lookUpCalls } from '../../src/audit/cloudtrail-calls.ts';
import { difficultWeather, generateDataKey, makeDifficultCalls } from '../../src/audit/difficult-calls.ts';
import { recordRequests } from '../../src/audit/request-recorder.ts';
import { givenKey, plaintextFile } from '../../src/lifecycle/given.ts';
import { once, throwIfTodo, useStep } from '../../src/lifecycle/step.ts';
import { TodoError } from '../../src/lifecycle/todo.ts';
import { type AnsweredCallInfo, ManualClock, type WeatherRule } from '../../src/local-aws/index.ts';
import { withLocalAws } from '../../src/target.ts';
import { createKey } from '../01-create-key/solution.ts';
import { createMaterialsManager, encryptFile } from '../02-encrypt-with-cache/solution.ts';

const step = useStep(import.meta.filename);
const { run } = step;
const meta = { todos: [1, 2, 3, 4, 5, 6] };
const about = (todo: number) => ({ meta: { ...meta, about: todo } });
/** Longer than the search for events may take, so that its own error is the one to be seen. */
const timeout = (run.cloudTrail.timeoutSeconds + 30) * 1000;

/** What an earlier attempt of this run sent doesn't count. */
const attempt = randomUUID();
const localContext: Record<string, string> = contextOf('local');
const promptCloudTrail = { delaySeconds: 0, jitterSeconds: 0, lookupsPerSecond: Infinity };

let annotate: (message: string, type: string) => unknown = () => {};
beforeEach((context) => {
  annotate = context.annotate;
  // The prediction comes first: until it is made, nothing is shown.
  predictWhyWeWait();
});

// What can't be arranged in a real account is arranged in a local one, and counted side by side.
const difficulties = once(() => {
  const clock = new ManualClock();
  return withLocalAws({ clock, cloudTrail: promptCloudTrail, weather: difficultWeather }, async () => {
    const { keyArns, from } = await makeDifficultCalls(clock, localContext);
    const counting = Object.entries(keyArns).map(async ([difficulty, keyArn]) => {
      const outcome = await countLocally(keyArn, wholeSecond(from)).catch((error: Error) => error);
      return [difficulty, outcome] as const;
    });
    return Object.fromEntries(await Promise.all(counting));
  });
});

/** What the exercise counted for a difficulty, or the name of its error. */
async function outcomeOf(difficulty: string) {
  const outcome = (await difficulties())[difficulty];
  throwIfTodo(outcome);
  return outcome instanceof Error ? outcome.name : outcome;
}

test('goes on when a look-up was one too many', about(3), async () => {
  const outcomes = Object.values(await difficulties());
  for (const outcome of outcomes) throwIfTodo(outcome);

  const names = outcomes.map((outcome) => (outcome instanceof Error ? outcome.name : 'a count'));
  expect(names, 'CloudTrail answers two look-ups a second, and refuses more: try again.').not.toContain(
    'ThrottlingException',
  );
});

test('decides that there was no call, rather than guess it', about(4), async () => {
  expect(await outcomeOf('nothing'), 'Nobody encrypted with this encryption context.').toBe(0);

  const clock = new ManualClock();
  await withLocalAws({ clock, cloudTrail: { ...promptCloudTrail, delaySeconds: 3600 } }, async () => {
    const keyArn = await createKey({ ...run, aliasName: 'alias/audited' });
    // From here on, CloudTrail shows that the key was created, but nothing that comes after.
    clock.advance({ seconds: 3600 });
    const recording = recordRequests();
    const outcome = await countLocally(keyArn, new Date(0), 3).catch((error: Error) => error);
    recording.stop();

    throwIfTodo(outcome);
    expect(
      recording.successful('LookupEvents').length,
      'You looked once, when CloudTrail could not know anything yet: look again and again.',
    ).toBeGreaterThan(1);
    expect(
      outcome,
      'You gave a number before CloudTrail could know any: make a marker call, and wait until it is there.',
    ).toBeInstanceOf(Error);
  });
});

test('counts every call', about(5), async () => {
  expect(await outcomeOf('twice'), 'There were two calls: do not only ask whether there was one.').toBe(2);
});

test('leaves other calls out', about(5), async () => {
  expect(
    await outcomeOf('otherCalls'),
    'Encrypt has the same encryption context, and other events have none: look at EventName.',
  ).toBe(1);
});

test('leaves the calls of other runs out', about(5), async () => {
  expect(
    await outcomeOf('otherRuns'),
    'One call of three is ours: each pair of our encryption context has to be in theirs, and more may be.',
  ).toBe(1);
});

test('reads more than the first page', about(3), async () => {
  expect(await outcomeOf('manyPages'), 'One call was on the second page: read every page.').toBe(1);
});

test('counts an event once that comes twice', about(3), async () => {
  expect(
    await outcomeOf('doubled'),
    'One event came twice, with the same event id: keep each event id once.',
  ).toBe(1);
});

test('waits for an event that comes after the marker call', about(6), async () => {
  // A look takes a second: the marker call is there at the second look, and the late event at the third.
  const clock = new ManualClock();
  const onCall = ({ operation }: AnsweredCallInfo) => {
    if (operation === 'LookupEvents') clock.advance({ seconds: 1 });
  };
  const weather: WeatherRule[] = [
    { operation: 'GenerateDataKey', fault: 'late-event', seconds: 1, sequence: [false, true] },
  ];
  const cloudTrail = { ...promptCloudTrail, delaySeconds: 1 };
  await withLocalAws({ clock, cloudTrail, weather, onCall }, async () => {
    const keyArn = await createKey({ ...run, aliasName: 'alias/late' });
    const from = wholeSecond(new Date(clock.now()));
    const kms = new KMSClient();
    await generateDataKey(kms, keyArn, localContext);
    await generateDataKey(kms, keyArn, localContext);

    expect(
      await countLocally(keyArn, from),
      'An event came after the marker call: the count has to stay the same for the quiet period.',
    ).toBe(2);
  });
});

test('leaves the calls of other times out', about(3), async () => {
  expect(await outcomeOf('earlier'), 'One call of two came after StartTime: pass it to the look-up.').toBe(1);
});

test('leaves calls that failed out', about(5), async () => {
  expect(await outcomeOf('failed'), 'A call that failed gave nobody a data key: look at errorCode.').toBe(1);
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
  const count = (scenario: string) =>
    countGenerateDataKeyCalls({
      keyArn,
      encryptionContext: contextOf(scenario),
      from,
      quietPeriod: run.cloudTrail.quietSeconds * 1000,
      retry: patience(scenario),
    });
  const [cached, uncached, none] = await Promise.all([count('cached'), count('uncached'), count('none')]);
  return { keyArn, from, sent, counts: { cached, uncached, none } };
});

test('counts one call for two messages with a cache', { ...about(5), timeout }, async () => {
  const { counts } = await counted();

  // No wrong answer fails here: what can't count one call has failed before.
  expect(counts.cached, 'Two messages with one cached data key are exactly one GenerateDataKey call.').toBe(
    1,
  );
});

test('counts two calls for two messages without a cache', { ...about(5), timeout }, async () => {
  const { counts } = await counted();

  // No wrong answer fails here: what can't count two calls has failed before.
  expect(counts.uncached, 'Two messages without a cache are exactly two GenerateDataKey calls.').toBe(2);
});

test('counts no call where there was none', { ...about(5), timeout }, async () => {
  const { counts } = await counted();

  // No wrong answer fails here: what finds calls where there were none has failed before.
  expect(counts.none, 'Nobody encrypted with this encryption context: other calls are not ours.').toBe(0);
});

test('agrees with what was sent, request by request', { ...about(4), timeout }, async () => {
  const { keyArn, from, sent } = await counted();
  const calls = await lookUpCalls(keyArn, from);

  for (const [scenario, requestIds] of Object.entries(sent)) {
    const shown = calls
      .filter(({ operation }) => operation === 'GenerateDataKey')
      .filter(({ encryptionContext: { scenario: of, attempt: at } }) => of === scenario && at === attempt)
      .map((call) => call.requestId);
    expect(
      compareCalls(requestIds, shown),
      `CloudTrail shows other calls for "${scenario}" than were sent: count when it is complete, and make none yourself.`,
    ).toBeUndefined();
  }
});

test('knows why we wait, as you predicted', { meta: { todos: [1] } }, async () => {
  await withLocalAws({ cloudTrail: { delaySeconds: 3600, jitterSeconds: 0 } }, async () => {
    const keyArn = await createKey({ ...run, aliasName: 'alias/audited' });
    // No wrong answer fails here: it shows what was to be predicted.
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

function countLocally(keyArn: string, from: Date, retries = 100): Promise<number> {
  return countGenerateDataKeyCalls({
    keyArn,
    encryptionContext: localContext,
    from,
    quietPeriod: 60,
    retry: { retries, factor: 1, minTimeout: 40, maxRetryTime: 30_000, shouldRetry: isWorthAnotherLook },
  });
}

function contextOf(scenario: string): Record<string, string> {
  return { ...run.encryptionContext, scenario, attempt };
}

/** How to look: more and more seldom, until the time is up. */
function patience(scenario: string): Options {
  const { timeoutSeconds, quietSeconds } = run.cloudTrail;
  const longestPause = Math.min(quietSeconds * 1000, 10_000);
  const started = Date.now();
  return {
    retries: 1000,
    minTimeout: Math.min(longestPause, 1000),
    maxTimeout: longestPause,
    factor: 1.3,
    maxRetryTime: timeoutSeconds * 1000,
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

/** The time of an event has whole seconds: a look from half a second on would miss it. */
function wholeSecond(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 1000) * 1000);
}
