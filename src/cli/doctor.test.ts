import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CreateAliasCommand, CreateKeyCommand } from '@aws-sdk/client-kms';
import type { FaultRule } from 'local-kms-cloudtrail';
import { beforeEach, describe, expect, test } from 'vitest';
import { type AwsSeat, takeAwsSeat } from '../../test/learner/aws-seat.ts';
import { answersOfEmulators } from '../run/endpoint/testing/emulator-answers.ts';
import { startLimitedEndpoint } from '../run/endpoint/testing/limited-endpoint.ts';
import { openLedgers } from '../state/ledger.ts';
import { actionsOf, readIamPolicy } from './doctor/iam-policy.ts';

let seat: AwsSeat;
beforeEach(async () => {
  seat = await takeAwsSeat();
  return seat.leave;
});

describe('doctor', () => {
  const permissions = actionsOf(readIamPolicy());
  expect(permissions).not.toEqual([]);

  test('checks credentials, identity and each permission, and creates nothing', async () => {
    await seat.kms.send(new CreateKeyCommand({}));
    const { isWell, output } = await seat.run(['doctor'], seat.endpoint);

    expect(isWell).toBe(true);
    expect(output).toContain(
      ` ✔ Settings                the target is endpoint in eu-central-1, at ${seat.endpoint.AWS_ENDPOINT_URL}\n`,
    );
    expect(output).toContain(' ✔ Credentials             AWS accepts them');
    expect(output).toMatch(
      / ✔ Identity +arn:aws:iam::111122223333:user\/administrator, in the account 111122223333\n/,
    );
    for (const permission of permissions) {
      expect(output).toMatch(new RegExp(`^ ✔ ${permission} +(allowed|not denied)`, 'm'));
    }
    expect(output).toContain(' ~ Least privilege         more is allowed than the workshop needs');
    expect(output).toContain('All is well.');
    expect(await seat.keyStates()).toEqual(['Enabled']);
  });

  test('proves each permission with a key that it removes', async () => {
    const { KeyMetadata } = await seat.kms.send(new CreateKeyCommand({}));
    await seat.kms.send(
      new CreateAliasCommand({ AliasName: 'alias/pottery', TargetKeyId: KeyMetadata?.KeyId }),
    );
    const { isWell, output } = await seat.run(['doctor', '--with-key'], seat.endpoint);

    expect(isWell).toBe(true);
    for (const permission of permissions) {
      expect(output).toMatch(new RegExp(`^ ✔ ${permission} +allowed$`, 'm'));
    }
    expect(output).toMatch(/^ ✔ The key +arn:aws:kms:\S+ is gone in 7 days: its deletion is scheduled/m);
    expect((await seat.keyStates()).sort()).toEqual(['Enabled', 'PendingDeletion']);
    expect(await seat.aliases()).toEqual(['alias/pottery']);
    expect(readdirSync(join(seat.workshop.root, '.workshop/ledger'))).toEqual([]);
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
  ])('tells what is wrong with %s, and the fix', async (_what, wrong, seen, fix) => {
    const { isWell, output } = await seat.run(['doctor'], { ...seat.endpoint, ...wrong });

    expect(isWell).toBe(false);
    const [, finding] = output.split(' ✘ Credentials');
    expect(finding).toContain(seen);
    expect(finding).toMatch(new RegExp(`→ .*${fix}`));
    expect(finding).toContain('· Permissions');
    expect(output).toContain('One thing is wrong.');
  });

  test.each(['aws', 'endpoint'])('reports that %s does not answer', async (target) => {
    const nobody = { ...seat.endpoint, WORKSHOP_TARGET: target, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' };
    const { isWell, output } = await seat.run(['doctor'], nobody);

    expect(isWell).toBe(false);
    expect(output).toMatch(
      / ✘ Endpoint +The endpoint http:\/\/127\.0\.0\.1:1 can't be reached: .*ECONNREFUSED.*\n +→ .*AWS_ENDPOINT_URL.*\n · Permissions +not checked: nobody answers\n/,
    );
    expect(output).toContain('One thing is wrong.');
  });

  test('shows the operations that an endpoint lacks, without calling that an error', async () => {
    seat.workshop.write('workshop/02-plant-a-tree/needs.json', '["cloudtrail:LookupEvents"]');
    const limited = await startLimitedEndpoint((operation) =>
      operation === 'LookupEvents' ? answersOfEmulators['Local KMS'] : undefined,
    );
    const { isWell, output } = await seat.run(['doctor'], limited.environment);
    await limited.close();

    expect(output).toMatch(
      / ∅ cloudtrail:LookupEvents +not there \(501 UnsupportedOperationException: .*\)\n +→ step 2 is not possible here; /,
    );
    expect(output).toMatch(/ ✔ kms:ListKeys +allowed/);
    expect(isWell).toBe(true);
  });

  test("shows an endpoint's answer without its control characters", async () => {
    const body = JSON.stringify({ __type: 'OddException', message: 'no\u001b[2J\r\u0007!' });
    const endpoint = await startLimitedEndpoint((operation) =>
      operation === 'ListAliases' ? { status: 418, type: 'application/x-amz-json-1.1', body } : undefined,
    );
    try {
      const { output } = await seat.run(['doctor'], endpoint.environment);

      expect(output).toContain('OddException: no<U+000D><U+0007>!');
      expect(output).not.toMatch(/(?!\n)\p{Cc}/u);
    } finally {
      await endpoint.close();
    }
  });

  test('checks the rest when the settings are wrong', async () => {
    seat.workshop.write('.env', 'WORKSHOP_TARGET=moon\nWORKSHOP_LOCAL_PORT=70000\n');

    const { isWell, output } = await seat.run(['doctor']);

    expect(isWell).toBe(false);
    expect(output).toMatch(
      /✘ Settings .*\n +.env, line 1: WORKSHOP_TARGET is "moon"; .*\n +.env, line 2: WORKSHOP_LOCAL_PORT is "70000"; .*\n +→ /,
    );
    expect(output).toContain('✔ File watching');
    expect(output).toContain('· AWS                     not checked: the settings are wrong');
  });

  test('sends a data key to the local AWS and back when that is the target', async () => {
    const { isWell, output } = await seat.run(['doctor']);

    expect(isWell).toBe(true);
    expect(output).toContain(
      '✔ Local AWS               a data key was generated, and decrypting it gave the same key',
    );
  });
});

test('doctor keeps the ledger of a key when AWS did not answer whether it was created', async () => {
  const faults: FaultRule[] = [{ operation: 'CreateKey', fault: 'reset', carriedOut: true }];
  const seatWithFaults = await takeAwsSeat({ faults });
  try {
    const { isWell, output } = await seatWithFaults.run(['doctor', '--with-key'], seatWithFaults.endpoint);
    expect(isWell).toBe(false);
    expect(output).toContain('AWS did not answer whether it was created.');
    expect(await seatWithFaults.keyStates()).toContain('Enabled');
    expect(openLedgers(seatWithFaults.workshop.root).map(({ keys }) => keys)).toEqual([undefined]);
  } finally {
    await seatWithFaults.leave();
  }
});
