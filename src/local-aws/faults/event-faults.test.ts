import { LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { DescribeKeyCommand, GenerateDataKeyCommand } from '@aws-sdk/client-kms';
import { afterEach, describe, expect, test } from 'vitest';
import { type LocalAwsUnderTest, startUnderTest } from '../testing/local-aws-under-test.ts';
import type { FaultRule } from './rules.ts';

let local: LocalAwsUnderTest;
afterEach(() => local.aws.close());

const immediateDelivery = { delaySeconds: 0, jitterSeconds: 0, lookupsPerSecond: Number.POSITIVE_INFINITY };

/** Starts with these rules, and makes a key. */
async function start(faults: FaultRule[], seed = 1): Promise<string> {
  local = await startUnderTest({ faults, seed, cloudTrail: immediateDelivery });
  return (await local.newKey()).id;
}

async function generateDataKeys(keyId: string, count: number): Promise<void> {
  for (let call = 0; call < count; call++) {
    await local.kms.send(new GenerateDataKeyCommand({ KeyId: keyId, KeySpec: 'AES_256' }));
  }
}

/** The ids of the visible events of an operation, newest first; of all pages. */
async function visibleIds(operation = 'GenerateDataKey', pageSize = 50): Promise<string[]> {
  const ids: string[] = [];
  let token: string | undefined;
  do {
    const page = await local.cloudTrail.send(
      new LookupEventsCommand({
        LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: operation }],
        MaxResults: pageSize,
        NextToken: token,
      }),
    );
    ids.push(...(page.Events ?? []).map((event) => event.EventId ?? ''));
    token = page.NextToken;
  } while (token);
  return ids;
}

describe('doubled events', () => {
  test('occur twice under the same id', async () => {
    const keyId = await start([{ fault: 'doubled-event', operation: 'GenerateDataKey' }]);
    await generateDataKeys(keyId, 2);

    const ids = await visibleIds();
    expect(ids).toHaveLength(4);
    expect(new Set(ids).size).toBe(2);
    expect(await visibleIds('CreateKey')).toHaveLength(1);
  });

  test('lie on two pages where a page ends between them', async () => {
    const keyId = await start([{ fault: 'doubled-event', sequence: [false, true] }]);
    await generateDataKeys(keyId, 50);

    const ids = await visibleIds('GenerateDataKey', 50);
    expect(ids).toHaveLength(51);
    expect(ids[49]).toBe(ids[50]);
  });

  test('are looked up by their id together', async () => {
    const keyId = await start([{ fault: 'doubled-event' }]);
    await generateDataKeys(keyId, 1);
    const [id = ''] = await visibleIds();

    const { Events } = await local.cloudTrail.send(
      new LookupEventsCommand({ LookupAttributes: [{ AttributeKey: 'EventId', AttributeValue: id }] }),
    );
    expect(Events?.map((event) => event.EventId)).toEqual([id, id]);
  });

  test('are delivered secondsApart seconds apart', async () => {
    const keyId = await start([{ fault: 'doubled-event', secondsApart: 60 }]);
    await generateDataKeys(keyId, 1);

    expect(await visibleIds()).toHaveLength(1);
    local.clock.advance({ seconds: 59 });
    expect(await visibleIds()).toHaveLength(1);
    local.clock.advance({ seconds: 1 });
    expect(await visibleIds()).toHaveLength(2);
  });
});

describe('late events', () => {
  test('become visible after those that happened later', async () => {
    const keyId = await start([{ fault: 'late-event', operation: 'GenerateDataKey', seconds: 300 }]);
    await generateDataKeys(keyId, 1);
    await local.kms.send(new DescribeKeyCommand({ KeyId: keyId }));

    expect(await visibleIds('DescribeKey')).toHaveLength(1);
    expect(await visibleIds()).toHaveLength(0);
    local.clock.advance({ seconds: 300 });
    expect(await visibleIds()).toHaveLength(1);
  });

  test('are exactly those of the sequence', async () => {
    const sequence = [false, true, true];
    const keyId = await start([
      { fault: 'late-event', operation: 'GenerateDataKey', seconds: 300, sequence },
    ]);
    await generateDataKeys(keyId, 5);

    const early = await visibleIds();
    expect(early).toHaveLength(3);
    local.clock.advance({ seconds: 300 });
    const all = await visibleIds();
    expect(all.filter((id) => !early.includes(id))).toEqual(all.slice(2, 4));
  });

  test('are late and doubled if both rules match', async () => {
    const keyId = await start([{ fault: 'doubled-event' }, { fault: 'late-event', seconds: [10, 20] }]);
    await generateDataKeys(keyId, 1);

    local.clock.advance({ seconds: 9 });
    expect(await visibleIds()).toHaveLength(0);
    local.clock.advance({ seconds: 11 });
    expect(await visibleIds()).toHaveLength(2);
  });
});
