import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { readSettings } from '../settings.ts';
import { closeLedger, enterInLedger, readLedger, runsInLedger } from './ledger.ts';
import { describeRun } from './run.ts';

beforeEach(() => {
  const before = process.cwd();
  const folder = mkdtempSync(join(tmpdir(), 'ledger-'));
  process.chdir(folder);
  return () => {
    process.chdir(before);
    rmSync(folder, { recursive: true, force: true });
  };
});

const run = describeRun(readSettings({ WORKSHOP_RUN: 'ada' }, 'no .env'));

test('what a run enters is there to read until its ledger is closed', () => {
  enterInLedger(run, 'alias/first', ['a.txt'], 1);
  enterInLedger(run, 'alias/second', [], 2);

  expect(runsInLedger()).toEqual(['ada']);
  expect(readLedger('ada')).toEqual([
    {
      process: 1,
      target: 'local',
      region: 'us-east-1',
      aliasName: 'alias/first',
      tags: run.tags,
      files: ['a.txt'],
    },
    {
      process: 2,
      target: 'local',
      region: 'us-east-1',
      aliasName: 'alias/second',
      tags: run.tags,
      files: [],
    },
  ]);

  closeLedger('ada');
  expect(runsInLedger()).toEqual([]);
});

test('a line that a crash cut off is left out', () => {
  enterInLedger(run, 'alias/first', [], 1);
  appendFileSync('.workshop/ledger/ada.jsonl', '{"process":2,"target":"lo');

  expect(readLedger('ada').map(({ aliasName }) => aliasName)).toEqual(['alias/first']);
});

test('a run that wrote nothing down has no entries', () => {
  expect(runsInLedger()).toEqual([]);
  expect(readLedger('ada')).toEqual([]);
});
