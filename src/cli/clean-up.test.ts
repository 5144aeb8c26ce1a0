import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CreateAliasCommand, CreateKeyCommand } from '@aws-sdk/client-kms';
import type { FaultRule } from 'local-kms-cloudtrail';
import { beforeEach, describe, expect, test } from 'vitest';
import { type AwsSeat, takeAwsSeat } from '../../test/learner/aws-seat.ts';
import { readSettings } from '../settings/settings.ts';
import { enterChanged, enterInLedger, ledgerName, openLedgers } from '../state/ledger.ts';
import { describeRun, outputFiles, type Run } from '../state/run.ts';
import { nobody, writeOutput } from '../state/testing/ledger-folder.ts';

let seat: AwsSeat;
const takeSeat = async (faults: FaultRule[] = []) => {
  seat = await takeAwsSeat({ faults });
};
const arn = 'arn:aws:kms:eu-central-1:111122223333:key/[0-9a-f-]{36}';

/** A run of the seat's endpoint. */
function newRun(name: string): Run {
  return describeRun(readSettings(seat.workshop.root, { ...seat.endpoint, WORKSHOP_RUN: name }));
}

/** Writes the ledger of a run that was killed. */
function enter(run: Run): void {
  enterInLedger(run, run.aliasName, nobody);
}

/** Creates a key with the tags of a run, or with none, and aliases that lead to it. */
async function createKey(of: Run | undefined, aliasNames: string[] = []): Promise<string> {
  const { KeyMetadata } = await seat.kms.send(new CreateKeyCommand({ Tags: of?.tags }));
  for (const AliasName of aliasNames) {
    await seat.kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: KeyMetadata?.KeyId }));
  }
  return KeyMetadata?.Arn ?? '';
}

const cleanUp = (...args: string[]) => seat.run(['clean-up', ...args], seat.endpoint);

