import { randomUUID } from 'node:crypto';
import {
  DescribeKeyCommand,
  type KeyMetadata,
  KMSClient,
  ListResourceTagsCommand,
  NotFoundException,
  paginateListKeys,
} from '@aws-sdk/client-kms';
import { beforeEach, expect, test } from 'vitest';
import { createKey, predictNumberOfKeys } from '#exercise/01-create-key';
import { recordRequests } from '../../src/evidence/request-recorder.ts';
import type { WeatherRule } from '../../src/local-aws/index.ts';
import { once, throwIfTodo, useStep } from '../../src/run/step.ts';
import { withLocalAws } from '../../src/run/target.ts';
import { enterInLedger } from '../../src/state/ledger.ts';
import { learnerAliasName } from '../../src/state/run.ts';
import { cleanUp } from '../05-clean-up/solution.ts';

const { run } = useStep(import.meta.filename);
const meta = { todos: [1, 2, 3, 4] };
const about = (todo: number, todos = meta.todos) => ({ meta: { todos, about: todo } });

const request = {
  aliasName: learnerAliasName(run),
  description: run.description,
  // With a tag of this try: a key that an earlier one left behind does not count.
  tags: [...run.tags, { TagKey: 'workshop-try', TagValue: randomUUID() }],
};

const created = once(async () => {
  // Whatever an earlier try left behind the alias goes, be it without its tags: the alias has the run's name.
  enterInLedger({ ...run, tags: [] }, request.aliasName, process.ppid);
  await cleanUp({ aliasName: request.aliasName, tags: [], files: [] });
  return createAndCount();
});

const createdTwice = once(async () => {
  const first = await created();
  const second = await createAndCount();
  return { first: first.keyArn, second: second.keyArn, keys: first.keys + second.keys };
});

// The prediction comes first: until it is made, nothing is shown.
beforeEach(() => {
  predictNumberOfKeys();
});

test('goes on with the answer to CreateKey', about(3), async () => {
  const outcome = await created().catch((error: Error) => error);

  throwIfTodo(outcome);
  // What KMS says when it is asked to remove the key again, but not which.
  const isWithoutId = String(outcome).includes("Value null at 'keyId'");
  expect(
    isWithoutId,
    'createKey went on without the KeyMetadata of the new key: await the answer to CreateKey.',
  ).toBe(false);
});

test('gives the ARN of the key', about(2), async () => {
  const { keyArn } = await created();

  expect(
    keyArn,
    'createKey gave no ARN: await findKey, and return what it found only if it found something.',
  ).toBeDefined();
});

test('creates a symmetric key that is enabled', about(3), async () => {
  const key = await describe((await created()).keyArn);

  expect(
    key,
    'The key has to be symmetric, for encrypting and decrypting, and enabled: see KeySpec and KeyUsage.',
  ).toMatchObject({ KeySpec: 'SYMMETRIC_DEFAULT', KeyUsage: 'ENCRYPT_DECRYPT', KeyState: 'Enabled' });
  expect(key?.Description, 'The description says what the key is for.').toBe(request.description);
});

test('gives the key its alias', about(4), async () => {
  const { keyArn, aliases } = await created();

  const behindAlias = await describe(request.aliasName);
  expect(behindAlias, `There is no ${request.aliasName}: create the alias, by that name.`).toBeDefined();
  expect(
    aliases,
    'The alias was not there yet when createKey was done: await the answer to CreateAlias.',
  ).toBe(1);
  expect(behindAlias?.Arn, 'The alias has to lead to the key that createKey gives.').toBe(keyArn);
});

test("tags the key as this workshop's and this run's", about(3), async () => {
  const kms = new KMSClient();
  const { Tags = [] } = await kms.send(new ListResourceTagsCommand({ KeyId: (await created()).keyArn }));

  expect(
    Tags,
    'Without its tags nobody can tell whose key this is: pass the tags to CreateKey, as its Tags.',
  ).toEqual(expect.arrayContaining(request.tags));
});

test('finds its key when it runs again', about(2), async () => {
  const outcome = await createdTwice().catch((error: Error) => error);

  throwIfTodo(outcome);
  if (outcome instanceof Error) {
    expect.unreachable(
      `The second run failed with ${outcome.name}: look for the key before you create one, and return it if it is there.`,
    );
  }
  expect(outcome.second, 'The second run has to give the key of the first.').toBe(outcome.first);
});

test('leaves one key after two runs, as you predicted', about(1), async () => {
  const { keys } = await createdTwice();

  expect(keys, 'Each run that creates another key leaves an orphan.').toBe(1);
  expect(predictNumberOfKeys(), 'You predicted another number of keys after two runs.').toBe(keys);
});

test('creates no key when it cannot look for one', about(2, [1, 2]), async () => {
  const weather: WeatherRule[] = [{ operation: 'DescribeKey', fault: 'server-error' }];
  await withLocalAws({ weather }, async () => {
    const error = await createKey(request).catch((e: Error) => e);
    throwIfTodo(error);
    expect(
      error,
      'KMS could not say whether there is a key. That does not mean that there is none: throw the error on.',
    ).toBeInstanceOf(Error);
  });
});

test('leaves no orphan when the alias cannot be created', about(4), async () => {
  await withLocalAws({}, async () => {
    // AWS keeps the prefix alias/aws/ for itself.
    const reserved = { ...request, aliasName: `alias/aws/${randomUUID()}` };
    const error = await createKey(reserved).catch((e: Error) => e);
    throwIfTodo(error);
    expect(error, 'The alias could not be created: createKey has to throw the error on.').toBeInstanceOf(
      Error,
    );
    expect(await keysWithTags(), 'A key without an alias was left behind.').toEqual([]);
  });
});

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

/** Runs createKey, and counts the keys and aliases that are there when it is done, by the calls that it made. */
async function createAndCount(): Promise<{ keyArn: string; keys: number; aliases: number }> {
  const recording = recordRequests();
  const keyArn = await createKey(request).finally(() => recording.stop());
  const made = recording.successful('CreateKey').length;
  const removed = recording.successful('ScheduleKeyDeletion').length;
  return { keyArn, keys: made - removed, aliases: recording.successful('CreateAlias').length };
}

/** The ARNs of the keys with the tags of this step, those whose deletion is pending left out. */
async function keysWithTags(): Promise<string[]> {
  const kms = new KMSClient();
  const found: string[] = [];
  for await (const { Keys = [] } of paginateListKeys({ client: kms }, {})) {
    for (const { KeyId, KeyArn = '' } of Keys) {
      const { Tags = [] } = await kms.send(new ListResourceTagsCommand({ KeyId }));
      const isOurs = request.tags.every((tag) =>
        Tags.some((has) => has.TagKey === tag.TagKey && has.TagValue === tag.TagValue),
      );
      if (isOurs && (await describe(KeyArn))?.KeyState === 'Enabled') found.push(KeyArn);
    }
  }
  return found;
}
