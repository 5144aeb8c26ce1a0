import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  GenerateDataKeyCommand,
  ListKeysCommand,
  ListResourceTagsCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
  UpdateAliasCommand,
} from '@aws-sdk/client-kms';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import {
  customerAliases,
  errorOf,
  type LocalAwsUnderTest,
  startUnderTest,
} from '../testing/local-aws-under-test.ts';
import type { FaultRule } from './rules.ts';

let local: LocalAwsUnderTest;
afterEach(() => local.aws.close());

async function start(...faults: FaultRule[]): Promise<string> {
  local = await startUnderTest({ faults });
  return (await local.newKey()).id;
}

const AliasName = 'alias/late';

const createAlias = (TargetKeyId: string) =>
  local.kms.send(new CreateAliasCommand({ AliasName, TargetKeyId }));

const keyIdOf = async (identifier: string) =>
  (await local.kms.send(new DescribeKeyCommand({ KeyId: identifier }))).KeyMetadata?.KeyId;

const stateOf = async (identifier: string) =>
  (await local.kms.send(new DescribeKeyCommand({ KeyId: identifier }))).KeyMetadata?.KeyState;

const generateDataKey = (KeyId: string) =>
  local.kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' }));

const aliasNames = async () => (await customerAliases(local.kms)).map((alias) => alias.AliasName);

describe('an alias', () => {
  test('that was created is found after the delay', async () => {
    const keyId = await start({ fault: 'late-change', operation: 'CreateAlias', seconds: 3 });
    await createAlias(keyId);

    for (const seconds of [0, 2.999]) {
      local.clock.advance({ seconds });
      expect((await errorOf(generateDataKey(AliasName))).name).toBe('NotFoundException');
      expect(await aliasNames()).toEqual([]);
    }
    local.clock.advance({ seconds: 0.001 });
    expect(await keyIdOf(AliasName)).toBe(keyId);
    expect(await aliasNames()).toEqual([AliasName]);
  });

  test('that is not yet visible is taken all the same', async () => {
    const keyId = await start({ fault: 'late-change', operation: 'CreateAlias', seconds: 3 });
    await createAlias(keyId);

    expect((await errorOf(createAlias(keyId))).name).toBe('AlreadyExistsException');
  });

  test('that was updated still names the earlier key', async () => {
    const before = await start({ fault: 'late-change', operation: 'UpdateAlias', seconds: 3 });
    const { id: after } = await local.newKey();
    await createAlias(before);
    await local.kms.send(new UpdateAliasCommand({ AliasName, TargetKeyId: after }));

    expect(await keyIdOf(AliasName)).toBe(before);
    local.clock.advance({ seconds: 3 });
    expect(await keyIdOf(AliasName)).toBe(after);
  });

  test('that was deleted still works', async () => {
    const keyId = await start({ fault: 'late-change', operation: 'DeleteAlias', seconds: 3 });
    await createAlias(keyId);
    await local.kms.send(new DeleteAliasCommand({ AliasName }));

    await generateDataKey(AliasName);
    local.clock.advance({ seconds: 3 });
    expect((await errorOf(generateDataKey(AliasName))).name).toBe('NotFoundException');
  });
});