describe('clean-up', () => {
  beforeEach(async () => {
    await takeSeat();
    return () => seat.leave();
  });

  test('announces what it will remove of a killed run, removes it, and says what is left', async () => {
    const dead = newRun('dead');
    await createKey(dead, [dead.aliasName]);
    await createKey(dead);
    await createKey(undefined);
    enter(dead);
    writeOutput(dead, outputFiles(dead).slice(0, 1));
    seat.workshop.write('output/mine.txt', '');

    const { isWell, output } = await cleanUp();

    expect(isWell).toBe(true);
    expect(output).toMatch(
      new RegExp(
        '^To remove from dead:\\n' +
          ` {2}alias/kms_key_cse_usecase_3_dead, and its key ${arn} in 7 days\\n` +
          ` {2}${arn} in 7 days: no alias points to it\\n` +
          ' {2}output[/\\\\]dead[/\\\\]encrypted_e_1.txt\\n' +
          '✔ Removed and checked. Nothing of dead is left.\\n$',
      ),
    );
    expect((await seat.keyStates()).sort()).toEqual(['Enabled', 'PendingDeletion', 'PendingDeletion']);
    expect(await seat.aliases()).toEqual([]);
    expect(readdirSync(join(seat.workshop.root, 'output'))).toEqual(['mine.txt']);
    expect((await cleanUp()).output).toBe('✔ There is nothing to clean up.\n');
  });

  test('changes nothing with --dry-run', async () => {
    const dead = newRun('dead');
    await createKey(dead, [dead.aliasName]);
    await createKey(dead);
    enter(dead);
    writeOutput(dead, outputFiles(dead).slice(0, 1));

    const { isWell, output } = await cleanUp('--dry-run');

    expect(isWell).toBe(true);
    expect(output).toContain('To remove from dead:\n  alias/kms_key_cse_usecase_3_dead, and its key');
    expect(output).toMatch(/\n· Nothing was changed: --dry-run\.\n$/);
    expect(await seat.keyStates()).toEqual(['Enabled', 'Enabled']);
    expect(await seat.aliases()).toEqual([dead.aliasName]);
    expect(existsSync(join(seat.workshop.root, 'output/dead/encrypted_e_1.txt'))).toBe(true);
    expect((await cleanUp()).output).toContain(output.slice(0, output.indexOf('· Nothing')));
  });

  test('fails and says so when nothing leads to a key of a run', async () => {
    const dead = newRun('dead');
    await createKey(dead, [dead.aliasName]);
    await createKey(undefined);
    enter(dead);
    enterChanged(ledgerName(dead), 2);

    const { isWell, output } = await cleanUp();

    expect(isWell).toBe(false);
    expect(output).toContain(
      "\n  A key that it created has neither its alias nor its tags, and can't be found:",
    );
    expect(output).toMatch(
      /\n✘ Removed what was found\. Of dead, the keys that can't be found are left\.\n$/,
    );
    expect((await seat.keyStates()).sort()).toEqual(['Enabled', 'PendingDeletion']);
  });

  test('removes the files of a dead run on the local AWS, but none of a living run', async () => {
    const { endpoint: _, ...dead } = { ...newRun('dead'), target: 'local' as const };
    const alive = { ...newRun('alive'), target: 'local' as const };
    enter(dead);
    enterInLedger(alive, alive.aliasName, process.pid);
    for (const run of [dead, alive]) writeOutput(run, outputFiles(run).slice(0, 1));
    seat.workshop.write('.workshop/scratch/dead/cached', '');

    const { isWell, output } = await seat.run(['clean-up']);

    expect(isWell).toBe(true);
    expect(output).toBe(
      `To remove from dead:\n  ${join('output/dead/encrypted_e_1.txt')}\n` +
        `· Left alone:\n  alive: it is still running, as process ${process.pid}\n` +
        '✔ Removed and checked. Nothing of dead is left.\n',
    );
    expect(readdirSync(join(seat.workshop.root, 'output'))).toEqual(['alive']);
    expect(openLedgers(seat.workshop.root).map(({ run }) => run)).toEqual(['alive']);
    expect(existsSync(join(seat.workshop.root, '.workshop/scratch/dead'))).toBe(false);
  });

  test('fails when it found nothing but a ledger that it could not read', async () => {
    expect((await seat.run(['clean-up'])).isWell).toBe(true);
    seat.workshop.write('.workshop/ledger/No Ledger.jsonl', '{');

    const { isWell, output } = await seat.run(['clean-up']);

    expect(isWell).toBe(false);
    expect(output).toMatch(/^· Could not be read, and was left alone:\n {2}.*No Ledger\.jsonl/);
    expect(output).toMatch(
      /\n✘ Nothing was removed, because the clean-up could not read what it found\. Check each of the lines above\.\n$/,
    );
    expect(existsSync(join(seat.workshop.root, '.workshop/ledger/No Ledger.jsonl'))).toBe(true);
  });

  test('leaves runs in other places alone, and says how to clean them up', async () => {
    const { endpoint: _, ...dead } = { ...newRun('dead'), target: 'aws' as const, region: 'ap-south-1' };
    enter(dead);
    enter({ ...newRun('gone'), endpoint: 'http://127.0.0.1:9' });

    const { isWell, output } = await cleanUp();

    expect(isWell).toBe(true);
    expect(output).toBe(
      '· Left alone:\n' +
        '  dead: it ran elsewhere; WORKSHOP_TARGET=aws AWS_REGION=ap-south-1 npm run clean-up\n' +
        '  gone: it ran elsewhere; WORKSHOP_TARGET=endpoint AWS_REGION=eu-central-1 AWS_ENDPOINT_URL=http://127.0.0.1:9 npm run clean-up\n' +
        '✔ There is nothing to clean up.\n',
    );
  });

  test.each([
    [{ AWS_SECRET_ACCESS_KEY: 'wrong' }, 'SignatureDoesNotMatch: '],
    [{ AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }, "The endpoint http://127.0.0.1:1 can't be reached: "],
  ])('that is refused, or reaches nobody, says so, and keeps the ledger: %j', async (wrong, why) => {
    enter(newRun('dead'));
    const environment = { ...seat.endpoint, WORKSHOP_TARGET: 'aws', ...wrong };

    await expect(seat.run(['clean-up'], environment)).rejects.toThrow(
      new RegExp(`^The clean-up stopped: ${why}.*\\n {2}Run npm run doctor to find the cause\\.`),
    );

    expect(openLedgers(seat.workshop.root).map(({ run }) => run)).toEqual(['dead']);
  });
});

