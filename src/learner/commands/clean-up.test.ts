import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CreateAliasCommand, CreateKeyCommand } from '@aws-sdk/client-kms';
import { beforeEach, describe, expect, test } from 'vitest';
import { type AwsSeat, takeAwsSeat } from '../testing/aws-seat.ts';

let seat: AwsSeat;
beforeEach(async () => {
  seat = await takeAwsSeat();
  return seat.leave;
});

describe('clean-up', () => {
  const tags = [
    { TagKey: 'workshop', TagValue: 'data-key-caching' },
    { TagKey: 'workshop-run', TagValue: 'dead' },
  ];
  const entry = {
    process: spawnSync(process.execPath, ['--version']).pid,
    target: 'endpoint',
    region: 'eu-central-1',
    aliasName: 'alias/kms_key_cse_usecase_3_dead',
    tags,
    files: ['output/encrypted_e_1.txt', 'output/encrypted_e_2.txt'],
  };
  const enter = (run: string, changes: Partial<typeof entry> = {}) =>
    seat.workshop.write(`.workshop/ledger/${run}.jsonl`, `${JSON.stringify({ ...entry, ...changes })}\n`);

  async function createKey(): Promise<string | undefined> {
    const { KeyMetadata } = await seat.kms.send(new CreateKeyCommand({ Tags: tags }));
    return KeyMetadata?.KeyId;
  }

  test('removes the keys, the aliases and the files of a run that was killed', async () => {
    await seat.kms.send(
      new CreateAliasCommand({ AliasName: entry.aliasName, TargetKeyId: await createKey() }),
    );
    await createKey();
    await seat.kms.send(new CreateKeyCommand({}));
    enter('dead');
    seat.workshop.write('output/encrypted_e_1.txt', '');
    seat.workshop.write('output/mine.txt', '');

    const { isWell, output } = await seat.run(['clean-up'], seat.endpoint);

    expect(isWell).toBe(true);
    expect(output).toMatch(
      /^✔ Removed:\n {2}alias\/kms_key_cse_usecase_3_dead, and its key in 7 days\n {2}arn:aws:kms:eu-central-1:111122223333:key\/[0-9a-f-]{36} in 7 days: it had no alias\n {2}output\/encrypted_e_1.txt\n$/,
    );
    expect((await seat.keyStates()).sort()).toEqual(['Enabled', 'PendingDeletion', 'PendingDeletion']);
    expect(await seat.aliases()).toEqual([]);
    expect(readdirSync(join(seat.workshop.root, 'output'))).toEqual(['mine.txt']);
    expect((await seat.run(['clean-up'])).output).toBe('✔ There is nothing to clean up.\n');
  });

  test('removes the files of a run on the local AWS, but none of a run that lives', async () => {
    enter('dead', { target: 'local' });
    enter('alive', { target: 'local', process: process.pid, files: ['output/encrypted_e_2.txt'] });
    seat.workshop.write('output/encrypted_e_1.txt', '');
    seat.workshop.write('output/encrypted_e_2.txt', '');
    seat.workshop.write('.workshop/scratch/dead/cached', '');

    const { isWell, output } = await seat.run(['clean-up']);

    expect(isWell).toBe(true);
    expect(output).toBe(
      `✔ Removed:\n  output/encrypted_e_1.txt\n· Left:\n  alive: it is still running, as process ${process.pid}\n`,
    );
    expect(readdirSync(join(seat.workshop.root, 'output'))).toEqual(['encrypted_e_2.txt']);
    expect(readdirSync(join(seat.workshop.root, '.workshop/ledger'))).toEqual(['alive.jsonl']);
    expect(existsSync(join(seat.workshop.root, '.workshop/scratch/dead'))).toBe(false);
  });

  test('leaves what is elsewhere, and says how to get at it', async () => {
    enter('dead', { target: 'aws', region: 'ap-south-1' });

    const { isWell, output } = await seat.run(['clean-up'], seat.endpoint);

    expect({ isWell, output }).toEqual({
      isWell: true,
      output:
        '· Left:\n  dead: it ran elsewhere; WORKSHOP_TARGET=aws AWS_REGION=ap-south-1 npm run clean-up\n',
    });
  });

  test('that AWS refuses says so, and keeps the ledger', async () => {
    enter('dead');

    await expect(
      seat.run(['clean-up'], { ...seat.endpoint, AWS_SECRET_ACCESS_KEY: 'wrong' }),
    ).rejects.toThrow(
      /^The clean-up stopped: InvalidSignatureException: .*\n {2}What is wrong, npm run doctor may tell\./,
    );

    expect(readdirSync(join(seat.workshop.root, '.workshop/ledger'))).toEqual(['dead.jsonl']);
  });
});
