import type {
  EncryptedHierarchicalKey,
  IBranchKeyStorage,
} from '@aws-crypto/branch-keystore-node/build/main/src/types.js';
import {
  AlgorithmSuiteIdentifier,
  buildClient,
  CommitmentPolicy,
  type EncryptedDataKey,
  type KeyringNode,
  KmsHierarchicalKeyRingNode,
} from '@aws-crypto/client-node';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import {
  createBranchKeyVersion,
  createKeyring,
  createStorage,
  logicalKeyStoreName,
  predictHundredMessages,
} from '#exercise/12-branch-keys';
import {
  branchKeyVersionIn,
  describeRecord,
  makesBranchKey,
  observeCreation,
  observeStorage,
  sampleRecords,
} from '../../src/evidence/branch-keys.ts';
import { type Recording, recordRequests } from '../../src/evidence/request-recorder.ts';
import { once, throwIfTodo, useStep } from '../../src/run/step.ts';
import { withLocalAws } from '../../src/run/target.ts';
import { createLocalKey } from '../given.ts';

// In an account, the step would need further permissions. In a local AWS, it has them.
useStep(import.meta.filename);
const about = (todo: number, todos = [todo]) => ({ meta: { todos: [1, ...todos], about: todo } });
const everything = [2, 3, 4, 5];

