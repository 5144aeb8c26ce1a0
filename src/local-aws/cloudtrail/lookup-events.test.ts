import { type LookupAttribute, LookupEventsCommand, paginateLookupEvents } from '@aws-sdk/client-cloudtrail';
import { ListKeysCommand } from '@aws-sdk/client-kms';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect } from 'vitest';
import { errorOf, type LocalAwsUnderTest, startUnderTest, test } from '../testing/local-aws-under-test.ts';

const by = (AttributeKey: LookupAttribute['AttributeKey'], AttributeValue: string) => ({
  LookupAttributes: [{ AttributeKey, AttributeValue }],
});

const lookUp = (local: LocalAwsUnderTest, input: object = {}) =>
  local.cloudTrail.send(new LookupEventsCommand(input));

describe('delivery', () => {
  test('takes a little over two seconds, and nothing is visible earlier', async ({ local }) => {
    await local.kms.send(new ListKeysCommand({}));
    expect((await lookUp(local)).Events).toEqual([]);
    local.clock.advance({ seconds: 1.9 });
    expect((await lookUp(local)).Events).toEqual([]);
    local.clock.advance({ seconds: 0.6 });
    expect((await lookUp(local)).Events).toHaveLength(1);
  });

  test('takes as long as the options say', async () => {
    const local = await startUnderTest({ cloudTrail: { delaySeconds: 300, jitterSeconds: 0 } });
    await local.kms.send(new ListKeysCommand({}));
    local.clock.advance({ seconds: 299 });
    expect((await lookUp(local)).Events).toEqual([]);
    local.clock.advance({ seconds: 1 });
    expect((await lookUp(local)).Events).toHaveLength(1);
    await local.aws.close();
  });
});

