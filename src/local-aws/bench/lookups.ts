import { randomUUID } from 'node:crypto';
import { type Account, keyArn } from '../account.ts';
import { newUser } from '../authorization/principal.ts';
import type { CloudTrail } from '../cloudtrail/cloudtrail.ts';
import { EventStore } from '../cloudtrail/event-store.ts';
import { lookupEvents } from '../cloudtrail/lookup-events.ts';
import { RequestQuota } from '../cloudtrail/request-quota.ts';
import { Credentials, newAccessKey } from '../http/credentials.ts';
import { answerRequest, type FrontDoorParts } from '../http/front-door.ts';
import { hostedOperations } from '../http/hosted-service.ts';
import { jsonProtocol } from '../http/json-protocol.ts';
import { listen } from '../http/server.ts';
import { SigningKeys } from '../http/signing-keys.ts';
import { seededRandom } from '../seeded-random.ts';
import { KeepAliveConnection } from './keep-alive-connection.ts';
import { median, percentile } from './quantiles.ts';
import { type Addressee, signedRequest } from './signed-request.ts';
import { table } from './table.ts';

/*
 * LookupEvents over a thousand events and over a million. Each lookup fills a page, whichever the store, so that the two
 * differ in nothing but what finding takes. Lookups alternate between the two. The p99 is the median of the p99s of several
 * batches: else a single garbage collection, which hits one of them by chance, would decide.
 */

const sizes = [1_000, 1_000_000] as const;
const batches = 9;
const lookupsPerBatch = 800;
const goal = 2;

const account: Account = { accountId: '111122223333', region: 'us-east-1' };
const end = Date.now();
const start = end - 60 * 60 * 1000;
const random = seededRandom(1);
const oneOf = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;

const eventNames = ['Encrypt', 'Decrypt', 'GenerateDataKey', 'CreateGrant', 'DescribeKey'];
const keys = Array.from({ length: 5 }, () => keyArn(account, randomUUID()));
const callers = ['ann', 'bob', 'eve', 'administrator'].map((name) => ({
  principal: newUser(account.accountId, name),
  ...newAccessKey(),
}));
const caller = callers[0] as (typeof callers)[number];

/** A store of events, evenly over an hour. */
function storeOf(size: number): EventStore {
  const store = new EventStore(({ time }) => [time], size);
  for (let index = 0; index < size; index++) {
    const { principal, accessKeyId } = oneOf(callers);
    store.record({
      time: start + Math.floor((index / size) * (end - start)),
      source: 'kms.amazonaws.com',
      name: oneOf(eventNames),
      readOnly: random() < 0.5,
      requestParameters: null,
      responseElements: null,
      resources: [{ ARN: oneOf(keys), type: 'AWS::KMS::Key' }],
      requestId: randomUUID(),
      caller: { accessKeyId, principal, sourceAddress: '127.0.0.1', userAgent: 'benchmark' },
    });
  }
  return store;
}

interface Subject {
  readonly cloudTrail: CloudTrail;
  readonly eventIds: readonly string[];
}

function subjectOf(size: number): Subject {
  const events = storeOf(size);
  const clock = { now: () => end };
  const lookupQuota = new RequestQuota(Number.POSITIVE_INFINITY, clock);
  const eventIds: string[] = [];
  for (let index = 0; index < 200; index++) {
    const before = Math.floor(random() * (size - 1)) + 1;
    eventIds.push(events.find({ before, limit: 1 }, end).events[0]?.eventId ?? '');
  }
  return { cloudTrail: { account, clock, events, lookupQuota }, eventIds };
}

const byAttribute = (AttributeKey: string, AttributeValue: string) => ({
  LookupAttributes: [{ AttributeKey, AttributeValue }],
});

/** The look-up. Times are in seconds. */
const lookups: Readonly<Record<string, (subject: Subject) => object>> = {
  EventId: ({ eventIds }) => byAttribute('EventId', oneOf(eventIds)),
  EventName: () => byAttribute('EventName', oneOf(eventNames)),
  ReadOnly: () => byAttribute('ReadOnly', oneOf(['true', 'false'])),
  Username: () => byAttribute('Username', oneOf(callers).principal.userName),
  ResourceType: () => byAttribute('ResourceType', 'AWS::KMS::Key'),
  ResourceName: () => byAttribute('ResourceName', oneOf(keys)),
  EventSource: () => byAttribute('EventSource', 'kms.amazonaws.com'),
  AccessKeyId: () => byAttribute('AccessKeyId', oneOf(callers).accessKeyId),
  'no attribute': () => ({}),
  'a time range': () => timeRange(),
  'EventName and a time range': () => ({ ...byAttribute('EventName', oneOf(eventNames)), ...timeRange() }),
};

