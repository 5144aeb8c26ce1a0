import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CreateKeyCommand } from '@aws-sdk/client-kms';
import { beforeEach, expect, test } from 'vitest';
import { type AwsSeat, takeAwsSeat } from '../../test/learner/aws-seat.ts';
import { readSettings } from '../settings/settings.ts';
import { enterInLedger } from '../state/ledger.ts';
import { describeRun, tagsOf } from '../state/run.ts';

let seat: AwsSeat;
let calls: string[];
beforeEach(async () => {
  calls = [];
  seat = await takeAwsSeat({ onCall: ({ operation }) => void calls.push(operation) });
  return () => seat.leave();
});

/** Returns the output of a command, whether or not it fails. */
async function outputOf(
  args: string[],
  allowedAccounts: string,
): Promise<{ isWell: boolean; output: string }> {
  const environment = { ...seat.endpoint, WORKSHOP_ALLOWED_ACCOUNTS: allowedAccounts };
  return seat.run(args, environment).catch(({ message }: Error) => ({ isWell: false, output: message }));
}

test.each([
  [['clean-up']],
  [['clean-up', '--all-runs']],
  [['clean-up', '--run', 'ada', '--dry-run']],
  [['doctor']],
  [['doctor', '--with-key']],
])('%j says once that an account is not allowed, and does nothing there', async (args) => {
  await seat.kms.send(new CreateKeyCommand({ Tags: tagsOf('ada') }));
  calls.length = 0;

  const { isWell, output } = await outputOf(args, '444455556666');

  expect(isWell).toBe(false);
  expect(
    output.split('whose account 111122223333 is not in WORKSHOP_ALLOWED_ACCOUNTS: 444455556666.'),
  ).toHaveLength(2);
  expect(calls).toEqual(['GetCallerIdentity']);
  const hasLedger = () => existsSync(join(seat.workshop.root, '.workshop/ledger'));
  expect(hasLedger()).toBe(false);
  const run = describeRun(readSettings(seat.workshop.root, { ...seat.endpoint, WORKSHOP_RUN: 'ada' }));
  enterInLedger(run, run.aliasName, process.pid);
  expect(hasLedger()).toBe(true);
});

test('the doctor reports an allowed account, and continues', async () => {
  const { isWell, output } = await outputOf(['doctor'], '111122223333,444455556666');

  expect(output).toMatch(/ ✔ Account +it is in WORKSHOP_ALLOWED_ACCOUNTS\n/);
  expect(isWell).toBe(true);
});
