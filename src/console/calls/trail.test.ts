import { EventEmitter, once } from 'node:events';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateKeyCommand,
  DescribeKeyCommand,
  GenerateDataKeyCommand,
  type KMSClient,
  ListAliasesCommand,
  ListKeysCommand,
} from '@aws-sdk/client-kms';
import { beforeEach, expect, test } from 'vitest';
import type { AnsweredCall } from '../../evidence/request-tally.ts';
import { type LocalAwsUnderTest, startUnderTest } from '../../local-aws/testing/local-aws-under-test.ts';
import { isWanted } from './calls-page.ts';
import { Feed } from './feed.ts';
import { type Row, Trail } from './trail.ts';

let local: LocalAwsUnderTest;
let file: string;
let trail: Trail;
let kms: KMSClient;
beforeEach(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'trail-'));
  file = join(folder, 'calls.jsonl');
  local = await startUnderTest({ cloudTrail: { lookupsPerSecond: Number.POSITIVE_INFINITY } });
  kms = local.kms;
  trail = new Trail(file, async () => local.cloudTrail);
  return async () => {
    await local.aws.close();
    rmSync(folder, { recursive: true, maxRetries: 10 });
  };
});

/** Notes a call as the process of the steps does. */
function note(operation: string, { requestId = '', status = 200, at = Date.now() } = {}): void {
  const call: AnsweredCall = { at, service: 'kms', operation, status, requestId };
  appendFileSync(file, `${JSON.stringify(call)}\n`);
}

async function generateDataKey(KeyId: string): Promise<string> {
  const EncryptionContext = { run: 'ada' };
  const answer = await kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256', EncryptionContext }));
  return answer.$metadata.requestId ?? '';
}

test('a call is there at once, and grows its event when that comes', async () => {
  const { id } = await local.newKey();
  const requestId = await generateDataKey(id);
  expect(await trail.readCalls()).toEqual([]);
  note('GenerateDataKey', { requestId, at: Date.now() - 5000 });

  expect(await trail.readCalls()).toMatchObject([{ requestId, call: { operation: 'GenerateDataKey' } }]);
  expect(await trail.readCalls()).toEqual([]);
  expect(await trail.look(10)).toEqual([]);

  local.clock.advance({ seconds: 60 });
  const changed = await trail.look(10);
  const row = changed.find((each) => each.requestId === requestId);
  expect(row).toMatchObject({ event: { name: 'GenerateDataKey', encryptionContext: { run: 'ada' } } });
  expect((row?.cameAt ?? 0) - (row?.call?.at ?? 0)).toBeGreaterThanOrEqual(5000);
  expect(await trail.look(10)).toEqual([]);
  expect(trail.rows().filter((each) => each.requestId === requestId)).toHaveLength(1);
});

test('how late an event was is unknown if nobody looked before it came', async () => {
  const { id } = await local.newKey();
  const requestId = await generateDataKey(id);
  note('GenerateDataKey', { requestId, at: Date.now() - 5000 });
  await trail.readCalls();
  local.clock.advance({ seconds: 60 });
  await trail.look(10);

  const row = trail.rows().find((each) => each.requestId === requestId);
  expect(row).toHaveProperty('event');
  expect(row).not.toHaveProperty('cameAt');
});

test('an event holds neither the access key nor a data key', async () => {
  const { id } = await local.newKey();
  const { Plaintext = [] } = await kms.send(new GenerateDataKeyCommand({ KeyId: id, KeySpec: 'AES_256' }));
  local.clock.advance({ seconds: 60 });
  await trail.look(10);

  const [row] = trail.rows();
  expect(row?.event?.json).toContain('"eventSource": "kms.amazonaws.com"');
  const { accessKeyId, secretAccessKey } = local.aws.credentials;
  expect(JSON.stringify(await local.deliveredEvents())).toContain(accessKeyId);
  const secrets = [accessKeyId, secretAccessKey, Buffer.from(Plaintext).toString('base64')];
  for (const secret of secrets) expect(row?.event?.json).not.toContain(secret);
});

test('all pages are read, and an event that comes late is found among those of its time', async () => {
  const { id } = await local.newKey();
  const describe = () => kms.send(new DescribeKeyCommand({ KeyId: id }));
  for (let n = 0; n < 120; n++) await describe();
  local.clock.advance({ seconds: 60 });

  await trail.look(10);
  expect(trail.rows()).toHaveLength(121);
});

