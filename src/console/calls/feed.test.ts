import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { Feed } from './feed.ts';
import { type Row, Trail } from './trail.ts';

let file: string;
let trail: Trail;
beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'feed-'));
  file = join(folder, 'calls.jsonl');
  trail = new Trail(file, () => new Promise(() => {}));
  return () => rmSync(folder, { recursive: true, maxRetries: 10 });
});

function note(requestId: string): void {
  const call = { at: Date.now(), service: 'kms', operation: 'Decrypt', status: 200, requestId };
  appendFileSync(file, `${JSON.stringify(call)}\n`);
}

test('whoever follows first gets what has changed since the page was made, and nothing else', async () => {
  const firstRows = async (changes: number) => {
    const ended = new AbortController();
    const feed = new Feed(trail, false);
    const following = feed.follow(changes, ended.signal);
    const { value } = await following.next();
    ended.abort();
    await following.next();
    await feed.watching;
    return value?.map(({ requestId }: Row) => requestId);
  };
  note('before');
  await trail.readCalls();
  const { changes } = trail;
  expect(await firstRows(changes)).toEqual([]);

  note('since');
  await trail.readCalls();
  expect(await firstRows(changes)).toEqual(['since']);
  expect(await firstRows(0)).toEqual(['before', 'since']);
});

test('a call does not wait for a look at CloudTrail that has no answer', async () => {
  const ended = new AbortController();
  const following = new Feed(trail, true).follow(0, ended.signal);
  await following.next();

  for (const requestId of ['first', 'second']) {
    note(requestId);
    expect((await following.next()).value).toMatchObject([{ requestId }]);
  }
  ended.abort();
});

test('a new watch begins with a new follower, although the last one still waits for a look', async () => {
  const feed = new Feed(trail, true);
  const followOnce = async () => {
    const ended = new AbortController();
    const following = feed.follow(0, ended.signal);
    await following.next();
    const { watching } = feed;
    ended.abort();
    await following.next();
    // In an object, because the promise itself would be waited for.
    return { watching };
  };
  const [first, second] = [await followOnce(), await followOnce()];

  expect(second.watching === first.watching).toBe(false);
});
