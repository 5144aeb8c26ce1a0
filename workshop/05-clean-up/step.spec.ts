import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import {
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  GenerateDataKeyCommand,
  type KeyMetadata,
  KMSClient,
  NotFoundException,
  ScheduleKeyDeletionCommand,
  type Tag,
} from '@aws-sdk/client-kms';
import type { FaultRule, KeySettings } from 'local-kms-cloudtrail';
import { beforeEach, expect, test } from 'vitest';
import { cleanUp, predictDecryptWhilePending } from '#exercise/05-clean-up';
import { recordRequests } from '../../src/evidence/request-recorder.ts';
import { once, throwIfTodo, useStep } from '../../src/run/step.ts';
import { withLocalAws } from '../../src/run/target.ts';
import { enterInLedger } from '../../src/state/ledger.ts';
import { outputFiles } from '../../src/state/run.ts';
import { createKey } from '../01-create-key/solution.ts';

const { run } = useStep(import.meta.filename);
const meta = { todos: [1, 2, 3, 4, 5] };
const about = (todo: number, todos = meta.todos) => ({ meta: { todos, about: todo } });

// A key, an alias and files like the run's, created for this spec: other steps still need the run's own.
// An earlier attempt may have left its alias, so each has another.
const folder = join(run.scratchFolder, 'output');
const filesIn = (place: string) => outputFiles(run).map((file) => join(place, basename(file)));
const aliasName = `${run.aliasName}_to_clean_up_${randomUUID()}`;
const request = { aliasName, tags: run.tags, files: filesIn(folder) };
const otherFile = join(folder, 'encrypted_e_1_of_another_team.txt');
const localRequest = { ...request, files: filesIn(join(run.scratchFolder, 'local_output')) };

const cleanedUp = once(async () => {
  enterInLedger(run, request.aliasName, process.ppid);
  const keyArn = await createKey({ ...request, description: run.description });
  const dataKey = { KeyId: keyArn, KeySpec: 'AES_256', EncryptionContext: run.encryptionContext } as const;
  const { CiphertextBlob } = await new KMSClient().send(new GenerateDataKeyCommand(dataKey));
  await createFiles([...request.files, otherFile]);
  await cleanUp(request);
  return { keyArn, encryptedDataKey: CiphertextBlob, filesLeft: existing(request.files) };
});

test("knows the run's key by its tags", about(2), async () => {
  const tags = [{ TagKey: 'team', TagValue: 'ours' }, ...request.tags];
  const { error, changes } = await cleanUpLocally({ tags });
  expect(
    error !== 'no error' && changes.length === 0 ? 'refused' : 'accepted',
    "You refused a key that has each of the run's tags, and one more: compare names and values, not objects.",
  ).toBe('accepted');
});

test("schedules the deletion of the run's key, in 7 days", about(3), async () => {
  const { keyArn } = await cleanedUp();
  const key = await describe(keyArn);

  expect(key?.KeyState, 'The key is still in use: schedule its deletion.').toBe('PendingDeletion');
  const days = ((key?.DeletionDate?.getTime() ?? 0) - Date.now()) / (24 * 60 * 60 * 1000);
  expect(Math.round(days), 'PendingWindowInDays is the number of days until the deletion.').toBe(7);
});

test('schedules the deletion of a disabled key', about(3), async () => {
  const before = (KeyId: string) => new KMSClient().send(new DisableKeyCommand({ KeyId }));
  const { keyState } = await cleanUpLocally({ before });
  expect(
    keyState,
    'This key was not deleted: schedule the deletion in every state except PendingDeletion.',
  ).toBe('PendingDeletion');
});

// The prediction comes first: until it is made, nothing is shown.
beforeEach(() => {
  predictDecryptWhilePending();
});

// Nobody notices the error of a call that isn't awaited.
test('stops when the deletion cannot be scheduled', about(3, [1, 2, 3]), async () => {
  const { error } = await cleanUpLocally({ failing: ['ScheduleKeyDeletion'] });
  expectError(error, 'KMS could not schedule the deletion, and you went on: await it, and catch no error.');
});

test('deletes the alias', about(4), async () => {
  await cleanedUp();
  const alias = await describe(request.aliasName);
  expect(alias ? 'there' : 'gone', 'The alias is still there: delete the alias.').toBe('gone');
});