test('a look goes on where the last one stopped, and the latest events come first all the same', async () => {
  const { id } = await local.newKey();
  const describe = () => kms.send(new DescribeKeyCommand({ KeyId: id }));
  for (let n = 0; n < 120; n++) await describe();
  local.clock.advance({ seconds: 60 });
  expect(await trail.look(1)).toHaveLength(50);
  expect(await trail.look(2)).toHaveLength(50);
  const { $metadata } = await describe();
  local.clock.advance({ seconds: 60 });
  expect(await trail.look(1)).toMatchObject([{ requestId: $metadata.requestId }]);
  expect(await trail.look(2)).toHaveLength(21);
  expect(await trail.look(2)).toEqual([]);
});

test('the looks of step 4 are one row, and the call before them is the marker call', async () => {
  let ids = 0;
  const looks = ['LookupEvents', 'ListAliases', 'LookupEvents', 'ListAliases', 'LookupEvents'];
  for (const operation of ['GenerateDataKey', 'DescribeKey', 'ListAliases', ...looks, 'GenerateDataKey'])
    note(operation, { requestId: `${ids++}` });
  await trail.readCalls();
  note('LookupEvents', { requestId: 'another' });
  await trail.readCalls();

  const shown = trail.rows().map(({ call, looks, isMarker }) => [call?.operation, looks?.count, isMarker]);
  expect(shown).toEqual([
    ['LookupEvents', 1, undefined],
    ['GenerateDataKey', undefined, undefined],
    ['LookupEvents', 3, undefined],
    ['ListAliases', undefined, undefined],
    ['DescribeKey', undefined, true],
    ['GenerateDataKey', undefined, undefined],
  ]);
});

test('the quiet period begins with the event of the marker call, and starts over with a late one of a data key', async () => {
  const { id } = await local.newKey();
  const marker = await kms.send(new DescribeKeyCommand({ KeyId: id }));
  await trail.look(10);
  local.clock.advance({ seconds: 60 });
  const late = await generateDataKey(id);
  const unrelated = await kms.send(new ListKeysCommand());
  const at = Date.now() - 5000;
  note('ListKeys', { requestId: unrelated.$metadata.requestId ?? '', at });
  note('GenerateDataKey', { requestId: late, at });
  note('DescribeKey', { requestId: marker.$metadata.requestId ?? '', at });
  note('LookupEvents', { requestId: 'look', at: at + 100 });
  await trail.readCalls();
  const looks = trail.rows().find(({ requestId }) => requestId === 'look')?.looks;
  expect([looks?.marker?.requestId, looks?.quietFrom]).toEqual([marker.$metadata.requestId, undefined]);

  const ofMarker = await trail.look(10);
  expect(ofMarker.map(({ requestId }) => requestId)).toContain('look');
  expect(looks?.quietFrom).toBe(looks?.marker?.cameAt);

  local.clock.advance({ seconds: 60 });
  const ofLate = await trail.look(10);
  expect(ofLate.map(({ requestId }) => requestId)).toContain('look');
  const lateRow = trail.rows().find(({ requestId }) => requestId === late);
  expect([lateRow?.cameAt, looks?.quietFrom]).toEqual([expect.any(Number), lateRow?.cameAt]);
});

test('what is asked before each look has no row, and neither has its event', async () => {
  const { $metadata } = await kms.send(new ListAliasesCommand());
  const describe = await kms.send(new ListKeysCommand());
  note('LookupEvents', { requestId: 'look' });
  note('ListAliases', { requestId: $metadata.requestId ?? '' });
  await trail.readCalls();
  local.clock.advance({ seconds: 60 });
  await trail.look(10);

  expect(
    trail
      .rows()
      .map(({ requestId }) => requestId)
      .sort(),
  ).toEqual(['look', describe.$metadata.requestId].sort());
});

test('a line that is still being written is read when it is whole', async () => {
  note('DescribeKey', { requestId: 'whole' });
  appendFileSync(file, '{"at":1,"service":"kms","opera');
  expect((await trail.readCalls()).map(({ requestId }) => requestId)).toEqual(['whole']);
  appendFileSync(file, 'tion":"ListKeys","status":200,"requestId":"torn"}\n');
  expect((await trail.readCalls()).map(({ requestId }) => requestId)).toEqual(['torn']);
});

