import { CreateAliasCommand, CreateKeyCommand, type Tag } from '@aws-sdk/client-kms';
import { expect, onTestFinished, test } from 'vitest';
import { readIamPolicy } from '../../src/cli/doctor/iam-policy.ts';
import { takeAwsSeat } from '../learner/aws-seat.ts';

const tagsOf = (workshop: string): Tag[] => [
  { TagKey: 'workshop', TagValue: workshop },
  { TagKey: 'workshop-run', TagValue: 'dead' },
];

test('docs/iam-policy.json is enough to clean up by tag, where no ledger is left', async () => {
  const seat = await takeAwsSeat({ principals: [{ userName: 'learner', policies: [readIamPolicy()] }] });
  onTestFinished(seat.leave);
  const createKey = async (workshop: string, AliasName?: string) => {
    const { KeyMetadata } = await seat.kms.send(new CreateKeyCommand({ Tags: tagsOf(workshop) }));
    if (!AliasName) return;
    await seat.kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: KeyMetadata?.KeyId }));
  };
  await createKey('data-key-caching', 'alias/kms_key_cse_usecase_3_dead');
  await createKey('data-key-caching');
  await createKey('pottery', 'alias/pottery');

  const { isWell } = await seat.run(['clean-up', '--run', 'dead'], seat.endpointAs('learner'));

  expect(isWell).toBe(true);
  expect((await seat.keyStates()).sort()).toEqual(['Enabled', 'PendingDeletion', 'PendingDeletion']);
  expect(await seat.aliases()).toEqual(['alias/pottery']);
});