describe('a look-up', () => {
  test('finds by every attribute', async ({ local }) => {
    const { arn } = await local.newKey();
    const [created] = await local.deliveredEvents();
    await local.sts.send(new GetCallerIdentityCommand({}));
    const found = async (lookup: object) =>
      (await local.deliveredEvents(lookup)).map((record) => record.eventName);
    expect(await found(by('EventId', created?.eventID ?? ''))).toEqual(['CreateKey']);
    expect(await found(by('EventName', 'CreateKey'))).toEqual(['CreateKey']);
    expect(await found(by('ReadOnly', 'false'))).toEqual(['CreateKey']);
    expect(await found(by('ReadOnly', 'true'))).toEqual(['GetCallerIdentity']);
    expect(await found(by('Username', 'administrator'))).toEqual(['GetCallerIdentity', 'CreateKey']);
    expect(await found(by('ResourceType', 'AWS::KMS::Key'))).toEqual(['CreateKey']);
    expect(await found(by('ResourceName', arn))).toEqual(['CreateKey']);
    expect(await found(by('EventSource', 'sts.amazonaws.com'))).toEqual(['GetCallerIdentity']);
    expect(await found(by('AccessKeyId', local.aws.credentials.accessKeyId))).toHaveLength(2);
    for (const key of [
      'EventId',
      'EventName',
      'ReadOnly',
      'Username',
      'ResourceName',
      'AccessKeyId',
    ] as const) {
      expect(await found(by(key, 'nothing'))).toEqual([]);
    }
  });

  test('answers with the members that AWS answers with', async ({ local }) => {
    const { arn } = await local.newKey();
    const second = Math.floor(local.clock.now() / 1000) * 1000;
    local.clock.advance({ seconds: 10 });
    const { Events } = await lookUp(local);
    expect(Events).toEqual([
      {
        EventId: expect.any(String),
        EventName: 'CreateKey',
        ReadOnly: 'false',
        AccessKeyId: local.aws.credentials.accessKeyId,
        EventTime: new Date(second),
        EventSource: 'kms.amazonaws.com',
        Username: 'administrator',
        Resources: [{ ResourceType: 'AWS::KMS::Key', ResourceName: arn }],
        CloudTrailEvent: expect.stringMatching(/^\{"eventVersion"/),
      },
    ]);
  });

  test('includes its start and end', async ({ local }) => {
    await local.kms.send(new ListKeysCommand({}));
    const time = local.clock.now();
    local.clock.advance({ seconds: 10 });
    const count = async (from: number, to: number) => {
      local.clock.advance({ seconds: 1 });
      const { Events } = await lookUp(local, {
        StartTime: new Date(time + from),
        EndTime: new Date(time + to),
      });
      return Events?.length;
    };
    expect(await count(0, 0)).toBe(1);
    expect(await count(-5000, 5000)).toBe(1);
    expect(await count(1000, 5000)).toBe(0);
    expect(await count(-5000, -1000)).toBe(0);
  });

  test('goes back 90 days', async ({ local }) => {
    await local.kms.send(new ListKeysCommand({}));
    local.clock.advance({ days: 90 });
    expect((await lookUp(local)).Events).toHaveLength(1);
    local.clock.advance({ seconds: 1 });
    expect((await lookUp(local)).Events).toHaveLength(0);
  });

  test('gives pages of 50, each event once, newest first', { timeout: 60_000 }, async ({ local }) => {
    for (let count = 0; count < 120; count++) await local.kms.send(new ListKeysCommand({}));
    local.clock.advance({ seconds: 10 });
    const pages: number[] = [];
    const ids: unknown[] = [];
    for await (const { Events = [] } of paginateLookupEvents({ client: local.cloudTrail }, {})) {
      pages.push(Events.length);
      ids.push(...Events.map((event) => event.EventId));
      local.clock.advance({ seconds: 1 });
    }
    expect(pages).toEqual([50, 50, 20]);
    expect(new Set(ids).size).toBe(120);
    expect(ids).toEqual(ids.toSorted().toReversed());
  });

  test('accepts a NextToken only with identical parameters', async ({ local }) => {
    for (let count = 0; count < 3; count++) await local.kms.send(new ListKeysCommand({}));
    local.clock.advance({ seconds: 10 });
    const parameters = { ...by('EventName', 'ListKeys'), MaxResults: 1 };
    const { NextToken } = await lookUp(local, parameters);
    const again = (changes: object) => {
      local.clock.advance({ seconds: 1 });
      return lookUp(local, { ...parameters, NextToken, ...changes });
    };
    await expect(again({})).resolves.toMatchObject({ Events: [{ EventName: 'ListKeys' }] });
    const others = [
      by('EventName', 'Encrypt'),
      { MaxResults: 2 },
      { StartTime: new Date(0) },
      { NextToken: 'abc' },
    ];
    for (const changes of others) {
      expect(await errorOf(again(changes))).toMatchObject({ name: 'InvalidNextTokenException', status: 400 });
    }
  });

  test.for<[string, object, { name: string; message: unknown }]>([
    [
      'two attributes',
      {
        LookupAttributes: [
          { AttributeKey: 'EventName', AttributeValue: 'Encrypt' },
          { AttributeKey: 'ReadOnly', AttributeValue: 'true' },
        ],
      },
      { name: 'InvalidLookupAttributesException', message: 'You can specify only one lookup attribute.' },
    ],
    [
      'an unknown attribute',
      { LookupAttributes: [{ AttributeKey: 'Colour', AttributeValue: 'red' }] },
      {
        name: 'ValidationException',
        message:
          "1 validation error detected: Value 'Colour' at 'lookupAttributes.1.member.attributeKey' failed to satisfy constraint: Member must satisfy enum value set: [EventId, EventName, ReadOnly, Username, ResourceType, ResourceName, EventSource, AccessKeyId]",
      },
    ],
    [
      'more than 50 results',
      { MaxResults: 51 },
      {
        name: 'ValidationException',
        message:
          "1 validation error detected: Value '51' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 50",
      },
    ],
    [
      'an end before the start',
      { StartTime: new Date(2000), EndTime: new Date(1000) },
      { name: 'InvalidTimeRangeException', message: expect.any(String) },
    ],
  ])('refuses %s', async ([, input, expected], { local }) => {
    expect(await errorOf(lookUp(local, input))).toEqual({ ...expected, status: 400 });
  });

  test('is allowed twice a second', async ({ local }) => {
    await lookUp(local);
    await lookUp(local);
    expect(await errorOf(lookUp(local))).toEqual({
      name: 'ThrottlingException',
      message: 'Rate exceeded',
      status: 400,
    });
    local.clock.advance({ seconds: 0.5 });
    await lookUp(local);
    expect(await errorOf(lookUp(local))).toMatchObject({ name: 'ThrottlingException' });
    local.clock.advance({ seconds: 3600 });
    await lookUp(local);
    await lookUp(local);
    expect(await errorOf(lookUp(local))).toMatchObject({ name: 'ThrottlingException' });
  });

  test('is itself an event, which only look-ups by name, source or id return', async ({ local }) => {
    await local.deliveredEvents();
    await local.deliveredEvents();
    expect(await local.deliveredEvents()).toEqual([]);
    expect(await local.deliveredEvents(by('ReadOnly', 'true'))).toEqual([]);
    expect(await local.deliveredEvents(by('Username', 'administrator'))).toEqual([]);
    const [record] = await local.deliveredEvents(by('EventName', 'LookupEvents'));
    expect(record).toMatchObject({ eventSource: 'cloudtrail.amazonaws.com', readOnly: true });
    expect(await local.deliveredEvents(by('EventId', record?.eventID ?? ''))).toHaveLength(1);
  });
});
