import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { EncryptedHierarchicalKey } from '@aws-crypto/branch-keystore-node/build/main/src/types.js';
import { buildClient } from '@aws-crypto/client-node';
import {
  GenerateDataKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  KMSClient,
} from '@aws-sdk/client-kms';
import { expect, test } from 'vitest';
import {
  createBranchKeyVersion,
  createKeyring,
  createStorage,
} from '../../workshop/12-branch-keys/solution.ts';
import { createLocalKey } from '../../workshop/given.ts';
import { withLocalAws } from '../run/target.ts';
import {
  branchKeyVersionIn,
  describeRecord,
  observeCreation,
  observeStorage,
  sampleRecords,
} from './branch-keys.ts';

const promptly = { cloudTrail: { delaySeconds: 0, jitterSeconds: 0 } };

test('observes how a branch key is created', () =>
  withLocalAws(promptly, async () => {
    const keyArn = await createLocalKey();
    const { branchKeys, ...creation } = await observeCreation(keyArn, async () => {
      const [version, active] = await createBranchKeyVersion(keyArn, 'A');
      if (!version || !active) throw new Error('The reference creates two records.');
      return [
        version,
        active,
        new EncryptedHierarchicalKey(version.encryptionContext, active.ciphertextBlob),
      ];
    });

    expect(creation.operations).toEqual(['GenerateDataKeyWithoutPlaintext', 'ReEncrypt']);
    expect(creation.isAwaited).toBe(true);
    expect(creation.refused).toBeUndefined();
    expect(creation.contextOfMaking).toMatchObject({ 'branch-key-id': 'A', 'kms-arn': keyArn });
    expect(branchKeys.map((key) => key?.length)).toEqual([32, 32, undefined]);
    expect(branchKeys[0]).toEqual(branchKeys[1]);
  }));

test('notices a branch key that nobody awaits', () =>
  withLocalAws(promptly, async () => {
    const command = new GenerateDataKeyWithoutPlaintextCommand({
      KeyId: await createLocalKey(),
      KeySpec: 'AES_256',
    });
    let made: Promise<unknown> | undefined;
    const creation = await observeCreation('no key', () => {
      made = new KMSClient().send(command);
      return new Promise((resolve) => {
        const end = () => {
          unsubscribe('http.client.request.start', end);
          resolve([]);
        };
        subscribe('http.client.request.start', end);
      });
    });

    expect(creation.isAwaited).toBe(false);
    await made;
  }));

test('names the operation that KMS refused, and rethrows any other error', () =>
  withLocalAws(promptly, async () => {
    const keyArn = await createLocalKey();
    const refused = async () => {
      await new KMSClient().send(new GenerateDataKeyCommand({ KeyId: keyArn }));
      return [];
    };
    const accident = new Error('an accident');

    expect(await observeCreation(keyArn, refused)).toEqual({
      operations: ['GenerateDataKey'],
      isAwaited: true,
      refused: 'GenerateDataKey',
      contextOfMaking: undefined,
      branchKeys: [],
    });
    await expect(observeCreation(keyArn, () => Promise.reject(accident))).rejects.toBe(accident);
  }));

test('observes what a keyring asks a storage for, and reads the version in a message', () =>
  withLocalAws({}, async () => {
    const keyArn = await createLocalKey();
    const records = await createBranchKeyVersion(keyArn, 'A');
    const { storage, asked } = observeStorage(createStorage(records));
    const keyring = createKeyring(keyArn, 'A', storage);
    const { result, messageHeader } = await buildClient().encrypt(keyring, 'a text');
    const { plaintext } = await buildClient().decrypt(keyring, result);

    const [dataKey] = messageHeader.encryptedDataKeys;
    expect(branchKeyVersionIn(dataKey?.encryptedDataKey ?? Buffer.of())).toBe(records[0]?.type.version);
    expect(asked).toEqual(['A']);
    expect(plaintext.toString()).toBe('a text');
  }));

test('describes what a storage found', () => {
  const found = [...sampleRecords('A', '7'), new Error('no record'), undefined];

  expect(found.map(describeRecord)).toEqual([
    'A, version 7',
    'A, active, version 7',
    'error: no record',
    'nothing',
  ]);
});
