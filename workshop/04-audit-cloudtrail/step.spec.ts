import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { afterAll, beforeEach, expect, type TestContext, test } from 'vitest';
import { countGenerateDataKeyCalls, predictWhyWeWait } from '#exercise/04-audit-cloudtrail';
import { type AuditedScenario, audit } from '../../src/evidence/audit.ts';
import { compareCalls, lookUpCalls } from '../../src/evidence/cloudtrail-calls.ts';
import { createAuditedKey, generateDataKey, withLateEvent } from '../../src/evidence/difficult-calls.ts';
import { type LocalClients, withLocalClients } from '../../src/evidence/local-clients.ts';
import {
  countDifficultCalls,
  countLocally,
  type LocalCountRequest,
  promptCloudTrail,
} from '../../src/evidence/local-count.ts';
import { recordScenario, type Scenario, wholeSecond } from '../../src/evidence/scenario.ts';
import { countLearners, patientCloudTrailClient } from '../../src/evidence/turns.ts';
import { type AnsweredCallInfo, ManualClock } from '../../src/local-aws/index.ts';
import { once, throwIfTodo, useStep } from '../../src/run/step.ts';
import { aliasPrefix } from '../../src/state/run.ts';
import { createMaterialsManager, encryptFile } from '../02-encrypt-with-cache/solution.ts';
import { givenKey, plaintextFile } from '../given.ts';

const step = useStep(import.meta.filename);
const { run } = step;
const meta = { todos: [1, 2, 3, 4, 5, 6] };
const about = (todo: number, todos = meta.todos) => ({ meta: { todos, about: todo } });
/** Longer than the search for events may take, so that its own error is the one to be seen. */
const timeout = (run.cloudTrail.timeoutSeconds + 30) * 1000;

/** What an earlier attempt of this run sent doesn't count. */
const attempt = randomUUID();
const localContext: Record<string, string> = contextOf('local');

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
      onLook: (look, seconds, reason) =>
        annotate(`look ${look}, ${seconds} of ${run.cloudTrail.timeoutSeconds} s: ${reason}`, 'waiting'),
    },
  );
  // Whoever asks for the result is told of the error.
  audited.catch(() => {});
  return { audited };
});

// What can't be arranged in a real account is arranged in a local one, and counted side by side.
const difficulties = once(() => countDifficultCalls(countGenerateDataKeyCalls, localContext));

/** What the exercise counted for a difficulty. */
async function countOf(difficulty: string) {
  const outcome = (await difficulties())[difficulty];
  if (outcome instanceof Error) throw outcome;
  return outcome?.[0];
}

/** What the exercise waits for, if it threw an error of its own. Any other error speaks for itself. */
function waitsFor(outcome: number[] | Error | undefined): string {
  if (!(outcome instanceof Error)) return 'nothing';
  if (outcome.name !== 'Error') throw outcome;
  return outcome.message;
}

test('sees its marker call', about(5), async () => {
  await withLocalClients({ cloudTrail: promptCloudTrail }, async (clients) => {
    const keyArn = await createAuditedKey(clients.kms);
    const request = { keyArn, from: new Date(0), retries: 3, quietPeriod: 0 };
    const outcome = await countHere(clients, request).catch((error: Error) => error);

    expect(
      waitsFor(outcome),
      'The event of the marker call was there, and yet you waited: among the events of this key, its requestID is the requestId that makeMarkerCall gives.',
    ).toBe('nothing');
  });
});

test('goes on when a look-up was one too many', about(3), async () => {
  const outcomes = Object.values(await difficulties());
  for (const outcome of outcomes) throwIfTodo(outcome);

  const names = outcomes.map((outcome) => (outcome instanceof Error ? outcome.name : 'a count'));
  expect(
    names,
    'CloudTrail answers two look-ups a second, and refuses more: try again, as pRetry does.',
  ).not.toContain('ThrottlingException');
});

test('answers when the quiet period is over', about(6), async () => {
  const { nothing } = await difficulties();

  expect(
    waitsFor(nothing),
    'The counts stayed the same for longer than the quiet period, and yet you waited: is each list compared by what is in it, and milliseconds with milliseconds?',
  ).toBe('nothing');
  expect(nothing, 'There is a count for each encryption context: return the counts.').toHaveLength(1);
});

test('gives a number', about(4), async () => {
  expect(typeof (await countOf('nothing')), 'A count is a number: the length of the list of our calls.').toBe(
    'number',
  );
});

test('counts no call with a key that nobody encrypted with', about(3), async () => {
  expect(await countOf('nothing'), 'Nobody encrypted with this key: look up the events of this key.').toBe(0);
});

test('decides that there was no call, rather than guess it', about(5, [1, 2, 3, 4, 5]), async () => {
  const clock = new ManualClock();
  let lookUps = 0;
  const onCall = ({ operation }: AnsweredCallInfo) => {
    if (operation === 'LookupEvents') lookUps++;
  };
  const options = { clock, cloudTrail: { ...promptCloudTrail, delaySeconds: 3600 }, onCall };
  await withLocalClients(options, async (clients) => {
    const keyArn = await createAuditedKey(clients.kms);
    await clients.kms.send(new DescribeKeyCommand({ KeyId: keyArn }));
    // From here on, CloudTrail shows that somebody created and described the key, but nothing that comes after.
    clock.advance({ seconds: 3600 });
    const request = { keyArn, from: new Date(0), retries: 3 };
    const outcome = await countHere(clients, request).catch((error: Error) => error);

    throwIfTodo(outcome);
    expect(
      lookUps,
      'You looked once, when CloudTrail could not know anything yet: look again and again.',
    ).toBeGreaterThan(1);
    expect(
      outcome,
      'You gave a number before CloudTrail could know any: make a marker call, and wait until its event is there, by its request id.',
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
  await withLateEvent(async (clients, clock) => {
    const keyArn = await createAuditedKey(clients.kms);
    const from = wholeSecond(new Date(clock.now()));
    await generateDataKey(clients.kms, keyArn, localContext);
    await generateDataKey(clients.kms, keyArn, localContext);

    const [count] = await countHere(clients, { keyArn, from });
    expect(
      count,
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

/** Has the exercise count the calls with the local encryption context. */
function countHere(clients: LocalClients, request: Omit<LocalCountRequest, 'encryptionContext'>) {
  return countLocally(countGenerateDataKeyCalls, clients, { ...request, encryptionContext: localContext });
}

function contextOf(scenario: string): Record<string, string> {
  return { ...run.encryptionContext, scenario, attempt };
}
