import { LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyRotationCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  ListAliasesCommand,
  ListKeyRotationsCommand,
  ListResourceTagsCommand,
  RotateKeyOnDemandCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAliasCommand,
} from '@aws-sdk/client-kms';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, test } from 'vitest';
import { KeptLocalAws } from '../testing/kept-local-aws.ts';
import { errorOf, type LocalAwsUnderTest } from '../testing/local-aws-under-test.ts';

const encryptionContext = { purpose: 'restart', 'ключ 🔑': 'значение' };

async function eventIds({ cloudTrail }: LocalAwsUnderTest, eventName: string): Promise<string[]> {
  const { Events = [] } = await cloudTrail.send(
    new LookupEventsCommand({ LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: eventName }] }),
  );
  return Events.map((event) => event.EventId ?? '');
}

describe('after a restart', () => {
  test('what was encrypted is decrypted, under the same encryption context only', async () => {
    const kept = await KeptLocalAws.create();
    let local = await kept.start();
    const { id } = await local.newKey();
    const plaintext = Buffer.from('to be read in another life');
    const { CiphertextBlob } = await local.kms.send(
      new EncryptCommand({ KeyId: id, Plaintext: plaintext, EncryptionContext: encryptionContext }),
    );

    local = await kept.start();
    const { Plaintext } = await local.kms.send(
      new DecryptCommand({ CiphertextBlob, EncryptionContext: encryptionContext }),
    );
    expect(Buffer.from(Plaintext ?? [])).toEqual(plaintext);
    expect(await errorOf(local.kms.send(new DecryptCommand({ CiphertextBlob })))).toMatchObject({
      name: 'InvalidCiphertextException',
    });
  });

  test('a key is as it was: description, state, deletion date, tags, policy', async () => {
    const kept = await KeptLocalAws.create();
    let local = await kept.start();
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: 'arn:aws:iam::111122223333:root' },
          Action: 'kms:*',
          Resource: '*',
        },
      ],
    });
    const { KeyMetadata } = await local.kms.send(
      new CreateKeyCommand({
        Description: 'Zeilen\n"und" ☃',
        Policy,
        Tags: [{ TagKey: 'a', TagValue: '1' }],
      }),
    );
    const KeyId = KeyMetadata?.KeyId;
    await local.kms.send(
      new TagResourceCommand({ KeyId, Tags: ['b', 'c'].map((TagKey) => ({ TagKey, TagValue: '' })) }),
    );
    await local.kms.send(new UntagResourceCommand({ KeyId, TagKeys: ['b'] }));
    await local.kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    const disabled = await local.newKey();
    await local.kms.send(new DisableKeyCommand({ KeyId: disabled.id }));
    const before = await local.kms.send(new DescribeKeyCommand({ KeyId }));

    local = await kept.start();
    const after = await local.kms.send(new DescribeKeyCommand({ KeyId }));
    expect(after.KeyMetadata).toEqual(before.KeyMetadata);
    expect(after.KeyMetadata).toMatchObject({ Description: 'Zeilen\n"und" ☃', KeyState: 'PendingDeletion' });
    expect((await local.kms.send(new ListResourceTagsCommand({ KeyId }))).Tags).toEqual([
      { TagKey: 'a', TagValue: '1' },
      { TagKey: 'c', TagValue: '' },
    ]);
    expect((await local.kms.send(new GetKeyPolicyCommand({ KeyId }))).Policy).toBe(Policy);
    expect((await local.kms.send(new DescribeKeyCommand({ KeyId: disabled.id }))).KeyMetadata?.KeyState).toBe(
      'Disabled',
    );
  });

  test('a key that was to be deleted meanwhile is gone, and its aliases with it', async () => {
    const kept = await KeptLocalAws.create();
    let local = await kept.start();
    const { id, arn } = await local.newKey();
    await local.kms.send(new CreateAliasCommand({ AliasName: 'alias/doomed', TargetKeyId: id }));
    await local.kms.send(new ScheduleKeyDeletionCommand({ KeyId: id, PendingWindowInDays: 7 }));
    await kept.stop();
    kept.clock.advance({ days: 7 });

    for (let life = 0; life < 2; life++) {
      local = await kept.start();
      expect(await errorOf(local.kms.send(new DescribeKeyCommand({ KeyId: id })))).toMatchObject({
        name: 'NotFoundException',
        message: `Key '${arn}' does not exist`,
      });
      expect((await local.kms.send(new ListAliasesCommand({}))).Aliases).toEqual([]);
      kept.clock.advance({ seconds: 60 });
      expect(await eventIds(local, 'DeleteKey')).toHaveLength(1);
    }
  });

  test('aliases name what they named', async () => {
    const kept = await KeptLocalAws.create();
    let local = await kept.start();
    const [first, second] = [await local.newKey(), await local.newKey()];
    for (const AliasName of ['alias/stays', 'alias/moves', 'alias/goes']) {
      await local.kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: first.id }));
    }
    await local.kms.send(new UpdateAliasCommand({ AliasName: 'alias/moves', TargetKeyId: second.id }));
    await local.kms.send(new DeleteAliasCommand({ AliasName: 'alias/goes' }));
    const before = await local.kms.send(new ListAliasesCommand({}));

    local = await kept.start();
    const { Aliases } = await local.kms.send(new ListAliasesCommand({}));
    expect(Aliases).toEqual(before.Aliases);
    expect(Aliases?.map((alias) => [alias.AliasName, alias.TargetKeyId])).toEqual([
      ['alias/moves', second.id],
      ['alias/stays', first.id],
    ]);
  });

  test('every material of a rotated key is there, and its schedule', async () => {
    const kept = await KeptLocalAws.create();
    let local = await kept.start();
    const { id: KeyId } = await local.newKey();
    await local.kms.send(new EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: 90 }));
    const ciphertexts: Uint8Array[] = [];
    for (let rotation = 0; rotation < 3; rotation++) {
      const { CiphertextBlob = new Uint8Array() } = await local.kms.send(
        new EncryptCommand({ KeyId, Plaintext: Buffer.from([rotation]) }),
      );
      ciphertexts.push(CiphertextBlob);
      await local.kms.send(new RotateKeyOnDemandCommand({ KeyId }));
      kept.clock.advance({ days: 1 });
    }
    const status = await local.kms.send(new GetKeyRotationStatusCommand({ KeyId }));
    const { Rotations } = await local.kms.send(new ListKeyRotationsCommand({ KeyId }));

    local = await kept.start();
    for (const [index, CiphertextBlob] of ciphertexts.entries()) {
      const { Plaintext } = await local.kms.send(new DecryptCommand({ CiphertextBlob }));
      expect([...(Plaintext ?? [])]).toEqual([index]);
    }
    expect(await local.kms.send(new GetKeyRotationStatusCommand({ KeyId }))).toMatchObject({
      KeyRotationEnabled: true,
      NextRotationDate: status.NextRotationDate,
    });
    expect(Rotations?.length).toBeGreaterThan(0);
    expect((await local.kms.send(new ListKeyRotationsCommand({ KeyId }))).Rotations).toEqual(Rotations);
  });

  test('the access key that was exported is still the administrator, and the same one in the records', async () => {
    const kept = await KeptLocalAws.create();
    const before = await kept.start({ accountId: '012345678901', region: 'eu-central-1' });
    const identity = await before.sts.send(new GetCallerIdentityCommand({}));

    const after = await kept.start();
    expect(after.aws.credentials.secretAccessKey).toBe(before.aws.credentials.secretAccessKey);
    expect(after.aws.credentials.accessKeyId).toBe(before.aws.credentials.accessKeyId);
    expect(after.aws).toMatchObject({ accountId: '012345678901', region: 'eu-central-1' });
    expect(await after.sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
      UserId: identity.UserId,
      Account: '012345678901',
      Arn: identity.Arn,
    });
  });

  test('an access key that is given takes the place of the one that was kept, for good', async () => {
    const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'given' };
    const kept = await KeptLocalAws.create();
    const { aws: before } = await kept.start();
    expect((await kept.start({ credentials })).aws.credentials).toEqual(credentials);
    const { aws: after } = await kept.start();
    expect(after.credentials).toEqual(credentials);
    expect(after.credentials).not.toEqual(before.credentials);
  });

  test('another account or Region is refused, and nothing is harmed', async () => {
    const kept = await KeptLocalAws.create();
    const { id } = await (await kept.start()).newKey();
    await expect(kept.start({ region: 'eu-west-1' })).rejects.toThrow(
      'The data directory is of account 111122223333 in us-east-1, not of account 111122223333 in eu-west-1. ' +
        'Leave the account and the Region away, or take another data directory.',
    );
    await expect(kept.start({ accountId: '444455556666' })).rejects.toThrow('not of account 444455556666');

    const local = await kept.start({ region: 'us-east-1', accountId: '111122223333' });
    await local.kms.send(new DescribeKeyCommand({ KeyId: id }));
  });
});

