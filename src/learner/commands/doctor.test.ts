import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type LocalAws, startLocalAws } from '../../local-aws/index.ts';
import { type AwsSeat, takeAwsSeat } from '../testing/aws-seat.ts';

let seat: AwsSeat;
beforeEach(async () => {
  seat = await takeAwsSeat();
  return seat.leave;
});

describe('doctor', () => {
  const permissions = [
    'kms:CreateKey',
    'kms:ListKeys',
    'cloudtrail:LookupEvents',
    'kms:DescribeKey',
    'kms:TagResource',
    'kms:ListResourceTags',
    'kms:CreateAlias',
    'kms:GenerateDataKey',
    'kms:Decrypt',
    'kms:DeleteAlias',
    'kms:ScheduleKeyDeletion',
  ];

  test('asks for credentials, identity and each permission, and makes nothing', async () => {
    const { isWell, output } = await seat.run(['doctor'], seat.endpoint);

    expect(isWell).toBe(true);
    expect(output).toContain(' ✔ Settings                the target is endpoint in eu-central-1');
    expect(output).toContain(' ✔ Credentials             AWS accepts them');
    expect(output).toMatch(
      / ✔ Identity +arn:aws:iam::111122223333:user\/administrator, in the account 111122223333\n/,
    );
    for (const permission of permissions) {
      expect(output).toMatch(new RegExp(`^ ✔ ${permission} +(allowed|not denied)`, 'm'));
    }
    expect(output).toContain('All is well.');
    expect(await seat.keyStates()).toEqual([]);
  });

  test('proves each permission with a key that it removes', async () => {
    const { isWell, output } = await seat.run(['doctor', '--with-key'], seat.endpoint);

    expect(isWell).toBe(true);
    for (const permission of permissions) {
      expect(output).toMatch(new RegExp(`^ ✔ ${permission} +allowed$`, 'm'));
    }
    expect(await seat.keyStates()).toEqual(['PendingDeletion']);
    expect(await seat.aliases()).toEqual([]);
    expect(readdirSync(join(seat.workshop.root, '.workshop/ledger'))).toEqual([]);
  });

  describe('for a user whose policy leaves a permission out', () => {
    const policyWithout = (missing: string) => {
      const Action = permissions.filter((permission) => permission !== missing);
      return JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action, Resource: '*' }],
      });
    };

    let guarded: LocalAws | undefined;
    afterEach(() => guarded?.close());

    /** Runs the doctor as a user who may do everything but that. */
    async function doctorWithout(missing: string, ...options: string[]) {
      const policies = [policyWithout(missing)];
      guarded = await startLocalAws({
        region: seat.endpoint.AWS_REGION,
        principals: [{ userName: 'alice', policies }],
      });
      const { accessKeyId, secretAccessKey } = guarded.credentialsOf('alice');
      return seat.run(['doctor', ...options], {
        ...seat.endpoint,
        AWS_ENDPOINT_URL: guarded.endpoint,
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
      });
    }

    test.each(permissions)('finds that %s is missing, and how to give it', async (missing) => {
      const { isWell, output } = await doctorWithout(missing, '--with-key');

      // Creating a key with tags takes the permission to tag it, too.
      const refused = missing === 'kms:TagResource' ? 'kms:CreateKey' : missing;
      expect(isWell).toBe(false);
      expect(output).toMatch(new RegExp(`^ ✘ ${refused} +`, 'm'));
      expect(output).toContain(
        `→ Add to a policy of arn:aws:iam::111122223333:user/alice: {"Effect":"Allow","Action":"${missing}","Resource":"*"}`,
      );
    });

    test.each(['kms:CreateKey', 'kms:ListKeys', 'cloudtrail:LookupEvents'])(
      'finds that %s is missing without making a key',
      async (missing) => {
        const { isWell, output } = await doctorWithout(missing);

        expect(isWell).toBe(false);
        expect(output).toMatch(new RegExp(`^ ✘ ${missing} +`, 'm'));
        expect(output).toContain('One thing is wrong.');
      },
    );

    test('says which key it could not remove, and keeps it on the ledger', async () => {
      const { output } = await doctorWithout('kms:ScheduleKeyDeletion', '--with-key');

      expect(output).toMatch(
        / ✘ The key +arn:aws:kms:\S+ is still there, and costs\.\n +→ .*npm run clean-up/,
      );
      expect(readdirSync(join(seat.workshop.root, '.workshop/ledger'))).toHaveLength(1);
    });
  });

  test.each([
    [
      'a wrong secret',
      { AWS_SECRET_ACCESS_KEY: 'wrong' },
      'SignatureDoesNotMatch',
      'Check AWS_SECRET_ACCESS_KEY',
    ],
    [
      'an unknown access key',
      { AWS_ACCESS_KEY_ID: 'AKIAUNKNOWN' },
      'InvalidClientTokenId',
      'AWS_ACCESS_KEY_ID',
    ],
    ['no credentials', { AWS_ACCESS_KEY_ID: '' }, 'CredentialsProviderError', 'Log in'],
    ['nobody there', { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }, 'ECONNREFUSED', 'Check the network'],
  ])('tells what is wrong with %s, and the fix', async (_what, wrong, seen, fix) => {
    const { isWell, output } = await seat.run(['doctor'], { ...seat.endpoint, ...wrong });

    expect(isWell).toBe(false);
    const [, finding] = output.split(' ✘ Credentials');
    expect(finding).toContain(seen);
    expect(finding).toMatch(new RegExp(`→ .*${fix}`));
    expect(finding).toContain('· Permissions');
    expect(output).toContain('One thing is wrong.');
  });

  test('looks at the rest when the settings are wrong', async () => {
    seat.workshop.write('.env', 'WORKSHOP_TARGET=moon\nWORKSHOP_LOCAL_PORT=70000\n');

    const { isWell, output } = await seat.run(['doctor']);

    expect(isWell).toBe(false);
    expect(output).toMatch(
      /✘ Settings .*\n +WORKSHOP_TARGET is "moon"; .*\n +WORKSHOP_LOCAL_PORT is "70000"; .*\n +→ /,
    );
    expect(output).toContain('✔ File watching');
    expect(output).toContain('· AWS                     not checked: the settings are wrong');
  });

  test('takes a data key to the local AWS and back when that is the target', async () => {
    const { isWell, output } = await seat.run(['doctor']);

    expect(isWell).toBe(true);
    expect(output).toContain('✔ Local AWS               a data key was generated, and decrypted to the same');
  });
});