test('fails when the alias cannot be deleted', about(4, [1, 2, 3, 4]), async () => {
  const { error } = await cleanUpLocally({ failing: ['DeleteAlias'] });
  expectError(error, 'KMS could not delete the alias, and you did not say so: await it, and catch no error.');
});

test("deletes the run's output files, and no other file", about(5), async () => {
  const { filesLeft } = await cleanedUp();

  expect(existing(request.files).length, 'Output files are still there: delete each of them.').toBe(0);
  expect(
    filesLeft.length,
    'Output files were still there when cleanUp was done: await each deletion. forEach awaits none.',
  ).toBe(0);
  expect(
    existsSync(otherFile) ? 'there' : 'gone',
    'A file of another team is gone: delete the files of the request, and nothing else.',
  ).toBe('there');
});

test('cannot decrypt while the deletion is pending, as you predicted', about(1), async () => {
  const { encryptedDataKey } = await cleanedUp();
  const decrypt = { CiphertextBlob: encryptedDataKey, EncryptionContext: run.encryptionContext };
  const decrypted = await new KMSClient().send(new DecryptCommand(decrypt)).catch(() => undefined);

  expect(
    predictDecryptWhilePending(),
    'You predicted a different result for a key whose deletion is pending.',
  ).toBe(decrypted !== undefined);
});

test('can run twice', { meta }, async () => {
  await cleanedUp();
  const error = await errorOf(cleanUp(request));
  expect(error, 'The second clean-up finds nothing to do: that is no error.').toBe('no error');
});

test('deletes the output files without an alias', about(5, [1, 5]), async () => {
  await withLocalAws({}, async () => {
    await createKey({ aliasName: `${request.aliasName}0`, description: 'Of another run', tags: [] });
    await createFiles(localRequest.files);
    const error = await errorOf(cleanUp(localRequest));
    expect(error, 'Your alias is gone, and another only begins with its name: compare whole names.').toBe(
      'no error',
    );
    expect(
      existing(localRequest.files).length,
      'Your alias was gone, and the output files are still there: delete them all the same.',
    ).toBe(0);
  });
});

test('deletes no folder, and fails if there is one', about(5), async ({ skip }) => {
  const { filesLeft } = await cleanedUp();
  // An error of a deletion that nobody awaits would end the run.
  if (filesLeft.length > 0) skip('the output files are not deleted yet');
  await withLocalAws({}, async () => {
    const subfolder = join(folder, 'a_folder');
    await mkdir(join(subfolder, 'of_another_team'), { recursive: true });
    const error = await errorOf(cleanUp({ ...request, files: [subfolder] }));
    const left = existing([subfolder]).length;
    await rm(subfolder, { recursive: true, force: true });
    expect(left, 'A folder of the same name is gone, with everything in it: delete files only.').toBe(1);
    expectError(error, 'A folder stood in place of a file, and you did not say so: that is an error.');
  });
});

test('deletes the alias last, so that a second try can find the key', about(4), async () => {
  const { changes } = await cleanUpLocally({});
  expect(
    changes.at(-1),
    'Without its alias, nothing leads to a key that is still alive: delete the alias last.',
  ).toBe('DeleteAlias');
});

test('finishes a clean-up that was interrupted', about(3), async () => {
  const { error, alias } = await cleanUpLocally({
    before: (KeyId) =>
      new KMSClient().send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 })),
  });
  expect(error, 'The deletion was scheduled already, and that is no error: see KeyState.').toBe('no error');
  expect(alias, 'The alias is still there after the second try.').toBe('gone');
});

test("leaves other teams' aliases alone, in a crowded account", about(2), async () => {
  const { keyState, changes } = await cleanUpLocally({ keys: otherTeamsKeys(101) });
  expect(keyState, "The run's key was overlooked: a list of aliases has more than one page.").toBe(
    'PendingDeletion',
  );
  const aliases = changes.filter((operation) => operation === 'DeleteAlias').length;
  expect(aliases, 'Aliases of other teams are gone: delete only yours.').toBe(1);
});

