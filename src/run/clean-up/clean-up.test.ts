import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  KMSClient,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { beforeEach, expect, test } from 'vitest';
import { createKey } from '../../../workshop/01-create-key/solution.ts';
import { recordRequests } from '../../evidence/request-recorder.ts';
import { enterChanged, enterInLedger, ledgerName, ledgerOf, openLedgers } from '../../state/ledger.ts';
import { makeOutputFolder } from '../../state/output-folder.ts';
import { outputFiles } from '../../state/run.ts';
import { newRun, nobody, useNewFolder, writeOutput } from '../../state/testing/ledger-folder.ts';
import { withLocalAws } from '../target.ts';
import { cleanUpRun } from './clean-up.ts';

beforeEach(useNewFolder);

async function stateOf(keyArn: string | undefined): Promise<string | undefined> {
  const { KeyMetadata } = await new KMSClient().send(new DescribeKeyCommand({ KeyId: keyArn }));
  return KeyMetadata?.KeyState;
}

test("removes a run's keys, aliases and files, and what it kept for itself", () =>
  withLocalAws({}, async () => {
    const run = newRun('ada');
    enterInLedger(run, run.aliasName, process.pid);
    writeOutput(run);
    writeFileSync('of-another-team', '');
    mkdirSync(run.scratchFolder, { recursive: true });
    const key = await createKey(run);

    expect(await cleanUpRun(run)).toEqual({
      run: 'ada',
      aliases: [{ aliasName: run.aliasName, keyArn: key, isPendingDeletion: false, tags: run.tags }],
      orphans: [],
      unseenAliasNames: [],
      files: outputFiles(run),
      folders: [],
      lostKeys: 0,
    });
    expect(await stateOf(key)).toBe('PendingDeletion');
    await expect(stateOf(run.aliasName)).rejects.toThrow('is not found');
    expect([run.outputFolder, 'of-another-team', run.scratchFolder].map(existsSync)).toEqual([
      false,
      true,
      false,
    ]);
    expect(openLedgers('.')).toEqual([]);
  }));

test("removes the folder of a run's output, unless somebody put something into it", () =>
  withLocalAws({}, async () => {
    for (const run of [newRun('ada'), newRun('bob')]) {
      enterInLedger(run, run.aliasName, process.pid);
      writeOutput(run);
    }
    writeFileSync('output/bob/notes.txt', '');
    for (const name of ['ada', 'bob']) await cleanUpRun(newRun(name));

    expect(readdirSync('output')).toEqual(['bob']);
    expect(readdirSync('output/bob')).toEqual(['notes.txt']);
  }));

test('removes the empty folder of a run that entered nothing in the ledger', async () => {
  const run = newRun('ada');
  makeOutputFolder(run);
  await cleanUpRun(run);

  expect(readdirSync('output')).toEqual([]);
});

test('looks through all keys of the account only when the aliases do not lead to all of the run', () =>
  withLocalAws({}, async () => {
    const searchesOf = async (name: string, keys: number | undefined) => {
      const run = newRun(name);
      enterInLedger(run, run.aliasName, process.pid);
      await createKey(run);
      if (keys !== undefined) enterChanged(ledgerName(run), keys);
      const recording = recordRequests();
      await cleanUpRun(run);
      recording.stop();
      return recording.successful('ListKeys').length;
    };

    expect(await searchesOf('found', 1)).toBe(0);
    expect(await searchesOf('not-found', 2)).toBe(1);
    expect(await searchesOf('killed', undefined)).toBe(1);
  }));

test('finds by its tags a key that has no alias, and every alias of it that has one', () =>
  withLocalAws({}, async () => {
    const run = newRun('ada');
    enterInLedger(run, run.aliasName, process.pid);
    const orphan = await new KMSClient().send(new CreateKeyCommand({ Tags: run.tags }));
    const renamed = await createKey({ ...run, aliasName: 'alias/of-no-ledger' });
    const others = await createKey({
      ...run,
      aliasName: 'alias/of-bob',
      tags: newRun('bob').tags,
    });

    const removed = await cleanUpRun(run);
    expect(removed?.orphans).toEqual([orphan.KeyMetadata?.Arn]);
    expect(removed?.aliases.map(({ aliasName }) => aliasName)).toEqual(['alias/of-no-ledger']);
    const states = await Promise.all([orphan.KeyMetadata?.Arn, renamed, others].map(stateOf));
    expect(states).toEqual(['PendingDeletion', 'PendingDeletion', 'Enabled']);
  }));

