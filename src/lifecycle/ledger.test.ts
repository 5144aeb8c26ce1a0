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
  ledgerOf,
  openLedgers,
  placeOf,
} from './ledger.ts';
import { identityOfProcess } from './process-identity.ts';
import { newRun, useNewFolder } from './testing/ledger-folder.ts';

const folder = '.workshop/ledger';

beforeEach(useNewFolder);

const run = newRun('ada');
const ada = { run: 'ada', place: placeOf(run) };

function appendToLedger(text: string): void {
  const [file = ''] = readdirSync(folder);
  appendFileSync(join(folder, file), text);
}

test('what a run enters is there to read until its ledger is closed', () => {
  enterInLedger(run, 'alias/first', ['a.txt'], process.pid);
  enterInLedger({ ...run, tags: [] }, 'alias/second', [], process.ppid);

  const place = { target: 'endpoint', region: 'eu-west-1', endpoint: 'http://127.0.0.1:9' };
  expect(openLedgers()).toEqual([
    {
      run: 'ada',
      place,
      entries: [
        {
          process: identityOfProcess(process.pid),
          place,
          aliasName: 'alias/first',
          tags: run.tags,
          files: ['a.txt'],
        },
        {
          process: identityOfProcess(process.ppid),
          place,
          aliasName: 'alias/second',
          tags: [],
          files: [],
        },
      ],
      keys: undefined,
      writtenAt: expect.any(Date),
    },
  ]);
  expect(ledgerOf(run)).toEqual(openLedgers()[0]);

  closeLedger(ada);
  expect(openLedgers()).toEqual([]);
  expect(ledgerOf(run)).toBeUndefined();
});

test('how many keys there are is known only while nothing may change that', () => {
  enterInLedger(run, 'alias/first', [], process.pid);
  expect(ledgerOf(run)?.keys).toBeUndefined();
  enterChanged(ada, 1);
  expect(ledgerOf(run)?.keys).toBe(1);
  enterChanging(ada, '01-create-key');
  expect(ledgerOf(run)?.keys).toBeUndefined();
  enterInLedger(run, 'alias/second', [], process.pid);
  enterChanged(ada, 2);
  enterChanging(ada, '05-clean-up');
  enterChanged(ada, -1);
  expect(ledgerOf(run)?.keys).toBe(2);
});

test('a line that a crash cut off is left out, and does not spoil the next one', () => {
  enterInLedger(run, 'alias/first', [], process.pid);
  appendToLedger('\n{"process":{"id":2},"place":{"tar');
  enterInLedger(run, 'alias/second', [], process.pid);

  expect(ledgerOf(run)?.entries.map(({ aliasName }) => aliasName)).toEqual(['alias/first', 'alias/second']);
});

test('a number of keys that a crash cut off is not known', () => {
  enterInLedger(run, 'alias/first', [], process.pid);
  appendToLedger('\n{"more":');

  expect(ledgerOf(run)?.keys).toBeUndefined();
});

test('a ledger without a whole line led to nothing, and is forgotten when it is old', () => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'new.12345678.jsonl'), '\n{"proc');
  writeFileSync(join(folder, 'old.12345678.jsonl'), '\n{"proc');
  const anHourAgo = Date.now() / 1000 - 3600;
  utimesSync(join(folder, 'old.12345678.jsonl'), anHourAgo, anHourAgo);

  expect(openLedgers()).toEqual([]);
  closeEmptyLedgers();
  expect(readdirSync(folder)).toEqual(['new.12345678.jsonl']);
});

test('runs of the same name in different places have a ledger each', () => {
  const elsewhere = { ...run, region: 'us-west-2' };
  enterInLedger(run, 'alias/here', [], process.pid);
  enterInLedger(elsewhere, 'alias/there', [], process.pid);
  closeLedger(ada);

  expect(openLedgers().map(({ place }) => place.region)).toEqual(['us-west-2']);
  expect(ledgerOf(elsewhere)?.entries.map(({ aliasName }) => aliasName)).toEqual(['alias/there']);
});

test('a place is the same if nothing that is known of it differs', () => {
  const { place } = ada;
  const known = { ...place, account: '111122223333' };

  expect(isSamePlace(place, known)).toBe(true);
  expect(isSamePlace(known, known)).toBe(true);
  expect(isSamePlace(known, { ...known, account: '444455556666' })).toBe(false);
  expect(isSamePlace(place, { ...place, region: 'us-west-2' })).toBe(false);
  expect(isSamePlace(place, { ...place, target: 'aws' })).toBe(false);
  expect(isSamePlace(place, { ...place, endpoint: 'http://127.0.0.1:10' })).toBe(false);
});
