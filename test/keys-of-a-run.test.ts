import {
  DescribeKeyCommand,
  KMSClient,
  ListAliasesCommand,
  ListResourceTagsCommand,
} from '@aws-sdk/client-kms';
import { expect, test } from 'vitest';
import { recordRequests } from '../src/evidence/request-recorder.ts';
import { createKeyWithAlias, removeKeyBehind } from '../src/run/keys.ts';
import { withLocalAws } from '../src/run/target.ts';
import { newRun } from '../src/state/testing/ledger-folder.ts';
import { createKey } from '../workshop/01-create-key/solution.ts';
import { cleanUp } from '../workshop/05-clean-up/solution.ts';

const run = newRun('ada');
const { aliasName, tags } = run;

/** The calls that an action makes in an account of its own, and what is there afterwards. */
async function traceOf(action: () => Promise<unknown>, before: () => Promise<unknown> = async () => {}) {
  return withLocalAws({}, async () => {
    await before();
    const recording = recordRequests();
    const error = await action().then(
      () => undefined,
      (thrown: Error) => thrown.name,
    );
    recording.stop();
    const calls = recording.requests.map(({ operation, status }) => `${operation} ${status}`);
    return { calls, error, alias: await behind(aliasName) };
  });
}

async function behind(alias: string) {
  const kms = new KMSClient();
  const { Aliases = [] } = await kms.send(new ListAliasesCommand({}));
  if (!Aliases.some(({ AliasName }) => AliasName === alias)) return undefined;
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: alias }));
  const { Tags } = await kms.send(new ListResourceTagsCommand({ KeyId: KeyMetadata?.KeyId }));
  const { Description, KeyState, KeySpec, KeyUsage } = KeyMetadata ?? {};
  return { Description, KeyState, KeySpec, KeyUsage, Tags };
}

test.each([
  ['where there is none', async () => {}],
  ['where the alias leads to one', () => createKey(run)],
])("a run creates its key as step 1's solution does, %s", async (_, before) => {
  const byRun = await traceOf(() => createKeyWithAlias(run), before);

  expect(byRun).toEqual(await traceOf(() => createKey(run), before));
  expect(byRun.alias?.KeyState).toBe('Enabled');
});

test.each([
  ['of the run', () => createKey(run)],
  ['of another team', () => createKey({ ...run, tags: [] })],
  ['that is not there', async () => {}],
])("a run removes a key as step 5's solution does: one %s", async (_, before) => {
  const byRun = await traceOf(() => removeKeyBehind(aliasName, tags), before);

  expect(byRun).toEqual(await traceOf(() => cleanUp({ aliasName, tags, files: [] }), before));
  expect(byRun.calls).not.toEqual([]);
});