test('who asks first gets no news that others miss', async () => {
  const news: string[] = [];
  trail.news.on('rows', (rows: Row[]) => news.push(...rows.map(({ requestId }) => requestId)));
  note('DescribeKey', { requestId: 'one' });
  note('LookupEvents', { requestId: 'look' });
  await Promise.all([trail.readCalls(), trail.readCalls(), trail.readCalls()]);

  expect(news).toEqual(['one', 'look']);
  expect(trail.rows().find(({ looks }) => looks)?.looks?.count).toBe(1);
});

test('the oldest of more than 10,000 rows are forgotten', async () => {
  for (let n = 0; n < 10_003; n++) note('DescribeKey', { requestId: `${n}`, at: n });
  await trail.readCalls();

  const rows = trail.rows();
  expect(rows).toHaveLength(10_000);
  expect([rows[0]?.requestId, rows.at(-1)?.requestId]).toEqual(['10002', '3']);
});

test('rows are found by operation, key and encryption context, whatever the case', async () => {
  const { id } = await local.newKey();
  await generateDataKey(id);
  local.clock.advance({ seconds: 60 });
  await trail.look(10);

  const found = (text: string) => trail.rows().filter((row) => isWanted(row, text)).length;
  expect([found(''), found('generatedatakey'), found('"run": "ada"'), found(id), found('bob')]).toEqual([
    2, 1, 1, 2, 0,
  ]);
});

test('CloudTrail is asked while somebody follows, and no longer', async () => {
  let looks = 0;
  trail = new Trail(file, async () => {
    looks++;
    return local.cloudTrail;
  });
  const feed = new Feed(trail, true);
  const ended = new AbortController();
  const following = (async () => {
    for await (const rows of feed.follow(0, ended.signal)) if (rows.length > 0) return rows;
  })();
  await kms.send(new CreateKeyCommand());
  local.clock.advance({ seconds: 60 });
  expect(await following).toMatchObject([{ event: { name: 'CreateKey' } }]);
  ended.abort();

  expect(looks).toBeGreaterThan(0);
  // It ends: nothing is asked after that.
  await feed.watching;
});

test.each([
  ['goes on there', 'ThrottlingException', 60],
  ['does not send that token again', 'InvalidNextTokenException', 50],
])(
  'the events of a page are told although the next page is refused, and the next look %s after %s',
  async (_what, name, toldAtLast) => {
    for (let n = 0; n < 60; n++) await kms.send(new CreateKeyCommand());
    local.clock.advance({ seconds: 60 });
    let clients = 0;
    trail = new Trail(file, async () => {
      clients++;
      return local.cloudTrail;
    });
    let sent = 0;
    local.cloudTrail.middlewareStack.add(
      (next) => async (request) => {
        if (++sent === 2) throw Object.assign(new Error('refused'), { name });
        return next(request);
      },
      { step: 'initialize' },
    );
    const told: Row[] = [];
    trail.news.on('rows', (rows) => told.push(...rows));

    await expect(trail.look(10)).rejects.toThrow('refused');
    expect(told).toHaveLength(50);
    await trail.look(10);
    expect(told).toHaveLength(toldAtLast);
    await trail.look(10);
    expect(clients).toBe(2);
  },
);

test('an event is late by the time since its call, although a look that began before the call ends last', async () => {
  const held = new EventEmitter();
  let sent = 0;
  local.cloudTrail.middlewareStack.add(
    (next) => async (request) => {
      if (++sent === 1) await once(held, 'end');
      return next(request);
    },
    { step: 'initialize' },
  );
  const first = trail.look(1);
  await expect.poll(() => sent).toBe(1);
  const { id } = await local.newKey();
  const at = Date.now();
  note('GenerateDataKey', { requestId: await generateDataKey(id), at });
  await trail.readCalls();
  await expect.poll(() => Date.now()).toBeGreaterThan(at);
  await trail.look(1);
  held.emit('end');
  await first;

  local.clock.advance({ seconds: 60 });
  expect(await trail.look(1)).toContainEqual(expect.objectContaining({ cameAt: expect.any(Number) }));
});
