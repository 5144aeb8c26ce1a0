import { existsSync, mkdirSync, readdirSync, renameSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { beforeEach, expect, test } from 'vitest';
import { createKey } from '../../../workshop/01-create-key/solution.ts';
import { enterInLedger, openLedgers } from '../../state/ledger.ts';
import { outputFiles, type Run } from '../../state/run.ts';
import { newRun, nobody, useNewFolder, writeOutput } from '../../state/testing/ledger-folder.ts';
import { withLocalAws } from '../target.ts';
import { carryOut, planCleanUp, reclaim } from './reclaim.ts';

beforeEach(useNewFolder);

async function stateOf(keyArn: string): Promise<string | undefined> {
  const { KeyMetadata } = await new KMSClient().send(new DescribeKeyCommand({ KeyId: keyArn }));
  return KeyMetadata?.KeyState;
}

test('cleans up after killed runs, one after the other', () =>
  withLocalAws({}, async () => {
    const [ada, bob] = [newRun('ada'), newRun('bob')];
    const keys = [];
    for (const run of [ada, bob]) {
      enterInLedger(run, run.aliasName, nobody);
      keys.push(
        await createKey(run),
        await createKey({ ...run, aliasName: `${run.aliasName}_of_no_ledger` }),
      );
    }

    const { removals, alive, elsewhere } = await reclaim(newRun('now'));
    expect(removals.map(({ leftovers }) => leftovers.aliases.length)).toEqual([2, 2]);
    expect([...alive, ...elsewhere]).toEqual([]);
    for (const key of keys) expect(await stateOf(key)).toBe('PendingDeletion');
    expect(openLedgers('.')).toEqual([]);
  }));

test('leaves a living run alone', () =>
  withLocalAws({}, async () => {
    const living = newRun('living');
    enterInLedger(living, living.aliasName, process.pid);
    const key = await createKey(living);

    const { removals, alive } = await reclaim(living);
    expect(removals).toEqual([]);
    expect(alive).toEqual([`living: it is still running, as process ${process.pid}`]);
    expect(await stateOf(key)).toBe('Enabled');
    expect(openLedgers('.').map(({ run }) => run)).toEqual(['living']);
  }));

test.each<[string, Partial<Run>, string]>([
  [
    'Region',
    { region: 'us-west-2' },
    'WORKSHOP_TARGET=endpoint AWS_REGION=us-west-2 AWS_ENDPOINT_URL=http://127.0.0.1:9 npm run clean-up',
  ],
  [
    'endpoint',
    { endpoint: 'http://127.0.0.1:10' },
    'WORKSHOP_TARGET=endpoint AWS_REGION=eu-west-1 AWS_ENDPOINT_URL=http://127.0.0.1:10 npm run clean-up',
  ],
  [
    'target',
    { target: 'aws', endpoint: undefined },
    'WORKSHOP_TARGET=aws AWS_REGION=eu-west-1 npm run clean-up',
  ],
  [
    'account',
    { account: '444455556666' },
    'WORKSHOP_TARGET=endpoint AWS_REGION=eu-west-1 AWS_ENDPOINT_URL=http://127.0.0.1:9 npm run clean-up, with credentials of the account 444455556666',
  ],
])('leaves a run of another %s alone, and says how to get at it', async (_, difference, way) => {
  const elsewhere = { ...newRun('elsewhere'), ...difference };
  enterInLedger(elsewhere, elsewhere.aliasName, nobody);

  // Nothing listens at this endpoint: nothing may be asked.
  const { removals, elsewhere: lines } = await reclaim({
    ...newRun('now'),
    account: '111122223333',
  });
  expect(removals).toEqual([]);
  expect(lines).toEqual([`elsewhere: it ran elsewhere; ${way}`]);
  expect(openLedgers('.').map(({ run }) => run)).toEqual(['elsewhere']);
});

test('removes the files and the own folder of a run whose local AWS is gone', async () => {
  const { endpoint: _, ...dead } = { ...newRun('dead'), target: 'local' as const };
  enterInLedger(dead, dead.aliasName, nobody);
  writeOutput(dead);
  mkdirSync(dead.scratchFolder, { recursive: true });

  const { removals } = await reclaim(newRun('now'));
  expect(removals.map(({ leftovers }) => leftovers.files)).toEqual([outputFiles(dead)]);
  expect([dead.outputFolder, dead.scratchFolder].map(existsSync)).toEqual([false, false]);
  expect(openLedgers('.')).toEqual([]);
});

test("a run's own folder stays while a run of the same name is alive elsewhere", async () => {
  const living = newRun('ada');
  const { endpoint: _, ...dead } = { ...living, target: 'local' as const };
  enterInLedger(living, living.aliasName, process.pid);
  enterInLedger(dead, dead.aliasName, nobody);
  mkdirSync(living.scratchFolder, { recursive: true });
  writeOutput(living);

  await reclaim(newRun('now'));
  expect(existsSync(living.scratchFolder)).toBe(true);
  expect(outputFiles(living).every(existsSync)).toBe(true);
  expect(openLedgers('.').map(({ place }) => place.target)).toEqual(['endpoint']);
});

test('a failed removal in one run stops no other', async () => {
  const [first, second] = [newRun('first'), newRun('second')].map((run) => ({
    ...run,
    target: 'local' as const,
  }));
  for (const run of [first, second] as Run[]) {
    enterInLedger(run, run.aliasName, nobody);
    writeOutput(run);
  }
  const here = { ...newRun('now'), target: 'local' as const };
  const plan = await planCleanUp(here, {});
  // The folder now leads out of the output folder.
  renameSync('output/first', 'precious');
  symlinkSync(resolve('precious'), 'output/first', 'junction');
  const { removed, notRemoved } = await carryOut(plan, here);

  expect(removed.map(({ run }) => run)).toEqual(['second']);
  expect(notRemoved.length).toBe(4);
  expect(notRemoved[0]).toMatch(
    /^first: output.first.encrypted_e_1.txt: .* is not inside output, and was left alone/,
  );
  expect(readdirSync('precious').length).toBe(5);
  expect(openLedgers('.').map(({ run }) => run)).toEqual(['first']);
});

test('files in another output folder keep their ledger, until the clean-up is told of the folder', async () => {
  const dead = { ...newRun('dead'), target: 'local' as const, outputFolder: join('other', 'dead') };
  enterInLedger(dead, dead.aliasName, nobody);
  writeOutput(dead);

  const here = { ...newRun('now'), target: 'local' as const };
  expect((await reclaim(here)).notRemoved).toEqual([
    "dead: its files: WORKSHOP_OUTPUT_FOLDER was 'other'. Set it again",
  ]);
  expect((await reclaim({ ...here, outputFolder: join('other', 'now') })).notRemoved).toEqual([]);
  expect([existsSync('other/dead'), openLedgers('.')]).toEqual([false, []]);
});

test('a folder with the name of an output file is left alone, and closes the ledger', async () => {
  const dead = { ...newRun('dead'), target: 'local' as const };
  enterInLedger(dead, dead.aliasName, nobody);
  writeOutput(dead, outputFiles(dead).slice(1));
  mkdirSync(join('output', 'dead', 'encrypted_e_1.txt'));

  const { removed, notRemoved } = await reclaim({ ...newRun('now'), target: 'local' });
  expect(removed.map(({ files, folders }) => [files.length, folders])).toEqual([
    [3, [join('output', 'dead', 'encrypted_e_1.txt')]],
  ]);
  expect(notRemoved).toEqual([]);
  expect(readdirSync('output/dead')).toEqual(['encrypted_e_1.txt']);
  expect(openLedgers('.')).toEqual([]);
});
