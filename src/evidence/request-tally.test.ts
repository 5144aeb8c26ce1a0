import http from 'node:http';
import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { CreateKeyCommand, DescribeKeyCommand, KMSClient, ListKeysCommand } from '@aws-sdk/client-kms';
import { type LocalAws, startLocalAws } from 'local-kms-cloudtrail';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { environmentOf, useEnvironment, withLocalAws } from '../run/target.ts';
import { noteRequests, tallyOf } from './request-tally.ts';

let aws: LocalAws;
let restore: () => void;
let calls: string[];
beforeEach(async () => {
  calls = [];
  const throttledOnce = { operation: 'ListKeys', fault: 'throttle', sequence: [true] } as const;
  const onCall = ({ service }: { service: string }) => void calls.push(service);
  aws = await startLocalAws({ faults: [throttledOnce], onCall });
  restore = useEnvironment(environmentOf(aws));
});
afterEach(async () => {
  restore();
  await aws.close();
});

test('counts each request to the target, those that failed and those that were tried again, and each key', async () => {
  const lines: string[] = [];
  const stop = noteRequests((line) => lines.push(line));
  const kms = new KMSClient();
  await kms.send(new CreateKeyCommand({}));
  await kms.send(new CreateKeyCommand({ KeySpec: 'none' as 'SYMMETRIC_DEFAULT' })).catch(() => {});
  await kms.send(new DescribeKeyCommand({ KeyId: 'alias/none' })).catch(() => {});
  await kms.send(new ListKeysCommand({}));
  await new CloudTrailClient().send(new LookupEventsCommand({}));
  stop();
  await kms.send(new ListKeysCommand({}));

  expect(tallyOf(lines)).toEqual({
    keys: 1,
    requests: new Map([
      ['kms', 5],
      ['cloudtrail', 1],
    ]),
  });
  expect(calls).toHaveLength(7);
});

test('counts requests to the target, but neither those to another local AWS nor unsigned ones', async () => {
  const lines: string[] = [];
  const stop = noteRequests((line) => lines.push(line));
  await withLocalAws({}, async () => {
    await new KMSClient().send(new CreateKeyCommand({}));
  });
  await new Promise((resolve) => http.get(aws.endpoint, resolve));
  expect(lines).toEqual([]);

  await new KMSClient().send(new DescribeKeyCommand({ KeyId: 'alias/none' })).catch(() => {});
  stop();
  expect(lines).toEqual(['request kms']);
});
