import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateKeyCommand, DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createKey } from '../../workshop/01-create-key/solution.ts';
import { readSettings } from '../settings.ts';
import { withLocalAws } from '../target.ts';
import { cleanUpRun, reclaim } from './clean-up.ts';
import { enterInLedger, runsInLedger } from './ledger.ts';
import { describeRun, type Run } from './run.ts';

/** A process id that no process has: the largest that Linux gives is 2^22. */
const nobody = 2 ** 30;
const checkout = process.cwd();

// The ledger is in the current folder.
beforeAll(() => process.chdir(mkdtempSync(join(tmpdir(), 'clean-up-'))));
afterAll(() => process.chdir(checkout));

function newRun(name: string): Run {
  const settings = readSettings(
    {
      WORKSHOP_RUN: name,
      WORKSHOP_TARGET: 'endpoint',
      AWS_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL: 'http://127.0.0.1',
    },
    'no-file',
  );
  return describeRun(settings);
}

async function stateOf(keyArn: string): Promise<string | undefined> {
  const { KeyMetadata } = await new KMSClient().send(new DescribeKeyCommand({ KeyId: keyArn }));
  return KeyMetadata?.KeyState;
}

test('removes what a killed run left: its key, its alias and its orphans', () =>
  withLocalAws({}, async () => {
    const run = newRun('killed');
    enterInLedger(run, run.aliasName, [], nobody);
    const key = await createKey(run);
    const orphan = await createKey({ ...run, aliasName: 'alias/of-no-ledger' });

    const removed = await reclaim(run);
    expect(removed.aliases).toEqual([run.aliasName]);
    expect(removed.orphans).toEqual([orphan]);
    expect(await stateOf(key)).toBe('PendingDeletion');
    expect(await stateOf(orphan)).toBe('PendingDeletion');
    expect(runsInLedger()).toEqual([]);
  }));

test('leaves a run alone that is alive, or that ran elsewhere', () =>
  withLocalAws({}, async () => {
    const living = newRun('living');
    const elsewhere = { ...newRun('elsewhere'), region: 'us-west-2' };
    enterInLedger(living, living.aliasName, [], process.pid);
    enterInLedger(elsewhere, elsewhere.aliasName, [], nobody);
    const key = await createKey(living);

    const removed = await reclaim(living);
    expect(removed.aliases).toEqual([]);
    expect(removed.left.join('\n')).toContain('living: it is still running');
    expect(removed.left.join('\n')).toContain('elsewhere: it ran elsewhere');
    expect(await stateOf(key)).toBe('Enabled');
    expect(runsInLedger().sort()).toEqual(['elsewhere', 'living']);
  }));

test("never takes other people's keys for its own, even when an entry has no tags", () =>
  withLocalAws({}, async () => {
    const run = { ...newRun('without-tags'), tags: [] };
    const { KeyMetadata } = await new KMSClient().send(
      new CreateKeyCommand({ Description: 'Of another team' }),
    );
    enterInLedger(run, run.aliasName, [], nobody);

    const removed = await cleanUpRun(run.name);
    expect(removed.orphans).toEqual([]);
    expect(await stateOf(KeyMetadata?.Arn ?? '')).toBe('Enabled');
  }));

test('keeps the ledger of what it could not remove', () =>
  withLocalAws({ weather: [{ operation: 'DeleteAlias', fault: 'server-error' }] }, async () => {
    const run = newRun('stubborn');
    enterInLedger(run, run.aliasName, [], nobody);
    await createKey(run);

    await expect(cleanUpRun(run.name)).rejects.toThrow();
    expect(runsInLedger()).toContain('stubborn');
  }));

test.each(['DeleteAlias', 'ScheduleKeyDeletion'])('is done although AWS shows %s late', (operation) =>
  withLocalAws({ weather: [{ operation, fault: 'late-change', seconds: 0.5 }] }, async () => {
    const run = newRun(`late-${operation.toLowerCase()}`);
    enterInLedger(run, run.aliasName, [], nobody);
    const key = await createKey(run);

    expect(await cleanUpRun(run.name)).toMatchObject({ aliases: [run.aliasName], orphans: [] });
    expect(runsInLedger()).not.toContain(run.name);
    await expect.poll(() => stateOf(key)).toBe('PendingDeletion');
  }),
);
