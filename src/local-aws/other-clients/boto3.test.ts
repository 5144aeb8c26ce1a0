import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ClientWorld, isInstalled, startClientWorld } from './debian-client.ts';

interface ErrorOfBoto3 {
  code: string;
  message: string;
  status: number;
  class: string;
}

/** Output of `boto3_session.py`. */
interface Session {
  identity: string;
  key: { arn: string; created: string };
  data_key: { length: number; same: boolean; other_context: ErrorOfBoto3; damaged: ErrorOfBoto3 };
  rotation: { enabled: boolean; after: boolean };
  grants: { before: boolean; after: string[] };
  absent: ErrorOfBoto3;
  scheduled: { state: string; days: number };
  pending: ErrorOfBoto3;
  events: string[];
}

describe.skipIf(!isInstalled('python3-boto3'))(
  'boto3 of Debian, with no argument but the endpoint (needs the package python3-boto3)',
  () => {
    let world: ClientWorld;
    let session: Session;

    beforeAll(async () => {
      world = await startClientWorld();
      const script = join(import.meta.dirname, 'boto3_session.py');
      const { exitCode, stdout, stderr } = await world.run('/usr/bin/python3', [script, world.aws.endpoint]);
      if (exitCode !== 0) throw new Error(`The session ended with ${exitCode}:\n${stderr}`);
      session = JSON.parse(stdout);
    }, 120_000);
    afterAll(() => world?.close());

    test('says who it is', () => {
      expect(session.identity).toBe('arn:aws:iam::111122223333:user/administrator');
    });

    test('creates a key', () => {
      expect(session.key.arn).toMatch(/^arn:aws:kms:us-east-1:111122223333:key\//);
      expect(Date.parse(session.key.created)).not.toBeNaN();
    });

    test('generates a data key by an alias, and decrypts it', () => {
      expect(session.data_key).toMatchObject({ length: 32, same: true });
    });

    test('knows the errors by their classes', () => {
      const invalidCiphertext = {
        code: 'InvalidCiphertextException',
        class: 'InvalidCiphertextException',
        message: '',
        status: 400,
      };
      expect(session.data_key.other_context).toEqual(invalidCiphertext);
      expect(session.data_key.damaged).toEqual(invalidCiphertext);
      expect(session.absent).toEqual({
        code: 'NotFoundException',
        class: 'NotFoundException',
        message: 'Alias arn:aws:kms:us-east-1:111122223333:alias/absent is not found.',
        status: 400,
      });
      expect(session.pending).toMatchObject({ class: 'KMSInvalidStateException' });
    });

    test('enables and disables rotation', () => {
      expect(session.rotation).toEqual({ enabled: true, after: false });
    });

    test('creates, lists, revokes and retires grants', () => {
      expect(session.grants).toEqual({ before: true, after: [] });
    });

    test('schedules the deletion of the key', () => {
      expect(session.scheduled).toEqual({ state: 'PendingDeletion', days: 7 });
    });

    test('looks up what it did, page by page', () => {
      const expected = [
        'CreateKey',
        'CreateAlias',
        'GenerateDataKey',
        'Decrypt',
        'CreateGrant',
        'RetireGrant',
      ];
      expect(session.events).toEqual(expect.arrayContaining([...expected, 'ScheduleKeyDeletion']));
      expect(session.events.filter((name) => name === 'CreateGrant')).toHaveLength(2);
    });
  },
);
