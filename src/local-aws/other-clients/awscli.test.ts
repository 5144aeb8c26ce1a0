import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ClientWorld, isInstalled, type Outcome, startClientWorld } from './debian-client.ts';

/** The members of the CLI's answers that the tests read. */
interface Answer {
  Arn?: string;
  CiphertextBlob?: string;
  DeletionDate?: string;
  Events?: { EventName: string; CloudTrailEvent: string }[];
  GrantId?: string;
  Grants?: { GrantId: string; GranteePrincipal: string; Operations: string[] }[];
  KeyId?: string;
  KeyMetadata?: { Arn: string; KeyId: string; KeyState: string };
  KeyRotationEnabled?: boolean;
  KeyState?: string;
  Plaintext?: string;
  UserId?: string;
}

describe.skipIf(!isInstalled('awscli'))(
  'the AWS CLI of Debian, with no flag but the endpoint (needs the package awscli)',
  () => {
    const aliasName = 'alias/aws-cli';
    const grantee = 'arn:aws:iam::111122223333:root';
    let world: ClientWorld;
    let answers: Awaited<ReturnType<typeof session>>;

    const aws = (...args: string[]): Promise<Outcome> =>
      world.run('/usr/bin/aws', [...args, '--endpoint-url', world.aws.endpoint]);

    async function answerOf(...args: string[]): Promise<Answer> {
      const { exitCode, stdout, stderr } = await aws(...args);
      if (exitCode !== 0) throw new Error(`aws ${args.join(' ')} ended with ${exitCode}: ${stderr}`);
      return stdout ? JSON.parse(stdout) : {};
    }

    beforeAll(async () => {
      world = await startClientWorld();
      answers = await session();
    }, 120_000);
    afterAll(() => world?.close());

    /** Each call takes a second to start: those that don't depend on each other run side by side. */
    async function session() {
      const [identity, created] = await Promise.all([
        answerOf('sts', 'get-caller-identity'),
        answerOf(
          'kms',
          'create-key',
          '--description',
          'of the AWS CLI',
          '--tags',
          'TagKey=stage,TagValue=test',
        ),
      ]);
      const keyId = created.KeyMetadata?.KeyId ?? '';
      const ofKey = ['--key-id', keyId];
      const [grant] = await Promise.all([
        answerOf('kms', 'create-grant', ...ofKey, '--grantee-principal', grantee, '--operations', 'Decrypt'),
        answerOf('kms', 'create-alias', '--alias-name', aliasName, '--target-key-id', keyId),
        answerOf('kms', 'enable-key-rotation', ...ofKey),
      ]);
      const context = ['--encryption-context', 'purpose=test,tenant=a'];
      const [dataKey, rotation, grants] = await Promise.all([
        answerOf('kms', 'generate-data-key', '--key-id', aliasName, '--key-spec', 'AES_256', ...context),
        answerOf('kms', 'get-key-rotation-status', ...ofKey),
        answerOf('kms', 'list-grants', ...ofKey),
      ]);
      const file = join(world.folder, 'encrypted-data-key');
      writeFileSync(file, Buffer.from(dataKey.CiphertextBlob ?? '', 'base64'));
      const decrypt = ['kms', 'decrypt', '--ciphertext-blob', `fileb://${file}`];
      const [decrypted, refused] = await Promise.all([
        answerOf(...decrypt, ...context),
        aws(...decrypt, '--encryption-context', 'purpose=test,tenant=b'),
        answerOf('kms', 'revoke-grant', ...ofKey, '--grant-id', grant.GrantId ?? ''),
      ]);
      const [scheduled, grantsLeft] = await Promise.all([
        answerOf('kms', 'schedule-key-deletion', ...ofKey, '--pending-window-in-days', '7'),
        answerOf('kms', 'list-grants', ...ofKey),
      ]);
      const attribute = `AttributeKey=ResourceName,AttributeValue=${created.KeyMetadata?.Arn}`;
      const events = await answerOf('cloudtrail', 'lookup-events', '--lookup-attributes', attribute);
      return {
        identity,
        created,
        grant,
        dataKey,
        rotation,
        grants,
        decrypted,
        refused,
        scheduled,
        grantsLeft,
        events,
      };
    }

    test('says who it is', () => {
      expect(answers.identity.Arn).toBe('arn:aws:iam::111122223333:user/administrator');
    });

    test('creates a key', () => {
      expect(answers.created.KeyMetadata).toMatchObject({ KeyState: 'Enabled' });
    });

    test('generates a data key by an alias, and decrypts it', () => {
      const { dataKey, decrypted, created } = answers;
      expect(Buffer.from(dataKey.Plaintext ?? '', 'base64')).toHaveLength(32);
      expect(decrypted.Plaintext).toBe(dataKey.Plaintext);
      expect(decrypted.KeyId).toBe(created.KeyMetadata?.Arn);
    });

    test('is refused another encryption context', () => {
      const { exitCode, stderr } = answers.refused;
      // The CLI's code for an error that the service answers with.
      expect(exitCode).toBe(254);
      expect(stderr).toContain('(InvalidCiphertextException) when calling the Decrypt operation');
    });

    test('enables rotation', () => {
      expect(answers.rotation.KeyRotationEnabled).toBe(true);
    });

    test('creates, lists and revokes a grant', () => {
      const { grant, grants, grantsLeft } = answers;
      expect(grants.Grants).toMatchObject([
        { GrantId: grant.GrantId, GranteePrincipal: grantee, Operations: ['Decrypt'] },
      ]);
      expect(grantsLeft.Grants).toEqual([]);
    });

    test('schedules the deletion of the key', () => {
      const { scheduled, created } = answers;
      expect(scheduled).toMatchObject({ KeyId: created.KeyMetadata?.Arn, KeyState: 'PendingDeletion' });
      const days = (Date.parse(scheduled.DeletionDate ?? '') - Date.now()) / (24 * 60 * 60 * 1000);
      expect(Math.round(days)).toBe(7);
    });

    test('looks up what it did', () => {
      const names = answers.events.Events?.map(({ EventName }) => EventName) ?? [];
      expect(names).toEqual(
        expect.arrayContaining([
          'CreateKey',
          'CreateAlias',
          'CreateGrant',
          'EnableKeyRotation',
          'GenerateDataKey',
          'Decrypt',
          'RevokeGrant',
          'ScheduleKeyDeletion',
        ]),
      );
      const [event] = answers.events.Events ?? [];
      expect(JSON.parse(event?.CloudTrailEvent ?? '').userAgent).toMatch(/^aws-cli\/2/);
    });
  },
);
