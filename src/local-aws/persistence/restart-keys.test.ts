import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import {
  CreateAliasCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  DecryptCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyRotationCommand,
  EncryptCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  KMSClient,
  ListGrantsCommand,
  ListKeyRotationsCommand,
  ListResourceTagsCommand,
  RevokeGrantCommand,
  RotateKeyOnDemandCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAliasCommand,
} from '@aws-sdk/client-kms';
import { expect, test } from 'vitest';
import { KeptLocalAws } from '../testing/kept-local-aws.ts';
import { customerAliases, errorOf, type LocalAwsUnderTest } from '../testing/local-aws-under-test.ts';

const encryptionContext = { purpose: 'restart', 'ключ 🔑': 'значение' };

async function eventIds({ cloudTrail }: LocalAwsUnderTest, eventName: string): Promise<string[]> {
  const { Events = [] } = await cloudTrail.send(
    new LookupEventsCommand({ LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: eventName }] }),
  );
  return Events.map((event) => event.EventId ?? '');
}

test('decrypts earlier ciphertexts, only under the same encryption context', async () => {
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

test('a key whose deletion date has passed is gone, with its aliases', async () => {
  const kept = await KeptLocalAws.create();
  let local = await kept.start();
  const { id, arn } = await local.newKey();
  await local.kms.send(new CreateAliasCommand({ AliasName: 'alias/doomed', TargetKeyId: id }));
  await local.kms.send(new ScheduleKeyDeletionCommand({ KeyId: id, PendingWindowInDays: 7 }));
  expect(await customerAliases(local.kms)).toMatchObject([{ TargetKeyId: id }]);
  await kept.stop();
  kept.clock.advance({ days: 7 });

  for (let life = 0; life < 2; life++) {
    local = await kept.start();
    expect(await errorOf(local.kms.send(new DescribeKeyCommand({ KeyId: id })))).toMatchObject({
      name: 'NotFoundException',
      message: `Key '${arn}' does not exist`,
    });
    expect(await customerAliases(local.kms)).toEqual([]);
    kept.clock.advance({ seconds: 60 });
    expect(await eventIds(local, 'DeleteKey')).toHaveLength(1);
  }
});

test('aliases name the same keys', async () => {
  const kept = await KeptLocalAws.create();
  let local = await kept.start();
  const [first, second] = [await local.newKey(), await local.newKey()];
  for (const AliasName of ['alias/stays', 'alias/moves', 'alias/goes']) {
    await local.kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: first.id }));
  }
  await local.kms.send(new UpdateAliasCommand({ AliasName: 'alias/moves', TargetKeyId: second.id }));
  await local.kms.send(new DeleteAliasCommand({ AliasName: 'alias/goes' }));
  const before = await customerAliases(local.kms);

  local = await kept.start();
  const aliases = await customerAliases(local.kms);
  expect(aliases).toEqual(before);
  expect(aliases.map((alias) => [alias.AliasName, alias.TargetKeyId])).toEqual([
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

test('a grant allows what it did, and its token is taken', async () => {
  const kept = await KeptLocalAws.create();
  const options = { principals: [{ userName: 'reader', policies: [] }] };
  let local = await kept.start(options);
  const { id: KeyId } = await local.newKey();
  const { GrantToken = '', GrantId } = await local.kms.send(
    new CreateGrantCommand({
      KeyId,
      GranteePrincipal: 'arn:aws:iam::111122223333:user/reader',
      Operations: ['Encrypt'],
      Constraints: { EncryptionContextSubset: encryptionContext },
      Name: 'for-the-reader',
    }),
  );
  const { Grants } = await local.kms.send(new ListGrantsCommand({ KeyId }));
  expect(Grants).toMatchObject([{ GrantId }]);

  local = await kept.start(options);
  expect((await local.kms.send(new ListGrantsCommand({ KeyId }))).Grants).toEqual(Grants);
  const reader = new KMSClient({ ...local.clientSettings, credentials: local.aws.credentialsOf('reader') });
  const request = { KeyId, Plaintext: Buffer.from('x'), GrantTokens: [GrantToken] };
  await reader.send(new EncryptCommand({ ...request, EncryptionContext: encryptionContext }));
  expect(await errorOf(reader.send(new EncryptCommand(request)))).toMatchObject({
    name: 'AccessDeniedException',
  });
  await local.kms.send(new RevokeGrantCommand({ KeyId, GrantId }));

  local = await kept.start(options);
  expect((await local.kms.send(new ListGrantsCommand({ KeyId }))).Grants).toEqual([]);
});

test('all of it is also there after the journal has been rewritten', async () => {
  const kept = await KeptLocalAws.create();
  let local = await kept.start();
  const { id: KeyId } = await local.newKey();
  await local.kms.send(new CreateAliasCommand({ AliasName: 'alias/stays', TargetKeyId: KeyId }));
  await local.kms.send(new TagResourceCommand({ KeyId, Tags: [{ TagKey: 'a', TagValue: '1' }] }));
  const GranteePrincipal = 'arn:aws:iam::111122223333:user/administrator';
  await local.kms.send(new CreateGrantCommand({ KeyId, GranteePrincipal, Operations: ['Decrypt'] }));
  const look = async () => [
    (await local.kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata,
    await customerAliases(local.kms),
    (await local.kms.send(new ListResourceTagsCommand({ KeyId }))).Tags,
    (await local.kms.send(new ListGrantsCommand({ KeyId }))).Grants,
  ];
  const before = await look();

  const doomed = await local.newKey();
  const journal = join(kept.dataDirectory, 'journal');
  const recordOfKey = `"key":{"id":"${doomed.id}"`;
  expect(await readFile(journal, 'utf8')).toContain(recordOfKey);
  await local.kms.send(new ScheduleKeyDeletionCommand({ KeyId: doomed.id, PendingWindowInDays: 7 }));
  kept.clock.advance({ days: 7 });
  const events = await local.deliveredEvents();
  // Windows replaces no file that the test reads.
  await expect.poll(() => existsSync(`${journal}.new`)).toBe(false);
  // Only the events still name the key that is gone.
  expect(await readFile(journal, 'utf8')).not.toContain(recordOfKey);
  local = await kept.start();
  expect(await look()).toEqual(before);
  expect((await local.deliveredEvents()).slice(-events.length)).toEqual(events);
});
