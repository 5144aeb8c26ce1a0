import { closeSync, cpSync, existsSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { type KeyRecord, newKey } from '../kms/key.ts';
import { KmsState } from '../kms/state.ts';
import { temporaryDirectory } from '../testing/temporary-directory.ts';
import type { Change } from './change.ts';
import { Journal } from './journal.ts';
import { type JournalFile, openJournalFile, writeJournalFile } from './journal-file.ts';

const account = { accountId: '111122223333', region: 'us-east-1' };
const aKey = (description = ''): KeyRecord =>
  newKey(account, 1_700_000_000_000, { description, tags: [], policy: '{}' });

/** A state and the journal that follows it. */
async function journaledState(given: { path?: string; file?: JournalFile } = {}) {
  const path = given.path ?? join(await temporaryDirectory(), 'journal');
  const state = new KmsState();
  const warnings: string[] = [];
  const journal = new Journal({
    path,
    file: given.file ?? (await writeJournalFile(path, [])),
    holdsRemovedKey: false,
    present: () => state.changes(),
    warn: (message) => warnings.push(message),
  });
  state.observe((change) => journal.add(change));
  return { path, state, journal, warnings };
}

/** The keys that are there after a restart, by id. */
function keysIn(path: string): Map<string, KeyRecord> {
  const state = new KmsState();
  const { file } = openJournalFile(path, (change) => state.apply(change as Change & { type: 'key-put' }));
  closeSync(file.fd);
  return new Map(state.keys().map((key) => [key.id, key]));
}

/** Puts keys, and commits them together. */
function put(state: KmsState, journal: Journal, ...keys: readonly KeyRecord[]): void {
  for (const key of keys) state.putKey(key);
  journal.commit();
}

async function rewritten(path: string): Promise<void> {
  expect(existsSync(`${path}.new`)).toBe(true);
  while (existsSync(`${path}.new`)) await nextTurn();
}

test('committed changes are in the file when commit returns; others are not', async () => {
  const { path, state, journal } = await journaledState();
  const [committed, uncommitted] = [aKey(), aKey()];
  state.putKey(committed);
  journal.commit();
  state.putKey(uncommitted);
  expect([...keysIn(path).keys()]).toEqual([committed.id]);
  await journal.close();
});

test('commits nothing after a failed write: memory would be ahead of the file', async () => {
  const path = join(await temporaryDirectory(), 'journal');
  const written = await writeJournalFile(path, []);
  closeSync(written.fd);
  const readOnly = openSync(path, 'r');
  onTestFinished(() => closeSync(readOnly));
  const { state, journal, warnings } = await journaledState({ path, file: { ...written, fd: readOnly } });

  state.putKey(aKey());
  expect(() => journal.commit()).toThrow(
    `The journal '${path}' can't be written, so every call fails until a restart`,
  );
  expect(() => journal.commit()).toThrow("can't be written");
  expect(warnings).toHaveLength(1);
  expect(statSync(path).size).toBe(written.length);
});

test('commits nothing after it is closed', async () => {
  const { state, journal } = await journaledState();
  await journal.close();
  state.putKey(aKey());
  expect(() => journal.commit()).toThrow('is closed');
});

test("the file's size stays in proportion to the state, however often that changes", {
  timeout: 60_000,
}, async () => {
  const { path, state, journal } = await journaledState();
  const keys = Array.from({ length: 20 }, () => aKey());
  let longest = 0;
  for (let round = 0; round < 100; round++) {
    put(state, journal, ...keys.map((key) => ({ ...key, description: `${round} ${'x'.repeat(1000)}` })));
    while (existsSync(`${path}.new`)) await nextTurn();
    longest = Math.max(longest, statSync(path).size);
  }
  // 20 keys of 1.4 kB are there; 2000 have been.
  expect(longest).toBeLessThan(400 * 1024);
  expect([...keysIn(path).values()]).toEqual(state.keys());
  await journal.close();
});

test('a crash at any moment of a rewriting loses nothing that was committed', {
  timeout: 60_000,
}, async () => {
  const { path, state, journal } = await journaledState();
  const copies = await temporaryDirectory();
  const many = Array.from({ length: 1000 }, () => aKey());
  for (let round = 0; round < 3; round++) {
    put(state, journal, ...many.map((key) => ({ ...key, description: `round ${round}` })));
  }

  const crashes: { path: string; keys: KeyRecord[] }[] = [];
  const crash = () => {
    const copy = join(copies, `${crashes.length}`);
    cpSync(path, copy);
    crashes.push({ path: copy, keys: state.keys() });
  };
  expect(existsSync(`${path}.new`)).toBe(true);
  while (existsSync(`${path}.new`)) {
    put(state, journal, aKey('while it is rewritten'), {
      ...(many[crashes.length] ?? aKey()),
      state: 'Disabled',
    });
    crash();
    await nextTurn();
  }
  crash();
  put(state, journal, aKey('after it was rewritten'));
  crash();

  expect(crashes.length).toBeGreaterThan(7);
  const [beforeTheEnd = 0, after = 0] = crashes.slice(-3).map((one) => statSync(one.path).size);
  expect(after).toBeLessThan(beforeTheEnd);
  for (const { path, keys } of crashes) expect([...keysIn(path).values()]).toEqual(keys);
  await journal.close();
});

test('a removed key is gone from the file too, with its material', async () => {
  const { path, state, journal } = await journaledState();
  const [gone, stays] = [aKey(), aKey()];
  const inFile = (key: KeyRecord) =>
    readFileSync(path, 'utf8').includes(key.materials[0].bytes.toString('base64'));
  put(state, journal, gone, stays);
  expect(inFile(gone)).toBe(true);

  state.apply({ type: 'key-removed', keyId: gone.id });
  journal.commit();
  await rewritten(path);
  expect(inFile(gone)).toBe(false);
  expect(inFile(stays)).toBe(true);
  expect([...keysIn(path).keys()]).toEqual([stays.id]);
  await journal.close();
});

test('closing in the middle of a rewriting gives it up', async () => {
  const { path, state, journal, warnings } = await journaledState();
  const keys = Array.from({ length: 1000 }, () => aKey());
  put(state, journal, ...keys);
  state.apply({ type: 'key-removed', keyId: keys[0]?.id ?? '' });
  journal.commit();
  expect(existsSync(`${path}.new`)).toBe(true);
  await journal.close();
  expect(existsSync(`${path}.new`)).toBe(false);
  expect([...keysIn(path).values()]).toEqual(state.keys());
  expect(warnings).toEqual([]);
});

test('a failed rewriting is reported, and the journal continues as it is', async () => {
  const { path, state, journal, warnings } = await journaledState();
  cpSync(path, `${path}.new`);
  put(state, journal, aKey());
  state.apply({ type: 'key-removed', keyId: state.keys()[0]?.id ?? '' });
  journal.commit();
  await nextTurn();
  expect(warnings).toEqual([expect.stringContaining(`The journal '${path}' stays as long as it is: EEXIST`)]);
  put(state, journal, aKey());
  expect([...keysIn(path).values()]).toEqual(state.keys());
  await journal.close();
});

// Windows keeps the name of an open file until it is closed.
const onPosix = test.skipIf(process.platform === 'win32');

onPosix('a file that cannot be replaced is written on', async () => {
  const { path, state, journal, warnings } = await journaledState();
  put(state, journal, aKey(), aKey());
  state.apply({ type: 'key-removed', keyId: state.keys()[0]?.id ?? '' });
  journal.commit();
  rmSync(`${path}.new`);
  await expect.poll(() => warnings).toHaveLength(1);
  expect(warnings[0]).toContain(`The journal '${path}' stays as long as it is: ENOENT`);
  put(state, journal, aKey());
  expect([...keysIn(path).values()]).toEqual(state.keys());
  await journal.close();
});

onPosix('when the file that cannot be replaced is gone, too, every commit fails', async () => {
  const { path, state, journal, warnings } = await journaledState();
  put(state, journal, aKey(), aKey());
  state.apply({ type: 'key-removed', keyId: state.keys()[0]?.id ?? '' });
  journal.commit();
  rmSync(`${path}.new`);
  rmSync(path);
  await expect.poll(() => warnings).toHaveLength(2);
  expect(warnings[0]).toContain(
    `The journal '${path}' can't be written, so every call fails until a restart`,
  );
  expect(() => put(state, journal, aKey())).toThrow("can't be written");
  expect(existsSync(path)).toBe(false);
  await journal.close();
});
