import { LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { DescribeKeyCommand, GenerateDataKeyCommand } from '@aws-sdk/client-kms';
import { expect, test } from 'vitest';
import { ManualClock } from '../index.ts';
import { KeptLocalAws } from '../testing/kept-local-aws.ts';
import { errorOf, type LocalAwsUnderTest, startUnderTest } from '../testing/local-aws-under-test.ts';

const encryptionContext = { purpose: 'restart', 'ключ 🔑': 'значение' };

async function eventIds({ cloudTrail }: LocalAwsUnderTest, eventName: string): Promise<string[]> {
  const { Events = [] } = await cloudTrail.send(
    new LookupEventsCommand({ LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: eventName }] }),
  );
  return Events.map((event) => event.EventId ?? '');
}

test('has the events from before, under the same ids, and new ones after them', async () => {
  const kept = await KeptLocalAws.create();
  let local = await kept.start();
  const { id, arn } = await local.newKey();
  await errorOf(local.kms.send(new DescribeKeyCommand({ KeyId: 'alias/none' })));
  await local.kms.send(
    new GenerateDataKeyCommand({ KeyId: id, KeySpec: 'AES_256', EncryptionContext: encryptionContext }),
  );
  const before = await local.deliveredEvents();
  expect(before.map((event) => event.eventName)).toEqual(['GenerateDataKey', 'DescribeKey', 'CreateKey']);

  local = await kept.start();
  await local.kms.send(new DescribeKeyCommand({ KeyId: id }));
  const [newest, ...older] = await local.deliveredEvents();
  expect(older).toEqual(before);
  expect(newest).toMatchObject({ eventName: 'DescribeKey', requestParameters: { keyId: id } });
  expect(new Set([newest, ...older].map((event) => event?.eventID)).size).toBe(4);
  const ofKey = await local.deliveredEvents({
    LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: arn }],
  });
  expect(ofKey).toEqual([newest, older[0], older[2]]);
});

test('gets the events that were on their way, when they would have come without the restart', async () => {
  const kept = await KeptLocalAws.create();
  let local = await kept.start({ cloudTrail: { delaySeconds: 300, jitterSeconds: 0 } });
  await local.newKey();
  kept.clock.advance({ seconds: 200 });

  // The delay of this life is for what happens in it.
  local = await kept.start({ cloudTrail: { delaySeconds: 1, jitterSeconds: 0 } });
  kept.clock.advance({ seconds: 99 });
  expect(await eventIds(local, 'CreateKey')).toEqual([]);
  kept.clock.advance({ seconds: 1 });
  expect(await eventIds(local, 'CreateKey')).toHaveLength(1);
});

test('continues from a page of before the restart', async () => {
  const kept = await KeptLocalAws.create();
  let local = await kept.start();
  for (let count = 0; count < 3; count++) await local.newKey();
  kept.clock.advance({ seconds: 60 });
  const first = await local.cloudTrail.send(new LookupEventsCommand({ MaxResults: 2 }));

  local = await kept.start();
  const second = await local.cloudTrail.send(
    new LookupEventsCommand({ MaxResults: 2, NextToken: first.NextToken }),
  );
  expect(second.Events).toHaveLength(1);
  const all = await local.deliveredEvents();
  expect([...(first.Events ?? []), ...(second.Events ?? [])].map((event) => event.EventId)).toEqual(
    all.map((event) => event.eventID),
  );
});

test('keeps the maximum number of events across restarts', async () => {
  const kept = await KeptLocalAws.create();
  const cloudTrail = { capacity: 5 };
  let local = await kept.start({ cloudTrail });
  for (let count = 0; count < 4; count++) await local.newKey();
  local = await kept.start({ cloudTrail });
  for (let count = 0; count < 3; count++) await local.newKey();
  const before = await local.deliveredEvents();
  expect(before).toHaveLength(5);

  // Fewer now. The look-up above is an event too.
  local = await kept.start({ cloudTrail: { capacity: 3 } });
  expect(await local.deliveredEvents()).toEqual(before.slice(0, 2));
});

test('has both deliveries of a doubled event', async () => {
  const kept = await KeptLocalAws.create();
  let local = await kept.start({ faults: [{ fault: 'doubled-event', operation: 'CreateKey' }] });
  await local.newKey();

  local = await kept.start();
  kept.clock.advance({ seconds: 60 });
  const ids = await eventIds(local, 'CreateKey');
  expect(ids).toHaveLength(2);
  expect(new Set(ids).size).toBe(1);
});

test('dates events correctly after a life with a clock that was a year ahead', async () => {
  const kept = await KeptLocalAws.create();
  const now = kept.clock.now();
  const life = async (days: number) => {
    const clock = new ManualClock(now);
    clock.advance({ days });
    const local = await startUnderTest({ dataDirectory: kept.dataDirectory, clock });
    await local.newKey();
    const events = await local.deliveredEvents();
    await local.aws.close();
    const year = new Date(clock.now()).getUTCFullYear();
    return { year, years: events.map((event) => new Date(String(event.eventTime)).getUTCFullYear()) };
  };
  const ahead = await life(366);
  expect(ahead.years).toEqual([ahead.year]);
  const { year, years } = await life(0);
  expect(year).not.toBe(ahead.year);
  expect(years).toEqual([year]);
});
