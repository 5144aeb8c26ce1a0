import { appendFileSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import {
  closeEmptyLedgers,
  closeLedger,
  enterChanged,
  enterChanging,
  enterInLedger,
  isSamePlace,
  ledgerName,
  ledgerOf,
  openLedgers,
  unreadableLedgers,
} from './ledger.ts';
import { identityOfProcess } from './process-identity.ts';
import { newRun, useNewFolder } from './testing/ledger-folder.ts';

const folder = '.workshop/ledger';

beforeEach(useNewFolder);

const run = newRun('ada');
const ada = ledgerName(run);

function appendToLedger(text: string): void {
  const [file = ''] = readdirSync(folder);
  appendFileSync(join(folder, file), text);
}

test("a run's entries can be read until its ledger is closed", () => {
  enterInLedger(run, `${run.aliasName}_first`, process.pid);
  enterInLedger({ ...run, tags: [] }, `${run.aliasName}_second`, process.ppid);

  const place = { target: 'endpoint', region: 'eu-west-1', endpoint: 'http://127.0.0.1:9' };
  expect(openLedgers('.')).toEqual([
    {
      run: 'ada',
      place,
      entries: [
        {
          process: identityOfProcess(process.pid),
          place,
          aliasName: `${run.aliasName}_first`,
          tags: run.tags,
          outputFolder: 'output',
        },
        {
          process: identityOfProcess(process.ppid),
          place,
          aliasName: `${run.aliasName}_second`,
          tags: [],
          outputFolder: 'output',
        },
      ],
      root: '.',
      keys: undefined,
      writtenAt: expect.any(Date),
    },
  ]);
  expect(ledgerOf(run)).toEqual(openLedgers('.')[0]);

  closeLedger(ada);
  expect(openLedgers('.')).toEqual([]);
  expect(ledgerOf(run)).toBeUndefined();
});

test('the number of keys is known only while no call that changes it is pending', () => {
  enterInLedger(run, `${run.aliasName}_first`, process.pid);
  expect(ledgerOf(run)?.keys).toBeUndefined();
  enterChanged(ada, 1);
  expect(ledgerOf(run)?.keys).toBe(1);
  enterChanging(ada, '01-create-key');
  expect(ledgerOf(run)?.keys).toBeUndefined();
  enterInLedger(run, `${run.aliasName}_second`, process.pid);
  enterChanged(ada, 2);
  enterChanging(ada, '05-clean-up');
  enterChanged(ada, -1);
  expect(ledgerOf(run)?.keys).toBe(2);
});

test('a line that a crash cut off is left out, and does not spoil the next one', () => {
  enterInLedger(run, `${run.aliasName}_first`, process.pid);
  appendToLedger('\n{"process":{"id":2},"place":{"tar');
  enterInLedger(run, `${run.aliasName}_second`, process.pid);

  expect(ledgerOf(run)?.entries.map(({ aliasName }) => aliasName)).toEqual([
    `${run.aliasName}_first`,
    `${run.aliasName}_second`,
  ]);
});

test('a number of keys that a crash cut off is unknown', () => {
  enterInLedger(run, `${run.aliasName}_first`, process.pid);
  appendToLedger('\n{"more":');

  expect(ledgerOf(run)?.keys).toBeUndefined();
});

test('a ledger without a whole line led to nothing, and is forgotten when it is old', () => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'new.12345678.jsonl'), '\n{"proc');
  writeFileSync(join(folder, 'old.12345678.jsonl'), '\n{"proc');
  const anHourAgo = Date.now() / 1000 - 3600;
  utimesSync(join(folder, 'old.12345678.jsonl'), anHourAgo, anHourAgo);

  expect(openLedgers('.')).toEqual([]);
  closeEmptyLedgers('.');
  expect(readdirSync(folder)).toEqual(['new.12345678.jsonl']);
});

test('runs of the same name in different places have a ledger each', () => {
  const elsewhere = { ...run, region: 'us-west-2' };
  enterInLedger(run, `${run.aliasName}_here`, process.pid);
  enterInLedger(elsewhere, `${run.aliasName}_there`, process.pid);
  closeLedger(ada);

  expect(openLedgers('.').map(({ place }) => place.region)).toEqual(['us-west-2']);
  expect(ledgerOf(elsewhere)?.entries.map(({ aliasName }) => aliasName)).toEqual([`${run.aliasName}_there`]);
});

test('two places are the same if nothing known about them differs', () => {
  const { place } = ada;
  const known = { ...place, account: '111122223333' };

  expect(isSamePlace(place, known)).toBe(true);
  expect(isSamePlace(known, known)).toBe(true);
  expect(isSamePlace(known, { ...known, account: '444455556666' })).toBe(false);
  expect(isSamePlace(place, { ...place, region: 'us-west-2' })).toBe(false);
  expect(isSamePlace(place, { ...place, target: 'aws' })).toBe(false);
  expect(isSamePlace(place, { ...place, endpoint: 'http://127.0.0.1:10' })).toBe(false);
});

const entry = {
  process: { id: 1 },
  place: ada.place,
  aliasName: run.aliasName,
  tags: [],
  outputFolder: 'output',
};

test.each([
  ['that is not JSON', '{"version":1,"aliasName":', 'it is not JSON'],
  ['of zeros, as after a disk error', '\0\0\0\0', 'it is not JSON'],
  ['of another format', JSON.stringify({ ...entry, version: 2 }), 'its version is not 1'],
  ['without a version', JSON.stringify(entry), 'it has no version'],
  ['that lacks something', '{"version":1,"process":{"id":1}}', 'it lacks something'],
  [
    "of another run's alias",
    JSON.stringify({ version: 1, ...entry, aliasName: 'alias/pottery' }),
    'its alias is not',
  ],
  [
    'of a run whose name begins alike',
    JSON.stringify({ version: 1, ...entry, aliasName: `${run.aliasName}m` }),
    'its alias',
  ],
])('a line %s is said with its file and number, and its ledger stays', (_, line, why) => {
  enterInLedger(run, run.aliasName, process.pid);
  expect(unreadableLedgers('.')).toEqual([]);
  appendToLedger(`\n${line}\n`);
  enterChanged(ada, 1);

  const [file = ''] = readdirSync(folder);
  const [message, ...others] = unreadableLedgers('.');
  expect(message).toContain(`${join(folder, file)}, line 4: ${why}`);
  expect(message).toContain('npm run clean-up -- --run ada');
  expect(others).toEqual([]);
  expect(ledgerOf(run)).toMatchObject({ entries: [{ aliasName: run.aliasName }], keys: undefined });
  closeLedger(ada);
  expect(readdirSync(folder)).toEqual([file]);
});

test('a ledger without a readable line is reported, however old it is', () => {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'ada.12345678.jsonl');
  writeFileSync(file, `\n${JSON.stringify(entry)}\n`);
  utimesSync(file, 0, 0);
  mkdirSync(join(folder, 'bob.12345678.jsonl'));

  closeEmptyLedgers('.');
  expect(unreadableLedgers('.')).toEqual([
    expect.stringContaining(`${file}, line 2: it has no version`),
    expect.stringContaining('bob.12345678.jsonl: EISDIR'),
  ]);
  expect(openLedgers('.')).toEqual([]);
});

test("the ledger is in the project's folder, wherever the process stands", () => {
  const root = process.cwd();
  mkdirSync('elsewhere');
  process.chdir('elsewhere');
  enterInLedger({ ...run, root }, run.aliasName, process.pid);

  expect(readdirSync('.')).toEqual([]);
  expect(openLedgers(root).map((ledger) => ledger.run)).toEqual(['ada']);
});