const { encrypt, decrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
/** Without a signature, whose key pair takes longer to make than anything else here. */
const suiteId = AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY;
const [tenantA, tenantB] = ['tenant A', 'tenant B'];

// The prediction comes first: until it is made, nothing is shown.
beforeEach(() => {
  predictHundredMessages();
  return () => vi.useRealTimers();
});

describe('a new branch key', () => {
  const todos = [2, 3];
  const created = once(() =>
    withKey((keyArn) => observeCreation(keyArn, () => createBranchKeyVersion(keyArn, tenantA))),
  );

  test('is made by KMS, and encrypted', about(2, todos), async () => {
    const { operations, refused, isAwaited } = await created();

    // No wrong answer fails here: a call that nobody awaits may fail after its test, which the proof does not allow.
    expect(
      isAwaited ? 'awaited' : 'not awaited',
      'KMS had not answered yet when its answer was used: await the call that makes the branch key.',
    ).toBe('awaited');
    expect(
      operations.find((operation) => operation === makesBranchKey) ?? operations[0] ?? 'no call',
      'Nobody may see the branch key while it is made: have KMS make it without its plaintext.',
    ).toBe(makesBranchKey);
    expect(
      refused === makesBranchKey ? 'refused' : 'made',
      'KMS made no branch key: look at what the call needs, and use keyArn as its KeyId.',
    ).toBe('made');
  });

  test('is bound to the version record', about(2, todos), async () => {
    const { contextOfMaking } = await created();
    const type = contextOfMaking?.type ?? 'none';

    expect(
      type.startsWith('branch:version:') ? 'versionContext' : type,
      'CloudTrail shows another encryption context of the call that made the branch key.',
    ).toBe('versionContext');
  });

  test('is re-encrypted', about(3, todos), async () => {
    const { operations, refused } = await created();

    const withPlaintext = ['GenerateDataKey', 'Decrypt', 'Encrypt'];
    expect(
      operations.find((operation) => withPlaintext.includes(operation)) ?? 'ReEncrypt',
      'The branch key was in the memory of your process: ReEncrypt decrypts and encrypts within KMS.',
    ).toBe('ReEncrypt');
    expect(
      refused === 'ReEncrypt' ? 'refused' : 're-encrypted',
      'KMS refused to re-encrypt: the source is the awaited ciphertext of TODO 2, under keyArn with versionContext, and the destination is keyArn, too.',
    ).toBe('re-encrypted');
  });

  test('is in both records', about(3, todos), async () => {
    const [version, active] = (await created()).branchKeys;

    expect(
      version ? 'decrypted' : 'refused',
      'KMS cannot decrypt the version record: make the branch key with exactly the pairs of versionContext.',
    ).toBe('decrypted');
    expect(
      active ? 'decrypted' : 'refused',
      'KMS cannot decrypt the active record: await the call, whose destination is keyArn with activeContext.',
    ).toBe('decrypted');
    expect(
      active && version?.equals(active) ? 'the same branch key' : 'two branch keys',
      'No message could be decrypted, because the records contain different branch keys: re-encrypt the one of TODO 2.',
    ).toBe('the same branch key');
  });

  test('has 256 bits', about(2, todos), async () => {
    const [version] = (await created()).branchKeys;

    expect(Number(version?.length) * 8, 'The branch key needs 256 bits: see KeySpec.').toBe(256);
  });
});

describe('the storage', () => {
  const records = [
    ...sampleRecords(tenantA, '1'),
    ...sampleRecords(tenantA, '2'),
    ...sampleRecords(tenantB, '3'),
  ];
  type Find = (storage: IBranchKeyStorage) => Promise<EncryptedHierarchicalKey>;
  /** Returns the record that the storage found, or its error. */
  const find = (how: Find) =>
    Promise.resolve(records)
      .then(createStorage)
      .then(how)
      .catch((e: Error) => {
        throwIfTodo(e);
        return e;
      });

  test('finds the newest active record of a branch key', about(4), async () => {
    expect(
      describeRecord(await find((storage) => storage.getEncryptedActiveBranchKey(tenantA))),
      'New messages need the newest active record of their branch key: it is the last one in records.',
    ).toBe('tenant A, active, version 2');
  });

  test('finds the record of a version', about(4), async () => {
    expect(
      describeRecord(await find((storage) => storage.getEncryptedBranchKeyVersion(tenantA, '1'))),
      'Old messages need the record of their version: its type is branch:version: and the version.',
    ).toBe('tenant A, version 1');
  });

  test('throws if there is no record', about(4), async () => {
    const active = await find((storage) => storage.getEncryptedActiveBranchKey('tenant C'));
    const version = await find((storage) => storage.getEncryptedBranchKeyVersion(tenantA, '3'));

    expect(
      active instanceof Error ? 'an error' : describeRecord(active),
      'There is no active record of this branch key: throw an error.',
    ).toBe('an error');
    expect(
      version instanceof Error ? 'an error' : describeRecord(version),
      'There is no record of this version of the branch key: throw an error.',
    ).toBe('an error');
  });

  test('has a logical name', about(4), () => {
    const storage = createStorage(records);

    expect(
      storage.getKeyStorageInfo().logicalName,
      'The records are bound to logicalKeyStoreName: getKeyStorageInfo returns it as logicalName.',
    ).toBe(logicalKeyStoreName);
  });
});

describe('the keyring', () => {
  test('encrypts with the branch key', about(5, everything), async () => {
    await withBranchKey(async (keyArn, records) => {
      const { storage, asked } = observeStorage(createStorage(records));
      const keyring = createKeyring(keyArn, tenantA, storage);
      const dataKey = await encryptedDataKeyOf(keyring).catch((e: Error) => e);

      expect(
        keyring instanceof KmsHierarchicalKeyRingNode ? 'hierarchical' : 'another keyring',
        'Only a hierarchical keyring encrypts with a branch key.',
      ).toBe('hierarchical');
      expect(
        asked.join() || 'nothing',
        asked.length === 0
          ? 'The storage was asked for no branch key: give it to the key store.'
          : 'The storage was asked for another branch key: give the keyring its branchKeyId.',
      ).toBe(tenantA);
      expect(
        dataKey instanceof Error ? dataKey.message : `${dataKey.providerId} ${dataKey.providerInfo}`,
        'The keyring could not use the record that the storage found: look at the key store.',
      ).toBe(`aws-kms-hierarchy ${tenantA}`);
    });
  });

  test('uses no other KMS key', about(5, everything), async () => {
    await withBranchKey(async (_, records) => {
      const keyring = createKeyring(await createLocalKey(), tenantA, createStorage(records));
      const error = await encryptedDataKeyOf(keyring).catch((e: Error) => e);

      expect(
        error instanceof Error ? 'refused' : 'used',
        'The branch key is under another KMS key than keyArn: the key store has to name the KMS key.',
      ).toBe('refused');
    });
  });

  test('keeps the branch key for 300 seconds', about(5, everything), async () => {
    const now = Date.now();
    const [after299, after301] = await withBranchKey(async (keyArn, records, recording) => {
      const keyring = createKeyring(keyArn, tenantA, createStorage(records));
      const callsAfter = async (seconds: number) => {
        // A local AWS in this process shares its clock: a real one would refuse signatures of the future.
        vi.useFakeTimers({ toFake: ['Date'], now: now + seconds * 1000 });
        await encryptedDataKeyOf(keyring);
        return recording.successful('Decrypt').length;
      };
      await callsAfter(0);
      return [await callsAfter(299), await callsAfter(301)];
    });

    expect(
      after299 === 1 ? 'kept' : 'asked for again',
      'After 299 seconds the branch key is still good, but KMS was asked again: cacheLimitTtl is in seconds.',
    ).toBe('kept');
    expect(
      after301 === 2 ? 'asked for again' : 'kept',
      'After 301 seconds the branch key is too old, but it was used: cacheLimitTtl is in seconds.',
    ).toBe('asked for again');
  });

  test('encrypts with a new version', about(4, everything), async () => {
    await withBranchKey(async (keyArn, records) => {
      const storage = createStorage(records);
      const old = await encrypt(createKeyring(keyArn, tenantA, storage), 'a text', { suiteId });
      const added = await createBranchKeyVersion(keyArn, tenantA);
      records.push(...added);
      const keyring = createKeyring(keyArn, tenantA, storage);
      const { encryptedDataKey } = await encryptedDataKeyOf(keyring);

      expect(
        branchKeyVersionIn(encryptedDataKey) === added[0]?.type.version ? 'the new version' : 'an old one',
        'A version was added to records, and the storage did not find it: read records at each call.',
      ).toBe('the new version');
      // No wrong answer fails here: the storage was asked for an old version above.
      expect(
        (await decrypt(keyring, old.result)).plaintext.toString(),
        'A message that was encrypted with the old version has to open.',
      ).toBe('a text');
    });
  });
});

test('makes as many calls and data keys as you predicted', about(1, everything), async () => {
  const { calls, dataKeys } = await withBranchKey(async (keyArn, records, recording) => {
    const keyring = createKeyring(keyArn, tenantA, createStorage(records));
    const dataKeys = new Set<string>();
    for (let document = 1; document <= 100; document++) {
      const { encryptedDataKey } = await encryptedDataKeyOf(keyring, { document: `${document}` });
      dataKeys.add(Buffer.from(encryptedDataKey).toString('base64'));
    }
    return { calls: recording.requests.length, dataKeys: dataKeys.size };
  });

  const predicted = predictHundredMessages();
  expect(
    `calls: ${predicted.calls}, data keys: ${predicted.dataKeys}`,
    'You predicted different numbers.',
  ).toBe(`calls: ${calls}, data keys: ${dataKeys}`);
});

/** Runs an action with a KMS key of its own, in a local AWS. */
function withKey<Result>(action: (keyArn: string) => Promise<Result>): Promise<Result> {
  const cloudTrail = { delaySeconds: 0, jitterSeconds: 0 };
  return withLocalAws({ cloudTrail }, async () => action(await createLocalKey()));
}

/** Runs an action with the records of a branch key of its own, and records the requests. */
function withBranchKey<Result>(
  action: (keyArn: string, records: EncryptedHierarchicalKey[], recording: Recording) => Promise<Result>,
): Promise<Result> {
  return withKey(async (keyArn) => {
    const records = await createBranchKeyVersion(keyArn, tenantA);
    const recording = recordRequests();
    return action(keyArn, records, recording).finally(() => recording.stop());
  });
}

/** Encrypts a message. Returns its encrypted data key. */
async function encryptedDataKeyOf(keyring: KeyringNode, encryptionContext = {}): Promise<EncryptedDataKey> {
  const { messageHeader } = await encrypt(keyring, 'a text', { suiteId, encryptionContext });
  return messageHeader.encryptedDataKeys[0] as EncryptedDataKey;
}
