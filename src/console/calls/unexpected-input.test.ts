import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { beforeEach, expect, test } from 'vitest';
import { Trail } from './trail.ts';

let file: string;
beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'trail-'));
  file = join(folder, 'calls.jsonl');
  return () => rmSync(folder, { recursive: true, maxRetries: 10 });
});

test('lines that hold no call are passed over and counted, and a file that begins anew is read from its start', async () => {
  const trail = new Trail(file, () => new Promise(() => {}));
  const note = (requestId: string) =>
    appendFileSync(file, `${JSON.stringify({ at: 1, operation: 'DescribeKey', requestId })}\n`);
  for (let n = 0; n < 3; n++) note(`old-${n}`);
  for (const line of ['{"at":1,"oper{"at":1}', 'null', '{}', '{"at":1e300,"operation":"x","requestId":"x"}'])
    appendFileSync(file, `${line}\n`);
  note('after');
  const read = (await trail.readCalls()).map(({ requestId }) => requestId);
  expect([read, trail.unreadable]).toEqual([['old-0', 'old-1', 'old-2', 'after'], 4]);

  rmSync(file);
  note('new');
  expect((await trail.readCalls()).map(({ requestId }) => requestId)).toEqual(['new']);
});

test("an endpoint's event is shown without secrets that AWS would not write there, and with hidden characters made visible", async () => {
  const credentials = { accessKeyId: 'ASIA-1', SecretAccessKey: 'secret-2', sessionToken: 'secret-3' };
  const responseElements = { credentials, Plaintext: 'secret-4', kept: '\u202Ekept' };
  const CloudTrailEvent = JSON.stringify({
    requestParameters: { encryptionContext: null },
    responseElements,
  });
  const Events = [{ EventId: 'one', EventTime: new Date(Number.NaN), CloudTrailEvent }];
  const endpoint = { send: async () => ({ Events }) } as unknown as CloudTrailClient;
  const trail = new Trail(file, async () => endpoint);

  const [row] = await trail.look(1);
  expect(row?.event?.json).not.toMatch(/ASIA|secret-/);
  expect(row?.event?.json).toContain('"kept": "<U+202E>kept"');
  expect(row?.event).toMatchObject({ encryptionContext: {}, time: expect.any(Number) });
  expect(row?.event?.time).not.toBeNaN();
});