describe('a key', () => {
  test('that was created is found after the delay', async () => {
    await start({ fault: 'late-change', operation: 'CreateKey', seconds: 3, sequence: [false, true] });
    const { id } = await local.newKey();

    expect((await errorOf(keyIdOf(id))).name).toBe('NotFoundException');
    expect((await local.kms.send(new ListKeysCommand({}))).Keys).toHaveLength(1);
    local.clock.advance({ seconds: 3 });
    expect(await keyIdOf(id)).toBe(id);
  });

  test('that was disabled still works, and the other way round', async () => {
    const keyId = await start({ fault: 'late-change', service: 'kms', seconds: 3 });
    local.clock.advance({ seconds: 3 });
    await local.kms.send(new DisableKeyCommand({ KeyId: keyId }));

    await generateDataKey(keyId);
    expect(await stateOf(keyId)).toBe('Enabled');
    local.clock.advance({ seconds: 3 });
    expect((await errorOf(generateDataKey(keyId))).name).toBe('DisabledException');

    await local.kms.send(new EnableKeyCommand({ KeyId: keyId }));
    expect((await errorOf(generateDataKey(keyId))).name).toBe('DisabledException');
    local.clock.advance({ seconds: 3 });
    await generateDataKey(keyId);
  });

  test('whose deletion was scheduled or cancelled is still in the earlier state', async () => {
    const keyId = await start(
      { fault: 'late-change', operation: 'ScheduleKeyDeletion', seconds: 3 },
      { fault: 'late-change', operation: 'CancelKeyDeletion', seconds: 5 },
    );
    await local.kms.send(new ScheduleKeyDeletionCommand({ KeyId: keyId, PendingWindowInDays: 7 }));
    expect(await stateOf(keyId)).toBe('Enabled');
    local.clock.advance({ seconds: 3 });
    expect(await stateOf(keyId)).toBe('PendingDeletion');

    await local.kms.send(new CancelKeyDeletionCommand({ KeyId: keyId }));
    local.clock.advance({ seconds: 4 });
    expect(await stateOf(keyId)).toBe('PendingDeletion');
    local.clock.advance({ seconds: 1 });
    expect(await stateOf(keyId)).toBe('Disabled');
  });

  test('is gone on its date, with its aliases', async () => {
    const keyId = await start({ fault: 'late-change', seconds: 3 });
    await createAlias(keyId);
    local.clock.advance({ seconds: 3 });
    expect(await aliasNames()).toEqual([AliasName]);
    await local.kms.send(new ScheduleKeyDeletionCommand({ KeyId: keyId, PendingWindowInDays: 7 }));
    local.clock.advance({ days: 7 });

    expect((await errorOf(keyIdOf(keyId))).name).toBe('NotFoundException');
    expect(await aliasNames()).toEqual([]);
  });
});

describe('changes', () => {
  test('build on one another, even if the first is not yet visible', async () => {
    const keyId = await start({ fault: 'late-change', operation: 'DisableKey', seconds: 60 });
    await local.kms.send(new DisableKeyCommand({ KeyId: keyId }));
    expect(await stateOf(keyId)).toBe('Enabled');
    await local.kms.send(
      new TagResourceCommand({ KeyId: keyId, Tags: [{ TagKey: 'team', TagValue: 'blue' }] }),
    );

    const { Tags } = await local.kms.send(new ListResourceTagsCommand({ KeyId: keyId }));
    expect(Tags).toEqual([{ TagKey: 'team', TagValue: 'blue' }]);
    expect(await stateOf(keyId)).toBe('Disabled');
  });

  test('never go back: a change that a later one overtakes is never visible', async () => {
    const keyId = await start(
      { fault: 'late-change', operation: 'DisableKey', seconds: 60 },
      { fault: 'late-change', operation: 'EnableKey', seconds: 1 },
    );
    await local.kms.send(new DisableKeyCommand({ KeyId: keyId }));
    await local.kms.send(new EnableKeyCommand({ KeyId: keyId }));

    for (const seconds of [0, 1, 60]) {
      local.clock.advance({ seconds });
      expect(await stateOf(keyId)).toBe('Enabled');
    }
  });

  test('that no rule matches are visible at once', async () => {
    const keyId = await start({ fault: 'late-change', operation: 'CreateAlias', seconds: 3 });
    await createAlias(keyId);
    await local.kms.send(new DisableKeyCommand({ KeyId: keyId }));

    expect(await stateOf(keyId)).toBe('Disabled');
  });

  test('that are refused leave nothing behind', async () => {
    const keyId = await start({ fault: 'late-change', operation: 'CreateAlias', seconds: 3 });
    const refused = local.kms.send(new CreateAliasCommand({ AliasName: 'alias/aws/x', TargetKeyId: keyId }));
    expect((await errorOf(refused)).name).toBe('NotAuthorizedException');
    await local.kms.send(new DisableKeyCommand({ KeyId: keyId }));

    expect(await stateOf(keyId)).toBe('Disabled');
    local.clock.advance({ seconds: 3 });
    expect(await aliasNames()).toEqual([]);
    await createAlias(keyId);
    local.clock.advance({ seconds: 3 });
    expect(await aliasNames()).toEqual([AliasName]);
  });

  test('from before the start are visible from the start', async () => {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'late-changes-'));
    onTestFinished(() => rm(dataDirectory, { recursive: true }));
    local = await startUnderTest({ dataDirectory });
    const { id } = await local.newKey();
    await createAlias(id);
    await local.aws.close();

    local = await startUnderTest({ dataDirectory, faults: [{ fault: 'late-change', seconds: 3 }] });
    expect(await keyIdOf(AliasName)).toBe(id);
  });
});
