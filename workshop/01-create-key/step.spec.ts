import { randomUUID } from 'node:crypto';
import {
  CreateAliasCommand,
  CreateKeyCommand,
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
  // With a tag of this try: a key that an earlier try left behind does not count.
  tags: [...run.tags, { TagKey: 'workshop-try', TagValue: randomUUID() }],
};

const firstRun = once(async () => {
  // The alias has the run's name: a key that an earlier try left behind it goes, even if it lacks the tags.
  enterInLedger({ ...run, tags: [] }, request.aliasName, process.ppid);
  await cleanUp({ aliasName: request.aliasName, tags: [], files: [] });
  return runAndRecord();
});

const secondRun = once(async () => {
  await created();
  return runAndRecord();
});

/** The result of the first run. Throws what it threw. */
async function created() {
  const first = await firstRun();
  if (first.error) throw first.error;
  return first;
}

// The prediction comes first: until it is made, nothing is shown.
beforeEach(() => {
  predictNumberOfKeys();
});

test('calls CreateKey with valid parameters', about(3), async () => {
  const { error, refused } = await firstRun();

  throwIfTodo(error);
  if (refused === 'CreateKey') expect.unreachable(`KMS refused CreateKey. ${error?.message}`);
  // ScheduleKeyDeletion is refused, too: KMS complains about its missing KeyId.
  const isWithoutId = String(error).includes("Value null at 'keyId'");
  expect(
    isWithoutId ? 'no KeyMetadata' : 'KeyMetadata',
    'createKey went on without the KeyMetadata of the new key: await the answer to CreateKey.',
  ).toBe('KeyMetadata');
});

test('calls CreateAlias with valid parameters', about(4), async () => {
  const { error, refused } = await firstRun();

  throwIfTodo(error);
  if (refused === 'CreateAlias') expect.unreachable(`KMS refused CreateAlias. ${error?.message}`);
});

test('returns the ARN of the key', about(2), async () => {
  const { keyArn } = await created();

  expect(
    keyArn ? 'an ARN' : 'nothing',
    'createKey returned no ARN: await findKey, and return its result only if there is one.',
  ).toBe('an ARN');
  expect(keyArn, 'createKey has to return the ARN of the key, not another of its names.').toBe(
    (await describe(keyArn))?.Arn,
  );
});

test("leaves its neighbour's key alone", about(2), async () => {
  await withLocalAws({}, async () => {
    const theirKeyArn = await createKeyWith([`${request.aliasName}_2`]);
    const keyArn = await createKey(request);
    expect(
      keyArn === theirKeyArn ? "the neighbour's key" : 'a key of its own',
      'createKey took the key of a neighbour, whose description is the same and whose alias is longer: look for exactly the alias from the request.',
    ).toBe('a key of its own');
  });
});

test('creates a symmetric key', about(3), async () => {
  const key = await describe((await created()).keyArn);

  // No wrong answer fails here: the local AWS refuses to create any other key.
  expect(
    `${key?.KeySpec} ${key?.KeyUsage}`,
    'The key has to be symmetric, for encrypting and decrypting: see KeySpec and KeyUsage.',
  ).toBe('SYMMETRIC_DEFAULT ENCRYPT_DECRYPT');
  expect(key?.KeyState, 'A key encrypts and decrypts only as long as it is enabled.').toBe('Enabled');
});

test('describes the key', about(3), async () => {
  const key = await describe((await created()).keyArn);

  expect(key?.Description, 'The key needs the description from the request.').toBe(request.description);
});

test('gives the key its alias', about(4), async () => {
  const { aliases } = await created();

  const found = (await describe(request.aliasName)) ? request.aliasName : 'no such alias';
  expect(
    found,
    aliases === 0
      ? 'createKey created no alias: send CreateAlias.'
      : 'createKey created an alias with another name: use the aliasName from the request.',
  ).toBe(request.aliasName);
  expect(
    aliases === 0 ? 'not created yet' : 'created',
    'createKey returned before the alias existed: await the answer to CreateAlias.',
  ).toBe('created');
});

test('tags the key with the tags of the request', about(3), async () => {
  const kms = new KMSClient();
  const { Tags = [] } = await kms.send(new ListResourceTagsCommand({ KeyId: (await created()).keyArn }));

  const missing = request.tags.filter(
    (tag) => !Tags.some((has) => has.TagKey === tag.TagKey && has.TagValue === tag.TagValue),
  );
  expect(
    missing.map(({ TagKey, TagValue }) => `no ${TagKey}=${TagValue}`)[0] ?? 'all tags',
    'Nobody can tell whose key this is without its tags: give CreateKey all tags of the request, as its Tags.',
  ).toBe('all tags');
});

