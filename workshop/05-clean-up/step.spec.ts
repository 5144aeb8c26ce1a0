import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  GenerateDataKeyCommand,
  type KeyMetadata,
  KMSClient,
  NotFoundException,
  paginateListAliases,
  ScheduleKeyDeletionCommand,
  type Tag,
} from '@aws-sdk/client-kms';
import { beforeEach, expect, test } from 'vitest';
import { cleanUp, predictDecryptWhilePending } from '#exercise/05-clean-up';
import { type RecordedRequest, recordRequests } from '../../src/evidence/request-recorder.ts';
import type { WeatherRule } from '../../src/local-aws/index.ts';
import { once, throwIfTodo, useStep } from '../../src/run/step.ts';
import { withLocalAws } from '../../src/run/target.ts';
import { enterInLedger } from '../../src/state/ledger.ts';
import { outputFiles } from '../../src/state/run.ts';
import { createKey } from '../01-create-key/solution.ts';

const { run } = useStep(import.meta.filename);
const meta = { todos: [1, 2, 3, 4, 5] };
const about = (todo: number, todos = meta.todos) => ({ meta: { todos, about: todo } });

// A key, an alias and files as the run's are, but made to be cleaned up here: other steps still need the run's.
// The alias is of this try: an earlier one may have left its own.
const folder = join(run.scratchFolder, 'output');
const request = {
  aliasName: `${run.aliasName}_to_clean_up_${randomUUID()}`,
  tags: run.tags,
  files: outputFiles(run).map((file) => join(folder, basename(file))),
};
const otherFile = join(folder, 'encrypted_e_1_of_another_team.txt');

const cleanedUp = once(async () => {
  enterInLedger(run, request.aliasName, process.ppid);
  const keyArn = await createKey({ ...request, description: run.description });
  const dataKey = await new KMSClient().send(
    new GenerateDataKeyCommand({
      KeyId: keyArn,
      KeySpec: 'AES_256',
      EncryptionContext: run.encryptionContext,
    }),
  );
  await createFiles();
  await cleanUp(request);
  const filesLeft = request.files.filter(existsSync);
  return { keyArn, encryptedDataKey: dataKey.CiphertextBlob, filesLeft };
});

test("knows the run's key by its tags", about(2), async () => {
  await withLocalAws({}, async () => {
    const tags = [{ TagKey: 'team', TagValue: 'ours' }, ...request.tags];
    await createKey({ ...request, tags, description: run.description });
    const recording = recordRequests();
    const error = await cleanUp(request).catch((e: Error) => e);
    recording.stop();

    throwIfTodo(error);
    const isRefused = error instanceof Error && !recording.requests.some(isChange);
    expect(
      isRefused,
      "A key with each of the run's tags, and one more, was refused: compare names and values, not objects.",
    ).toBe(false);
  });
});

test("schedules the deletion of the run's key, in 7 days", about(3), async () => {
  const { keyArn } = await cleanedUp();
  const key = await describe(keyArn);

  expect(key?.KeyState, 'The key is still in use: schedule its deletion.').toBe('PendingDeletion');
  const days = ((key?.DeletionDate?.getTime() ?? 0) - Date.now()) / (24 * 60 * 60 * 1000);
  expect(Math.round(days), 'The days until the deletion are PendingWindowInDays.').toBe(7);
});

// The prediction comes first: until it is made, nothing is shown.
beforeEach(() => {
  predictDecryptWhilePending();
});

// A call that nobody waits for fails unnoticed.
test('stops when the deletion cannot be scheduled', about(3, [1, 2, 3]), async () => {
  expect(
    await cleanUpWithout('ScheduleKeyDeletion'),
    'KMS could not schedule the deletion, and cleanUp went on: await the answer, and throw the error on.',
  ).toBeInstanceOf(Error);
});

test('deletes the alias', about(4), async () => {
  await cleanedUp();

  expect(
    await describe(request.aliasName),
    `${request.aliasName} is still there: delete the alias.`,
  ).toBeUndefined();
});

test('says so when the alias cannot be deleted', about(4, [1, 2, 3, 4]), async () => {
  expect(
    await cleanUpWithout('DeleteAlias'),
    'KMS could not delete the alias, and cleanUp did not say so: await the answer, and throw the error on.',
  ).toBeInstanceOf(Error);
});

test("deletes the run's output files, and no other file", about(5), async () => {
  const { filesLeft } = await cleanedUp();

  expect(
    request.files.filter(existsSync),
    'These output files are still there: delete each of them.',
  ).toEqual([]);
  expect(
    filesLeft,
    'These output files were still there when cleanUp was done: await each deletion. forEach awaits none.',
  ).toEqual([]);
  expect(
    existsSync(otherFile),
    `${basename(otherFile)} is not of this run, and is gone: delete no folders.`,
  ).toBe(true);
});

test('cannot decrypt while the deletion is pending, as you predicted', about(1), async () => {
  const { encryptedDataKey } = await cleanedUp();
  const canDecrypt = await new KMSClient()
    .send(new DecryptCommand({ CiphertextBlob: encryptedDataKey, EncryptionContext: run.encryptionContext }))
    .then(
      () => true,
      () => false,
    );

  expect(
    predictDecryptWhilePending(),
    'You predicted something else about a key whose deletion is pending.',
  ).toBe(canDecrypt);
});

test('may run twice', { meta }, async () => {
  await cleanedUp();

  const error = await cleanUp(request).catch((e: Error) => e);
  throwIfTodo(error);
  expect(error?.message, 'The second clean-up finds nothing to do, and that is no error.').toBeUndefined();
});

