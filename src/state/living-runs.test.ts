import { readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { enterInLedger, openLedgers, showLife } from './ledger.ts';
import { livingProcessOf, requireOwnName } from './living-runs.ts';
import { newRun, nobody, useNewFolder } from './testing/ledger-folder.ts';

beforeEach(useNewFolder);

const run = newRun('ada');

test('refuses a run while another one of its name is alive, wherever its keys are', () => {
  enterInLedger(run, run.aliasName, nobody);
  requireOwnName(run);
  enterInLedger({ ...run, region: 'us-west-2' }, run.aliasName, process.ppid);

  expect(() => requireOwnName(run)).toThrow(
    `WORKSHOP_RUN is "ada", and a run of that name is still running, as process ${process.ppid}. ` +
      'End that run first, or give this one another name: without WORKSHOP_RUN, each run has a new name.',
  );
  requireOwnName(newRun('bob'));
});

test('of two runs of a name that start at the same time, the first on the ledger goes on', () => {
  enterInLedger(run, run.aliasName, process.pid);
  enterInLedger(run, run.aliasName, process.ppid);
  requireOwnName(run);

  const other = newRun('bob');
  enterInLedger(other, other.aliasName, process.ppid);
  enterInLedger(other, other.aliasName, process.pid);
  expect(() => requireOwnName(other)).toThrow(`as process ${process.ppid}`);
});

test('a run of another namespace is alive while its ledger shows signs of life', () => {
  enterInLedger(run, run.aliasName, nobody);
  const isAlive = () => {
    const [ledger] = openLedgers('.');
    const entries = ledger?.entries.map((entry) => ({
      ...entry,
      process: { ...entry.process, namespace: 'another' },
    }));
    return ledger && entries && livingProcessOf({ ...ledger, entries }) !== undefined;
  };
  const [file = ''] = readdirSync('.workshop/ledger');
  utimesSync(join('.workshop/ledger', file), 0, 0);
  expect(isAlive()).toBe(false);

  showLife(run);
  expect(isAlive()).toBe(true);
});
