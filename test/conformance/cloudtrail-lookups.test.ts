import {
  type LookupAttributeKey,
  LookupEventsCommand,
  type LookupEventsCommandInput,
  paginateLookupEvents,
} from '@aws-sdk/client-cloudtrail';
import { DescribeKeyCommand, GenerateDataKeyCommand } from '@aws-sdk/client-kms';
import { beforeAll, describe, expect, test } from 'vitest';
import { cloudTrail, kms, newKey } from './clients.ts';
import { refusalOf } from './refusal.ts';
import type { SuiteKey } from './suite-key.ts';
import { lookUpCalls, requestIdOf, type ShownCall, waitForCalls } from './trail.ts';

let subject: SuiteKey;
let shown: ShownCall[];
/** One of the events, to find in each way. */
let sought: ShownCall;

beforeAll(async () => {
  subject = await newKey('looked_up');
  const requestIds: string[] = [];
  for (const number of ['one', 'two', 'three', 'four']) {
    const call = kms.send(
      new GenerateDataKeyCommand({ KeyId: subject.id, KeySpec: 'AES_256', EncryptionContext: { number } }),
    );
    requestIds.push(await requestIdOf(call));
  }
  shown = await waitForCalls(subject.arn, requestIds);
  const found = shown.find(({ record }) => record.requestID === requestIds[0]);
  if (!found) throw new Error('The event is gone.');
  sought = found;
});

const by = (AttributeKey: LookupAttributeKey, AttributeValue: string): LookupEventsCommandInput => ({
  LookupAttributes: [{ AttributeKey, AttributeValue }],
});
const lookUp = (input: LookupEventsCommandInput) => cloudTrail.send(new LookupEventsCommand(input));

/** The second of the event: other people's events are few in it. */
const secondOfEvent = () => ({ StartTime: sought.event.EventTime, EndTime: sought.event.EventTime });

// CloudTrail user guide, view-cloudtrail-events-cli.html: the attributes, and that times are inclusive
test.each<[LookupAttributeKey, () => string | undefined]>([
  ['EventId', () => sought.event.EventId],
  ['EventName', () => 'GenerateDataKey'],
  // A cryptographic operation changes nothing.
  ['ReadOnly', () => 'true'],
  ['Username', () => sought.event.Username],
  ['ResourceType', () => 'AWS::KMS::Key'],
  ['ResourceName', () => subject.arn],
  ['EventSource', () => 'kms.amazonaws.com'],
  ['AccessKeyId', () => sought.event.AccessKeyId],
])('an event is found by %s', async (attribute, value) => {
  const mostPages = 20;
  let pages = 0;
  const found: (string | undefined)[] = [];
  const request = { ...by(attribute, value() ?? ''), ...secondOfEvent() };
  for await (const { Events = [] } of paginateLookupEvents({ client: cloudTrail }, request)) {
    found.push(...Events.map(({ EventId }) => EventId));
    if (found.includes(sought.event.EventId) || ++pages === mostPages) break;
  }
  expect(found).toContain(sought.event.EventId);
});

test.each<[LookupAttributeKey, string]>([
  ['EventName', 'generatedatakey'],
  ['ReadOnly', 'false'],
  ['ResourceName', 'arn:aws:kms:us-east-1:111122223333:key/of-nobody'],
])('an event is not found by another %s', async (attribute, value) => {
  const idsFound = async (attributes: LookupEventsCommandInput) => {
    const { Events = [] } = await lookUp({ ...attributes, ...secondOfEvent() });
    return Events.map(({ EventId }) => EventId);
  };
  expect(await idsFound(by('ResourceName', subject.arn))).toContain(sought.event.EventId);
  expect(await idsFound(by(attribute, value))).not.toContain(sought.event.EventId);
});

