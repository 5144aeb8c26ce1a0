import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { KMSClient } from '@aws-sdk/client-kms';
import { afterAll, beforeEach, expect, type TestContext, test } from 'vitest';
import { countGenerateDataKeyCalls, predictWhyWeWait } from '#exercise/04-audit-cloudtrail';
import { type AuditedScenario, audit } from '../../src/audit/audit.ts';
import { compareCalls, lookUpCalls } from '../../src/audit/cloudtrail-calls.ts';
import {
  createAuditedKey,
  difficultWeather,
  generateDataKey,
  makeDifficultCalls,
} from '../../src/audit/difficult-calls.ts';
import { type LocalClients, withLocalClients } from '../../src/audit/local-clients.ts';
import { recordScenario, type Scenario } from '../../src/audit/scenario.ts';
import { countLearners, patientCloudTrailClient } from '../../src/audit/turns.ts';
import { givenKey, plaintextFile } from '../../src/lifecycle/given.ts';
import { aliasPrefix } from '../../src/lifecycle/run.ts';
import { once, throwIfTodo, useStep } from '../../src/lifecycle/step.ts';
import { TodoError } from '../../src/lifecycle/todo.ts';
import { type AnsweredCallInfo, ManualClock, type WeatherRule } from '../../src/local-aws/index.ts';
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
  const scenarios = [
    await encryptTwice(keyArn, 'cached', 1),
    await encryptTwice(keyArn, 'uncached', 2),
    { name: 'none', encryptionContext: contextOf('none'), sent: [] },
  ];
  const kms = new KMSClient();
  // Who can't count the others looks as if there were none.
  const learners = () => countLearners(kms, aliasPrefix).catch(() => 1);
  const cloudTrail = patientCloudTrailClient(learners);
  const audited = audit(
    countGenerateDataKeyCalls,
    { kms, cloudTrail, keyArn, from, scenarios },
    {
      ...run.cloudTrail,
      signal: stopAudit.signal,
      onLook: (look, seconds, reason) => annotate(`look ${look}, ${seconds} s: ${reason}`, 'waiting'),
    },
  );
  // Whoever asks for the result is told of the error.
  audited.catch(() => {});
  return { audited };
});

// What can't be arranged in a real account is arranged in a local one, and counted side by side.
const difficulties = once(() => {
  const clock = new ManualClock();
  const options = { clock, cloudTrail: promptCloudTrail, weather: difficultWeather };
  return withLocalClients(options, async (clients) => {
    const { keyArns, from } = await makeDifficultCalls(clients.kms, clock, localContext);
    const counting = Object.entries(keyArns).map(async ([difficulty, keyArn]) => {
      const outcome = await countLocally(clients, keyArn, wholeSecond(from)).catch((error: Error) => error);
      return [difficulty, outcome] as const;
    });
    return Object.fromEntries(await Promise.all(counting));
  });
});

/** What the exercise counted for a difficulty. */
async function countOf(difficulty: string) {
  const outcome = (await difficulties())[difficulty];
  if (outcome instanceof Error) throw outcome;
  return outcome;
}

test('goes on when a look-up was one too many', about(3), async () => {
  const outcomes = Object.values(await difficulties());
  for (const outcome of outcomes) throwIfTodo(outcome);

  const names = outcomes.map((outcome) => (outcome instanceof Error ? outcome.name : 'a count'));
  expect(names, 'CloudTrail answers two look-ups a second, and refuses more: try again.').not.toContain(
    'ThrottlingException',
  );
});

test('decides that there was no call, rather than guess it', about(5), async () => {
  expect(await countOf('nothing'), 'Nobody encrypted with this encryption context.').toBe(0);

  const clock = new ManualClock();
  let lookUps = 0;
  const onCall = ({ operation }: AnsweredCallInfo) => {
    if (operation === 'LookupEvents') lookUps++;
  };
  const options = { clock, cloudTrail: { ...promptCloudTrail, delaySeconds: 3600 }, onCall };
  await withLocalClients(options, async (clients) => {
    const keyArn = await createAuditedKey(clients.kms);
    // From here on, CloudTrail shows that the key was created, but nothing that comes after.
    clock.advance({ seconds: 3600 });
    const outcome = await countLocally(clients, keyArn, new Date(0), 3).catch((error: Error) => error);

    throwIfTodo(outcome);
    expect(
      lookUps,
      'You looked once, when CloudTrail could not know anything yet: look again and again.',
    ).toBeGreaterThan(1);
    expect(
      outcome,
      'You gave a number before CloudTrail could know any: make a marker call, and wait until it is there.',
    ).toBeInstanceOf(Error);
  });
});

test('counts every call', about(4), async () => {
  expect(await countOf('twice'), 'There were two calls: do not only ask whether there was one.').toBe(2);
});

test('leaves other calls out', about(4), async () => {
  expect(
    await countOf('otherCalls'),
    'Encrypt has the same encryption context, and other events have none: look at EventName.',
  ).toBe(1);
});

test('leaves the calls of other runs out', about(4), async () => {
  expect(
    await countOf('otherRuns'),
    'One call of three is ours: each pair of our encryption context has to be in theirs, and more may be.',
  ).toBe(1);
});