test("leaves a key alone that does not carry the run's tags", about(2, [1, 2]), async () => {
  const [workshop, ofRun] = request.tags as [Tag, Tag];
  const other = "This key lacks one of the run's tags: compare name and value of each of them.";
  const similar = 'The tags of this key only resemble yours: names and values have to be equal.';
  const { TagKey = '', TagValue = '' } = ofRun;
  const exchanged = [
    { ...workshop, TagValue },
    { ...ofRun, TagValue: workshop.TagValue },
  ];
  const others: [Tag[], string][] = [
    [[workshop], other],
    [[workshop, { TagKey, TagValue: 'of somebody else' }], other],
    [exchanged, other],
    [[], 'This key has no tags at all, and is not yours.'],
    [[{ ...workshop, TagValue: workshop.TagValue?.toUpperCase() }, ofRun], similar],
    [[workshop, { TagKey, TagValue: `${TagValue}0` }], similar],
    [[workshop, { TagKey: TagKey.toUpperCase(), TagValue }], similar],
  ];
  for (const [tags, sentence] of others) {
    const { error, keyState, changes } = await cleanUpLocally({ tags });
    expect(keyState, sentence).toBe('Enabled');
    expect(changes.join(' ') || 'none', 'The key is not yours: change nothing.').toBe('none');
    expectError(error, 'The alias leads to a key that is not ours: throw an error.');
  }
});

test('leaves a key alone whose tags it cannot read', about(2, [1, 2]), async () => {
  const { keyState } = await cleanUpLocally({ failing: ['ListResourceTags'] });
  expect(keyState, 'KMS could not say which tags the key has: do not catch the error.').toBe('Enabled');
});

test('fails when it cannot look for the key', { meta: { todos: [1] } }, async () => {
  const failing = ['DescribeKey', 'ListAliases'];
  await withLocalAws({ faults: failing.map(failingAt) }, async () => {
    const error = await errorOf(cleanUp({ ...request, files: [] }));
    expectError(
      error,
      'KMS could not say whether there is a key, and findKey returned no key: rethrow the error.',
    );
  });
});

interface LocalCleanUp {
  /** Keys that are there already. Default: none. */
  keys?: KeySettings[];
  /** Tags of the key. Default: the run's. */
  tags?: Tag[];
  /** Operations at which KMS fails. */
  failing?: string[];
  /** Called before the clean-up. */
  before?: (keyArn: string) => Promise<unknown>;
}

/** Runs cleanUp in a local AWS that has the key, the alias and the files. Returns what is left of them. */
function cleanUpLocally({ keys = [], tags = request.tags, failing = [], before }: LocalCleanUp) {
  return withLocalAws({ keys, faults: failing.map(failingAt) }, async () => {
    const keyArn = await createKey({ ...request, tags, description: run.description });
    await before?.(keyArn);
    await createFiles(localRequest.files);
    const recording = recordRequests();
    const error = await errorOf(cleanUp(localRequest));
    recording.stop();
    const changes = recording.requests
      .map(({ operation }) => operation)
      .filter((operation) => /^(Schedule|Delete)/.test(operation));
    const alias = (await describe(request.aliasName)) ? 'there' : 'gone';
    return { error, changes, alias, keyState: (await describe(keyArn))?.KeyState };
  });
}

function failingAt(operation: string): FaultRule {
  return { operation, fault: 'server-error' };
}

/** The name of the error that a clean-up ends with, or "no error". A TODO is no answer, and is thrown. */
async function errorOf(cleaning: Promise<void>): Promise<string> {
  const error = await cleaning.catch((thrown) => thrown);
  throwIfTodo(error);
  return error ? (error.code ?? error.name) : 'no error';
}

function expectError(error: string, sentence: string) {
  expect(error === 'no error' ? error : 'an error', sentence).toBe('an error');
}

function existing(files: string[]): string[] {
  return files.filter((file) => existsSync(file));
}

async function createFiles(files: string[]): Promise<void> {
  for (const file of files) {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, 'output');
  }
}

/** Keys of other teams, with aliases before and after the run's in a list. */
function otherTeamsKeys(number: number): KeySettings[] {
  return Array.from({ length: number }, (_, n) => ({
    keyId: randomUUID(),
    aliasName: `alias/${n % 2 ? 'a' : 'z'}_team_${n}`,
  }));
}

/** Returns the metadata of a key, or undefined if there is no such key. */
async function describe(keyId: string): Promise<KeyMetadata | undefined> {
  try {
    const { KeyMetadata } = await new KMSClient().send(new DescribeKeyCommand({ KeyId: keyId }));
    return KeyMetadata;
  } catch (error) {
    if (error instanceof NotFoundException) return undefined;
    throw error;
  }
}