test("never takes other people's keys for its own, even when an entry has no tags", () =>
  withLocalAws({}, async () => {
    const run = { ...newRun('without-tags'), tags: [] };
    const { KeyMetadata } = await new KMSClient().send(
      new CreateKeyCommand({ Description: 'Of another team' }),
    );
    enterInLedger(run, run.aliasName, nobody);

    const recording = recordRequests();
    expect(await cleanUpRun(run)).toMatchObject({ orphans: [], lostKeys: 0 });
    recording.stop();
    expect(recording.successful('ListKeys')).toHaveLength(1);
    expect(await stateOf(KeyMetadata?.Arn)).toBe('Enabled');
  }));

test('counts the keys that nothing leads to', () =>
  withLocalAws({}, async () => {
    const run = newRun('ada');
    enterInLedger(run, run.aliasName, process.pid);
    await createKey(run);
    await new KMSClient().send(new CreateKeyCommand({ Description: 'Without tags' }));
    enterChanged(ledgerName(run), 2);

    expect(await cleanUpRun(run)).toMatchObject({ lostKeys: 1 });
  }));

test('finishes a clean-up that was killed after the deletion was scheduled', () =>
  withLocalAws({}, async () => {
    const run = newRun('ada');
    enterInLedger(run, run.aliasName, nobody);
    const key = await createKey(run);
    await new KMSClient().send(new ScheduleKeyDeletionCommand({ KeyId: key, PendingWindowInDays: 7 }));

    expect(await cleanUpRun(run)).toMatchObject({ aliases: [{ isPendingDeletion: true }], lostKeys: 0 });
    await expect(stateOf(run.aliasName)).rejects.toThrow('is not found');
  }));

test('continues after a failed removal, and keeps its ledger', () =>
  withLocalAws({ faults: [{ operation: 'DeleteAlias', fault: 'server-error' }] }, async () => {
    const run = newRun('stubborn');
    enterInLedger(run, run.aliasName, process.pid);
    writeOutput(run);
    const key = await createKey(run);

    await expect(cleanUpRun(run)).rejects.toThrow(`${run.aliasName}: `);
    expect(ledgerOf(run)?.entries.length).toBe(1);
    expect(await stateOf(key)).toBe('PendingDeletion');
    expect(outputFiles(run).filter(existsSync)).toEqual([]);
  }));

test.each(['DeleteAlias', 'ScheduleKeyDeletion'])('is done although AWS shows %s late', (operation) =>
  withLocalAws({ faults: [{ operation, fault: 'late-change', seconds: 0.5 }] }, async () => {
    const run = newRun(`late-${operation.toLowerCase()}`);
    enterInLedger(run, run.aliasName, process.pid);
    const key = await createKey(run);

    expect(await cleanUpRun(run)).toMatchObject({ aliases: [{ aliasName: run.aliasName }], orphans: [] });
    expect(await stateOf(key)).toBe('PendingDeletion');
    expect(openLedgers('.')).toEqual([]);
  }),
);

test('finds a key that AWS did not show yet when the run was killed', () =>
  withLocalAws({ faults: [{ operation: 'CreateKey', fault: 'late-change', seconds: 0.3 }] }, async () => {
    const run = { ...newRun('ada'), target: 'aws' as const };
    enterInLedger(run, run.aliasName, nobody);
    // The last line was written 9 seconds ago, and the key created right now.
    const nineSecondsAgo = Date.now() / 1000 - 9;
    for (const file of readdirSync('.workshop/ledger')) {
      utimesSync(`.workshop/ledger/${file}`, nineSecondsAgo, nineSecondsAgo);
    }
    const { KeyMetadata } = await new KMSClient().send(new CreateKeyCommand({ Tags: run.tags }));

    expect(await cleanUpRun(run)).toMatchObject({ orphans: [KeyMetadata?.Arn] });
  }));

test('removes an alias that AWS does not show yet, of a key that is found by its tags', () =>
  withLocalAws({ faults: [{ operation: 'CreateAlias', fault: 'late-change', seconds: 1 }] }, async () => {
    const run = newRun('ada');
    enterInLedger(run, run.aliasName, process.pid);
    const kms = new KMSClient();
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Tags: run.tags }));
    await kms.send(new CreateAliasCommand({ AliasName: run.aliasName, TargetKeyId: KeyMetadata?.KeyId }));

    expect(await cleanUpRun(run)).toMatchObject({ aliases: [], unseenAliasNames: [run.aliasName] });
    // AWS would refuse a second alias of that name if the first were there.
    const { KeyMetadata: other } = await kms.send(new CreateKeyCommand({}));
    await kms.send(new CreateAliasCommand({ AliasName: run.aliasName, TargetKeyId: other?.KeyId }));
  }));