describe('the trail after a restart', () => {
  test('has the events from before, under the same ids, and new ones after them', async () => {
    const kept = await KeptLocalAws.create();
    let local = await kept.start();
    const { id, arn } = await local.newKey();
    await errorOf(local.kms.send(new DescribeKeyCommand({ KeyId: 'alias/none' })));
    await local.kms.send(
      new GenerateDataKeyCommand({ KeyId: id, KeySpec: 'AES_256', EncryptionContext: encryptionContext }),
    );
    const before = await local.deliveredEvents();
    expect(before.map((event) => event.eventName)).toEqual(['GenerateDataKey', 'DescribeKey', 'CreateKey']);

    local = await kept.start();
    await local.kms.send(new DescribeKeyCommand({ KeyId: id }));
    const [newest, ...older] = await local.deliveredEvents();
    expect(older).toEqual(before);
    expect(newest).toMatchObject({ eventName: 'DescribeKey', requestParameters: { keyId: id } });
    expect(new Set([newest, ...older].map((event) => event?.eventID)).size).toBe(4);
    const ofKey = await local.deliveredEvents({
      LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: arn }],
    });
    expect(ofKey).toEqual([newest, older[0], older[2]]);
  });

  test('gets the events that were on their way, when they would have come without the restart', async () => {
    const kept = await KeptLocalAws.create();
    let local = await kept.start({ cloudTrail: { delaySeconds: 300, jitterSeconds: 0 } });
    await local.newKey();
    kept.clock.advance({ seconds: 200 });

    // The delay of this life is for what happens in it.
    local = await kept.start({ cloudTrail: { delaySeconds: 1, jitterSeconds: 0 } });
    kept.clock.advance({ seconds: 99 });
    expect(await eventIds(local, 'CreateKey')).toEqual([]);
    kept.clock.advance({ seconds: 1 });
    expect(await eventIds(local, 'CreateKey')).toHaveLength(1);
  });

  test('goes on from a page that was looked up before it', async () => {
    const kept = await KeptLocalAws.create();
    let local = await kept.start();
    for (let count = 0; count < 3; count++) await local.newKey();
    kept.clock.advance({ seconds: 60 });
    const first = await local.cloudTrail.send(new LookupEventsCommand({ MaxResults: 2 }));

    local = await kept.start();
    const second = await local.cloudTrail.send(
      new LookupEventsCommand({ MaxResults: 2, NextToken: first.NextToken }),
    );
    expect(second.Events).toHaveLength(1);
    const all = await local.deliveredEvents();
    expect([...(first.Events ?? []), ...(second.Events ?? [])].map((event) => event.EventId)).toEqual(
      all.map((event) => event.eventID),
    );
  });

  test('keeps as many events as it may, over all its lives', async () => {
    const kept = await KeptLocalAws.create();
    const cloudTrail = { capacity: 5 };
    let local = await kept.start({ cloudTrail });
    for (let count = 0; count < 4; count++) await local.newKey();
    local = await kept.start({ cloudTrail });
    for (let count = 0; count < 3; count++) await local.newKey();
    const before = await local.deliveredEvents();
    expect(before).toHaveLength(5);

    // Fewer now. The look-up above is an event too.
    local = await kept.start({ cloudTrail: { capacity: 3 } });
    expect(await local.deliveredEvents()).toEqual(before.slice(0, 2));
  });

  test('has both deliveries of a doubled event', async () => {
    const kept = await KeptLocalAws.create();
    let local = await kept.start({ weather: [{ fault: 'doubled-event', operation: 'CreateKey' }] });
    await local.newKey();

    local = await kept.start();
    kept.clock.advance({ seconds: 60 });
    const ids = await eventIds(local, 'CreateKey');
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });
});
