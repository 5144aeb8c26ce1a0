import {
  CancelKeyDeletionCommand,
  CreateKeyCommand,
  KMSClient,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import type { LocalAwsOptions } from 'local-kms-cloudtrail';
import { beforeEach, expect, test } from 'vitest';
import { enterInLedger, ledgerOf } from '../../state/ledger.ts';
import type { Run } from '../../state/run.ts';
import { newRun, useNewFolder } from '../../state/testing/ledger-folder.ts';
import { withLocalAws } from '../target.ts';
import { enterKeysOf } from './created-keys.ts';

beforeEach(useNewFolder);

/** Returns the ledger's entries of a run's keys during and after the action. */
async function countOf(
  action: (kms: KMSClient, run: Run) => Promise<unknown>,
  options: LocalAwsOptions = {},
): Promise<{ during: number | undefined; after: number | undefined }> {
  return withLocalAws(options, async ({ endpoint }) => {
    const run = { ...newRun('ada'), endpoint };
    enterInLedger(run, run.aliasName, process.pid);
    const stopCounting = enterKeysOf(run, 'a test');
    await action(new KMSClient({ maxAttempts: 3 }), run);
    const during = ledgerOf(run)?.keys;
    stopCounting();
    return { during, after: ledgerOf(run)?.keys };
  });
}

async function createKey(kms: KMSClient): Promise<string | undefined> {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand());
  return KeyMetadata?.KeyId;
}

test('counts keys that are created, without those whose deletion is scheduled', async () => {
  const count = await countOf(async (kms) => {
    const [first, second] = [await createKey(kms), await createKey(kms), await createKey(kms)];
    for (const KeyId of [first, second]) await kms.send(new ScheduleKeyDeletionCommand({ KeyId }));
    await kms.send(new CancelKeyDeletionCommand({ KeyId: first }));
  });

  expect(count).toEqual({ during: undefined, after: 2 });
});

test("counts a key whose creation got no answer, and the one from the SDK's retry", async () => {
  const { after } = await countOf(createKey, {
    faults: [{ operation: 'CreateKey', fault: 'reset', carriedOut: true, sequence: [true] }],
  });

  expect(after).toBe(2);
});

test('does not count a key that was refused', async () => {
  const { after } = await countOf(createKey, {
    faults: [{ operation: 'CreateKey', fault: 'throttle', sequence: [true] }],
  });

  expect(after).toBe(1);
});

test('counts the keys of its endpoint, and none of another one', async () => {
  const { after } = await countOf(async (kms) => {
    await createKey(kms);
    await withLocalAws({}, async () => {
      for (let count = 0; count < 2; count++) await createKey(new KMSClient());
    });
  });

  expect(after).toBe(1);
});

test('enters the number of keys in the ledger at an endpoint, but not on the local AWS', () => {
  const { endpoint: _, ...local } = { ...newRun('ada'), target: 'local' as const };
  for (const run of [newRun('ada'), local]) {
    enterInLedger(run, run.aliasName, process.pid);
    enterKeysOf(run, 'a test')();
  }

  expect(ledgerOf(newRun('ada'))?.keys).toBe(0);
  expect(ledgerOf(local)?.entries).toHaveLength(1);
  expect(ledgerOf(local)?.keys).toBeUndefined();
});