// API reference, LookupEvents: the newest first; a NextToken leads to the page after
test('pages go from the newest to the oldest, without gaps', async () => {
  const whole = shown.map(({ record }) => record.eventID).sort();
  const paged = [];
  const settings = { client: cloudTrail, pageSize: 2 };
  for await (const { Events = [] } of paginateLookupEvents(settings, by('ResourceName', subject.arn))) {
    expect(Events.length).toBeLessThanOrEqual(2);
    paged.push(...Events);
  }
  const times = paged.map(({ EventTime }) => Number(EventTime));
  expect(times).toEqual([...times].sort((one, other) => other - one));
  const ids = new Set(paged.map(({ EventId }) => EventId));
  expect([...ids]).toEqual(expect.arrayContaining(whole));
});

// API reference, LookupEvents: StartTime and EndTime
test('events before the start and after the end are left out', async () => {
  const time = Number(sought.event.EventTime);
  const foundBetween = async (from: number, to: number) => {
    const times = { StartTime: new Date(time + from), EndTime: new Date(time + to) };
    return (await lookUp({ ...by('EventId', sought.event.EventId ?? ''), ...times })).Events?.length;
  };
  expect(await foundBetween(-1000, 1000)).toBe(1);
  expect(await foundBetween(-60_000, -1000)).toBe(0);
  expect(await foundBetween(1000, 60_000)).toBe(0);
});

// CloudTrail user guide: about five minutes on average. Several tries, because a slow machine may look late.
test('a call is not shown at once', async () => {
  const seen: number[] = [];
  for (let tries = 0; tries < 5; tries++) {
    const requestId = await requestIdOf(kms.send(new DescribeKeyCommand({ KeyId: subject.id })));
    const shownNow = (await lookUpCalls(subject.arn)).map(({ record }) => record.requestID);
    expect(shownNow).toContain(sought.record.requestID);
    if (!shownNow.includes(requestId)) return;
    seen.push(tries);
  }
  expect(seen, 'These tries saw their event at the first look.').toEqual([]);
});

describe('LookupEvents', () => {
  // API reference, LookupEvents: the errors that it declares
  test('refuses a token with other parameters', async () => {
    const { NextToken } = await lookUp({ ...by('ResourceName', subject.arn), MaxResults: 1 });
    expect(NextToken).toMatch(/./);
    const call = lookUp({ ...by('EventName', 'GenerateDataKey'), MaxResults: 1, NextToken });
    expect(await refusalOf(call)).toMatchObject({ name: 'InvalidNextTokenException', status: 400 });
  });

  test('refuses an invalid token', async () => {
    const call = lookUp({ ...by('ResourceName', subject.arn), NextToken: 'no token' });
    expect(await refusalOf(call)).toMatchObject({ name: 'InvalidNextTokenException', status: 400 });
  });

  test('refuses an end before the start', async () => {
    const call = lookUp({
      StartTime: new Date(60_000 + Date.now() - 3_600_000),
      EndTime: new Date(Date.now() - 3_600_000),
    });
    expect(await refusalOf(call)).toMatchObject({ name: 'InvalidTimeRangeException', status: 400 });
  });

  // The model has the constraint, the API reference an error of its own.
  test.each([0, 51])('refuses %i results a page', async (MaxResults) => {
    const { name, status } = await refusalOf(lookUp({ MaxResults }));
    expect(['InvalidMaxResultsException', 'ValidationException']).toContain(name);
    expect(status).toBe(400);
  });

  test('refuses an unknown attribute', async () => {
    const call = lookUp(by('Colour' as LookupAttributeKey, 'blue'));
    const { name, status } = await refusalOf(call);
    expect(['InvalidLookupAttributesException', 'ValidationException']).toContain(name);
    expect(status).toBe(400);
  });

  // API reference, LookupEvents: the list can contain one item. AWS was seen to go by the first of two as well
  // (zb-ss/servonaut#103), but never by both.
  test('refuses two attributes', async () => {
    const [first] = by('EventId', sought.event.EventId ?? '').LookupAttributes ?? [];
    const [second] = by('EventName', 'CreateAlias').LookupAttributes ?? [];
    const answer = lookUp({ LookupAttributes: [first, second].filter((one) => one !== undefined) });
    const outcome = await answer.then(
      ({ Events = [] }) => Events.map(({ EventId }) => EventId),
      (error: Error) => error.name,
    );
    expect([[sought.event.EventId], 'InvalidLookupAttributesException']).toContainEqual(outcome);
  });
});