test('deletes the alias last, so that a second try can find the key', about(4), async () => {
  await withLocalAws({}, async () => {
    await createKey({ ...request, description: run.description });
    const recording = recordRequests();
    await cleanUp(request);
    recording.stop();

    const changes = recording.requests.filter(isChange).map(({ operation }) => operation);
    expect(
      changes,
      'Without its alias, nothing leads to a key that is still alive: delete the alias last.',
    ).toEqual(['ScheduleKeyDeletion', 'DeleteAlias']);
  });
});

test('finishes a clean-up that was interrupted', about(3), async () => {
  await withLocalAws({}, async () => {
    const keyArn = await createKey({ ...request, description: run.description });
    await new KMSClient().send(new ScheduleKeyDeletionCommand({ KeyId: keyArn, PendingWindowInDays: 7 }));
    await createFiles();

    const error = await cleanUp(request).catch((e: Error) => e);
    throwIfTodo(error);
    expect(
      error?.message,
      'The deletion was scheduled already, and that is no error: see KeyState.',
    ).toBeUndefined();
    expect(
      await describe(request.aliasName),
      'The alias is still there after the second try.',
    ).toBeUndefined();
    expect(request.files.filter(existsSync), 'The files are still there after the second try.').toEqual([]);
  });
});

test("leaves other teams' keys and aliases alone, in a crowded account", about(2), async () => {
  await withLocalAws({}, async () => {
    const theirs = await createKey({ aliasName: 'alias/a_team', description: 'Of another team', tags: [] });
    const theirAliases = await createAliases(101);
    const ours = await createKey({ ...request, description: run.description });
    await cleanUp(request);

    // No wrong answer fails here: one that deletes other keys would delete the run's own, which the other steps need.
    expect((await describe(theirs))?.KeyState, "Another team's key is about to be deleted.").toBe('Enabled');
    const aliases = await listAliases();
    const gone = theirAliases.filter((aliasName) => !aliases.includes(aliasName));
    expect(gone, `${gone[0]} is another team's alias, and is gone.`).toEqual([]);
    expect(
      (await describe(ours))?.KeyState,
      "The run's key was overlooked: a list of aliases has more than one page.",
    ).toBe('PendingDeletion');
  });
});

test("leaves a key alone that does not carry the run's tags", about(2, [1, 2]), async () => {
  const [workshop, ofRun] = request.tags as [Tag, Tag];
  const tagsOfOthers = [
    [workshop],
    [workshop, { ...ofRun, TagValue: 'of somebody else' }],
    [
      { ...workshop, TagValue: ofRun.TagValue },
      { ...ofRun, TagValue: workshop.TagValue },
    ],
  ];
  await withLocalAws({}, async () => {
    for (const [index, tags] of tagsOfOthers.entries()) {
      const aliasName = `alias/of_others_${index}`;
      const theirs = await createKey({ aliasName, description: 'Of another team', tags });
      const error = await cleanUp({ ...request, aliasName }).catch((e: Error) => e);

      throwIfTodo(error);
      expect(
        (await describe(theirs))?.KeyState,
        "This key does not have each of the run's tags: compare name and value of each of them.",
      ).toBe('Enabled');
      expect(error, 'The alias leads to a key that is not ours: throw an error.').toBeInstanceOf(Error);
    }
  });
});

test('does not say that all is clean when it cannot look', { meta: { todos: [1] } }, async () => {
  const weather: WeatherRule[] = [{ operation: 'DescribeKey', fault: 'server-error' }];
  await withLocalAws({ weather }, async () => {
    const error = await cleanUp({ ...request, files: [] }).catch((e: Error) => e);
    throwIfTodo(error);
    expect(
      error,
      'KMS could not say whether there is a key. That does not mean that there is none: findKey has to throw the error on.',
    ).toBeInstanceOf(Error);
  });
});

/** Runs cleanUp where KMS fails at an operation; gives the error, if any. */
async function cleanUpWithout(operation: string): Promise<unknown> {
  return withLocalAws({ weather: [{ operation, fault: 'server-error' }] }, async () => {
    await createKey({ ...request, description: run.description });
    const error = await cleanUp(request).catch((e: Error) => e);
    throwIfTodo(error);
    return error;
  });
}

/** Whether a call changes a key or an alias. */
function isChange({ operation }: RecordedRequest): boolean {
  return /^(Schedule|Delete)/.test(operation);
}

async function createFiles(): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const file of [...request.files, otherFile]) await writeFile(file, 'output');
}

/** Creates aliases that come before and after the run's in a list. */
/** Creates aliases of another team; KMS allows 50 on each key. */
async function createAliases(number: number): Promise<string[]> {
  const kms = new KMSClient();
  const keys = await Promise.all([1, 2, 3].map(() => kms.send(new CreateKeyCommand())));
  const names = Array.from({ length: number }, (_, n) => `alias/${n % 2 ? 'a' : 'z'}_team_${n}`);
  await Promise.all(
    names.map((AliasName, n) =>
      kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: keys[n % 3]?.KeyMetadata?.KeyId })),
    ),
  );
  return names;
}

async function listAliases(): Promise<string[]> {
  const names: string[] = [];
  for await (const { Aliases = [] } of paginateListAliases({ client: new KMSClient() }, {})) {
    names.push(...Aliases.map(({ AliasName = '' }) => AliasName));
  }
  return names;
}

/** What KMS says about a key, or undefined when there is none. */
async function describe(keyId: string): Promise<KeyMetadata | undefined> {
  try {
    const { KeyMetadata } = await new KMSClient().send(new DescribeKeyCommand({ KeyId: keyId }));
    return KeyMetadata;
  } catch (error) {
    if (error instanceof NotFoundException) return undefined;
    throw error;
  }
}