/** A third of the hour. */
function timeRange() {
  const from = start + random() * (2 / 3) * (end - start);
  return { StartTime: from / 1000, EndTime: (from + (end - start) / 3) / 1000 };
}

/** The store to ask first. With a fixed order, garbage collection could fall on the same one each time. */
const inAnyOrder = () => (random() < 0.5 ? ([0, 1] as const) : ([1, 0] as const));

/** Processor time, in microseconds: on a busy machine the clock counts what others do. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** In microseconds. */
function timeOf(subject: Subject, members: object): number {
  const startedAt = processorTime();
  const performed = lookupEvents.perform(subject.cloudTrail, members, caller.principal, () => {});
  const microseconds = processorTime() - startedAt;
  if (performed instanceof Promise) throw new TypeError('LookupEvents is expected to be done at once.');
  if (!(performed.output as { Events: object[] } | undefined)?.Events.length)
    throw new Error('The lookup found nothing.');
  return microseconds;
}

async function timesThroughHttp(subjects: readonly [Subject, Subject]): Promise<[number[], number[]]> {
  const servers = await Promise.all(subjects.map(({ cloudTrail }) => serve(cloudTrail)));
  const times: [number[], number[]] = [[], []];
  for (let count = 0; count < batches * lookupsPerBatch; count++) {
    for (const index of inAnyOrder()) times[index].push(await (servers[index] as Served).lookUp());
  }
  for (const server of servers) await server.close();
  return times;
}

interface Served {
  lookUp(): Promise<number>;
  close(): Promise<void>;
}

/** The front door before the event history alone. */
async function serve(cloudTrail: CloudTrail): Promise<Served> {
  const service = {
    signingName: 'cloudtrail',
    signatureMinutes: 5,
    eventSource: 'cloudtrail.amazonaws.com',
    protocol: jsonProtocol('Message'),
    operations: hostedOperations([lookupEvents], cloudTrail),
  };
  const door: FrontDoorParts = {
    services: { byTarget: new Map([['CloudTrail_20131101', service]]), query: service, fallback: service },
    verifier: {
      credentials: new Credentials([caller]),
      signingKeys: new SigningKeys(),
      region: account.region,
    },
    authorize() {},
    catchUp() {},
    record() {},
  };
  const server = await listen(0, (request) => answerRequest(door, request));
  const to: Addressee = {
    endpoint: `http://127.0.0.1:${server.port}`,
    region: account.region,
    credentials: caller,
  };
  const connection = await KeepAliveConnection.open(to.endpoint);
  const request = signedRequest(to, 'cloudtrail', 'CloudTrail_20131101.LookupEvents', {});
  return {
    async lookUp() {
      const startedAt = processorTime();
      await connection.send(request);
      return processorTime() - startedAt;
    },
    async close() {
      connection.close();
      await server.close();
    },
  };
}

function row(name: string, few: readonly number[], many: readonly number[]): string[] {
  const figures = [median(few), median(many), typicalP99(few), typicalP99(many)];
  return [
    name,
    ...figures.map((figure) => figure.toFixed(0)),
    (typicalP99(many) / typicalP99(few)).toFixed(2),
  ];
}

function typicalP99(times: readonly number[]): number {
  const starts = Array.from({ length: batches }, (_, batch) => batch * lookupsPerBatch);
  return median(starts.map((start) => percentile(times.slice(start, start + lookupsPerBatch), 0.99)));
}

const subjects: readonly [Subject, Subject] = [subjectOf(sizes[0]), subjectOf(sizes[1])];
const rows = Object.entries(lookups).map(([name, lookup]) => {
  const times: [number[], number[]] = [[], []];
  // The first lookups are for the compiler.
  for (let count = -500; count < batches * lookupsPerBatch; count++) {
    for (const index of inAnyOrder()) {
      const time = timeOf(subjects[index], lookup(subjects[index]));
      if (count >= 0) times[index].push(time);
    }
  }
  return row(name, ...times);
});
rows.push(row('no attribute, through HTTP', ...(await timesThroughHttp(subjects))));

console.log(
  `LookupEvents over a thousand and over a million events, in microseconds of processor time. Goal: p99 at most ${goal} times.\n`,
);
console.log(table(['', 'median 1,000', '1,000,000', 'p99 1,000', '1,000,000', 'ratio of p99'], rows));