test('finds its key when it runs again', about(2), async () => {
  const { keyArn } = await created();
  const second = await secondRun();

  throwIfTodo(second.error);
  if (second.error) {
    expect.unreachable(
      `The second run failed with ${second.error.name}: look for the key by its alias before you create one, and return its ARN if it is there.`,
    );
  }
  expect(second.keyArn, 'The second run has to return the key of the first.').toBe(keyArn);
});

test('leaves one key after two runs, as you predicted', about(1), async () => {
  const keys = (await created()).keys + (await secondRun()).keys;

  expect(keys, 'Two runs have to leave one key: every other key is an orphan.').toBe(1);
  expect(predictNumberOfKeys(), 'You predicted a different number of keys after two runs.').toBe(keys);
});

test('finds a key that another process created', about(2, [1, 2]), async () => {
  await withLocalAws({}, async () => {
    // ListAliases is in the order of the names, 50 to a page unless it is asked for more or fewer.
    await createKeyWith(Array.from({ length: 50 }, (_, n) => `alias/a_${n}`));
    const keyArn = await createKeyWith([request.aliasName]);
    const outcome = await createKey(request).catch((error: Error) => error);
    throwIfTodo(outcome);
    expect(
      outcome instanceof Error ? outcome.name : outcome,
      'Another process created the key, in an account with many aliases. Ask KMS for the key each time, and read all pages of a list.',
    ).toBe(keyArn);
  });
});

test('creates no key when it cannot look for one', about(2, [1, 2]), async () => {
  const lookUps = ['DescribeKey', 'ListAliases', 'ListKeys', 'ListResourceTags'];
  const faults = lookUps.map((operation) => ({ operation, fault: 'server-error' as const }));
  await withLocalAws({ faults }, async () => {
    const { error } = await runAndRecord();
    throwIfTodo(error);
    expect(
      error ? 'an error' : 'no error',
      'KMS could not say whether there is a key. That does not mean that there is none: rethrow the error.',
    ).toBe('an error');
  });
});

test('leaves no orphan when the alias cannot be created', about(4), async () => {
  await withLocalAws({}, async () => {
    // AWS keeps the prefix alias/aws/ for itself.
    const reserved = { ...request, aliasName: `alias/aws/${randomUUID()}` };
    const error = await createKey(reserved).catch((e: Error) => e);
    throwIfTodo(error);
    expect(
      error instanceof Error ? 'an error' : 'no error',
      'The alias could not be created: createKey has to rethrow the error.',
    ).toBe('an error');
    expect(
      (await keysToKeep())[0] ?? 'no key',
      'A key without an alias was left behind: schedule its deletion.',
    ).toBe('no key');
  });
});

/** Returns what KMS says about a key, or undefined when there is none. */
async function describe(keyId: string): Promise<KeyMetadata | undefined> {
  try {
    const { KeyMetadata } = await new KMSClient().send(new DescribeKeyCommand({ KeyId: keyId }));
    return KeyMetadata;
  } catch (error) {
    if (error instanceof NotFoundException) return undefined;
    throw error;
  }
}

/**
 * Runs createKey once. Returns its result, the numbers of keys and aliases that it created until it returned, and the
 * call to create one that KMS refused.
 */
async function runAndRecord() {
  const recording = recordRequests();
  let keyArn = '';
  let error: Error | undefined;
  try {
    keyArn = await createKey(request);
  } catch (thrown) {
    error = thrown as Error;
  } finally {
    recording.stop();
  }
  const made = recording.successful('CreateKey').length;
  const removed = recording.successful('ScheduleKeyDeletion').length;
  const refused = recording.requests.find(
    ({ operation, status }) => operation.startsWith('Create') && status !== 200,
  )?.operation;
  const aliases = recording.successful('CreateAlias').length;
  return { keyArn, error, refused, keys: made - removed, aliases };
}

/** Creates a key as another process or a neighbour would, with up to 50 aliases. Returns its ARN. */
async function createKeyWith(aliasNames: string[]): Promise<string> {
  const kms = new KMSClient();
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Description: request.description }));
  const TargetKeyId = KeyMetadata?.Arn ?? '';
  await Promise.all(
    aliasNames.map((AliasName) => kms.send(new CreateAliasCommand({ AliasName, TargetKeyId }))),
  );
  return TargetKeyId;
}

/** Returns the ARNs of the account's keys, without those whose deletion is pending. */
async function keysToKeep(): Promise<string[]> {
  const keyArns: string[] = [];
  for await (const { Keys = [] } of paginateListKeys({ client: new KMSClient() }, {})) {
    for (const { KeyArn = '' } of Keys) {
      const key = await describe(KeyArn);
      if (key?.KeyManager === 'CUSTOMER' && key.KeyState !== 'PendingDeletion') keyArns.push(KeyArn);
    }
  }
  return keyArns;
}