test('reads more than the first page', about(3), async () => {
  expect(await countOf('manyPages'), 'One call was on the second page: read every page.').toBe(1);
});

test('counts an event once that comes twice', about(3), async () => {
  expect(
    await countOf('doubled'),
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
  await withLocalClients({ clock, cloudTrail, weather, onCall }, async (clients) => {
    const keyArn = await createAuditedKey(clients.kms);
    const from = wholeSecond(new Date(clock.now()));
    await generateDataKey(clients.kms, keyArn, localContext);
    await generateDataKey(clients.kms, keyArn, localContext);

    expect(
      await countLocally(clients, keyArn, from),
      'An event came after the marker call: the counts have to stay the same for the quiet period.',
    ).toBe(2);
  });
});

test('leaves the calls of other times out', about(3), async () => {
  expect(await countOf('earlier'), 'One call of two came after StartTime: pass it to the look-up.').toBe(1);
});

test('leaves calls that failed out', about(4), async () => {
  expect(await countOf('failed'), 'A call that failed gave nobody a data key: look at errorCode.').toBe(1);
});

test('knows why we wait, as you predicted', { meta: { todos: [1], about: 1 } }, async () => {
  await withLocalClients({ cloudTrail: { delaySeconds: 3600 } }, async ({ kms, cloudTrail }) => {
    const keyArn = await createAuditedKey(kms);
    // No wrong answer fails here: it shows what was to be predicted.
    expect(
      await lookUpCalls(cloudTrail, keyArn, new Date(0)),
      'The call was recorded; a look right after it finds nothing.',
    ).toEqual([]);
  });
  expect(predictWhyWeWait(), 'A call is recorded at once, but its event is delivered later.').toBe(
    'not delivered yet',
  );
});

test('counts one call for two messages with a cache', { ...about(4), timeout }, async (context) => {
  const { cached } = await audited(context);

  // No wrong answer fails here: what can't count one call has failed before.
  expect(cached?.counted, 'Two messages with one cached data key are exactly one GenerateDataKey call.').toBe(
    1,
  );
});

test('counts two calls for two messages without a cache', { ...about(4), timeout }, async (context) => {
  const { uncached } = await audited(context);

  // No wrong answer fails here: what can't count two calls has failed before.
  expect(uncached?.counted, 'Two messages without a cache are exactly two GenerateDataKey calls.').toBe(2);
});

test('counts no call where there was none', { ...about(4), timeout }, async (context) => {
  const { none } = await audited(context);

  // No wrong answer fails here: what finds calls where there were none has failed before.
  expect(none?.counted, 'Nobody encrypted with this encryption context: other calls are not ours.').toBe(0);
});

test('agrees with what was sent, request by request', { ...about(5), timeout }, async (context) => {
  for (const { name, sent, shown } of Object.values(await audited(context))) {
    expect(
      compareCalls(sent, shown),
      `CloudTrail shows other calls for "${name}" than were sent: an audit must not make calls like those it counts.`,
    ).toBeUndefined();
  }
});

/** The scenarios of the account, by name. Nobody waits for CloudTrail whose count has shown itself to be wrong. */
async function audited({ skip, task }: TestContext): Promise<Record<string, AuditedScenario>> {
  const hasFailed = task.file.tasks.some(({ result }) => result?.state === 'fail');
  if (hasFailed) {
    stopAudit.abort();
    for (const outcome of Object.values(await difficulties())) throwIfTodo(outcome);
    skip('CloudTrail is not waited for as long as the tests before fail');
  }
  const scenarios = await (await startAudit()).audited;
  return Object.fromEntries(scenarios.map((scenario) => [scenario.name, scenario]));
}

/** Encrypts the plaintext twice, with as many materials managers. */
function encryptTwice(keyArn: string, name: string, managers: 1 | 2): Promise<Scenario> {
  const [first, second = first] = Array.from({ length: managers }, () => createMaterialsManager(keyArn));
  const request = { encryptionContext: contextOf(name), plaintextFile };
  return recordScenario(name, contextOf(name), async () => {
    for (const materialsManager of [first, second]) {
      if (!materialsManager) continue;
      await encryptFile({ ...request, materialsManager, encryptedFile: join(run.scratchFolder, name) });
    }
  });
}

async function countLocally(
  clients: LocalClients,
  keyArn: string,
  from: Date,
  retries = 100,
): Promise<number | undefined> {
  const counts = await countGenerateDataKeyCalls({
    ...clients,
    keyArn,
    encryptionContexts: [localContext],
    from,
    quietPeriod: 60,
    retry: { retries, factor: 1, minTimeout: 40, maxRetryTime: 30_000, shouldRetry: isNoTodo },
  });
  return counts[0];
}

function isNoTodo({ error }: { error: Error }): boolean {
  return !(error instanceof TodoError);
}

function contextOf(scenario: string): Record<string, string> {
  return { ...run.encryptionContext, scenario, attempt };
}

/** The time of an event has whole seconds: a look from half a second on would miss it. */
function wholeSecond(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 1000) * 1000);
}