describe('clean-up without a ledger', () => {
  beforeEach(async () => {
    await takeSeat();
    const [ada, bob] = [newRun('ada'), newRun('bob')];
    await createKey(ada, [ada.aliasName, `${ada.aliasName}_to_clean_up_1`]);
    await createKey(ada);
    await createKey(bob, [bob.aliasName]);
    // Of another team, which has tags of the same names.
    await seat.kms.send(
      new CreateKeyCommand({
        Tags: [
          { TagKey: 'workshop', TagValue: 'pottery' },
          { TagKey: 'workshop-run', TagValue: 'ada' },
        ],
      }),
    );
    return () => seat.leave();
  });

  test('touches nothing, but lists what it found and how to select it', async () => {
    expect(await cleanUp()).toEqual({
      isWell: true,
      output:
        '· Other runs of the workshop have keys here:\n' +
        '  ada: 2 keys, 2 aliases\n' +
        '  bob: 1 key, 1 alias\n' +
        '  To remove a run of yours that has ended: npm run clean-up -- --run ada\n' +
        "  To remove all of them, including other learners': npm run clean-up -- --all-runs\n" +
        '· Nothing was changed, because you named none of them.\n',
    });
    expect(await seat.keyStates()).toEqual(['Enabled', 'Enabled', 'Enabled', 'Enabled']);
  });

  test.each([
    ['--run', ['--run', 'ada'], {}],
    ['WORKSHOP_RUN', [], { WORKSHOP_RUN: 'ada' }],
  ])('finds by its tags the run that %s names', async (_, args, environment) => {
    const { output } = await seat.run(['clean-up', ...args], { ...seat.endpoint, ...environment });

    expect(output).toMatch(
      new RegExp(
        '^To remove from ada:\\n' +
          ` {2}alias/kms_key_cse_usecase_3_ada, and its key ${arn} in 7 days\\n` +
          ` {2}alias/kms_key_cse_usecase_3_ada_to_clean_up_1, and its key ${arn} in 7 days\\n` +
          ` {2}${arn} in 7 days: no alias points to it\\n`,
      ),
    );
    expect(output).toContain('Nothing of ada is left.');
    expect((await seat.keyStates()).sort()).toEqual([
      'Enabled',
      'Enabled',
      'PendingDeletion',
      'PendingDeletion',
    ]);
    expect(await seat.aliases()).toEqual(['alias/kms_key_cse_usecase_3_bob']);
    expect((await cleanUp('--run', 'ada')).output).toBe('✔ There is nothing of the run ada to clean up.\n');
  });

  test.each([[['--run', '00123456']], [['--run=00123456']]])(
    'takes a run whose name could be a number: %s',
    async (args) => {
      const run = newRun('00123456');
      await createKey(run, [run.aliasName]);

      expect((await cleanUp(...args)).output).toContain('Nothing of 00123456 is left.');
    },
  );

  test("removes every run's with --all-runs, but not those that are alive here", async () => {
    enterInLedger(newRun('bob'), newRun('bob').aliasName, process.pid);
    const carla = newRun('carla');
    await createKey(carla, [carla.aliasName]);

    const { output } = await cleanUp('--all-runs');

    expect(output).toContain('To remove from ada:');
    expect(output).toContain('To remove from carla:');
    expect(output).toContain(
      `· Left alone:\n  bob: it is still running, as process ${process.pid}\n✔ Removed and checked. Nothing of ada, carla is left.\n`,
    );
    expect(await seat.aliases()).toEqual(['alias/kms_key_cse_usecase_3_bob']);
    expect((await seat.keyStates()).filter((state) => state === 'Enabled').length).toBe(2);
  });

  test.each([
    ['nope', 'There is no run "nope" here.\n  The runs that have keys here: ada, bob.'],
    ['adda', 'There is no run "adda" here. Did you mean ada?\n  The runs that have keys here: ada, bob.'],
  ])('does not know a run that there is not: %s', async (run, complaint) => {
    await expect(cleanUp('--run', run)).rejects.toMatchObject({ name: 'LearnerError', message: complaint });
    expect(await seat.keyStates()).toEqual(['Enabled', 'Enabled', 'Enabled', 'Enabled']);
  });

  test('rejects two options that select runs', async () => {
    await expect(cleanUp('--run', 'ada', '--all-runs')).rejects.toThrow(
      'Use either --run or --all-runs, not both.',
    );
  });

  test('says that tags lead to nothing on the local AWS', async () => {
    expect((await seat.run(['clean-up', '--run', 'ada'])).output).toBe(
      '✔ There is nothing to clean up: the keys of a local AWS are gone with its run. To clean up a real account, set WORKSHOP_TARGET=aws.\n',
    );
  });
});

test('clean-up backs off while KMS throttles it, among more than a hundred keys and aliases of another team', async () => {
  const throttle = (operation: string, sequence: boolean[]): FaultRule => ({
    fault: 'throttle',
    operation,
    sequence,
  });
  await takeSeat([
    { fault: 'throttle', operation: 'ListResourceTags', rate: 0.05 },
    throttle('ListKeys', [true]),
    throttle('ListAliases', [true]),
    throttle('DescribeKey', [true]),
    throttle('DeleteAlias', [true]),
    // More often than the SDK tries by itself, which is three times.
    throttle('ScheduleKeyDeletion', [true, true, true]),
  ]);
  try {
    const theirAliases: string[] = [];
    for (let team = 0; team < 120; team += 1) {
      const aliasName = `alias/${team % 2 ? 'a' : 'z'}_team_${team}`;
      await createKey(undefined, [aliasName]);
      theirAliases.push(aliasName);
    }
    const dead = newRun('dead');
    await createKey(dead, [dead.aliasName]);
    await createKey(dead);
    enter(dead);

    expect((await cleanUp()).output).toContain('Nothing of dead is left.');

    expect((await seat.aliases()).sort()).toEqual(theirAliases.sort());
    const states = await seat.keyStates();
    expect(states.filter((state) => state === 'Enabled').length).toBe(120);
    expect(states.filter((state) => state === 'PendingDeletion').length).toBe(2);
  } finally {
    await seat.leave();
  }
}, 60_000);
