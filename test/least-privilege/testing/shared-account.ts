import {
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  KMSClient,
  ListResourceTagsCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
} from '@aws-sdk/client-kms';
import { startLocalAws } from 'local-kms-cloudtrail';
import type { IamPolicy } from '../../../src/cli/doctor/iam-policy.ts';

/** Something that a learner has no business to do. */
export interface Trespass {
  what: string;
  /** Succeeds where it is allowed. */
  attempt: () => Promise<unknown>;
}

/** An account that a learner with a policy shares with another team. */
export interface SharedAccount {
  trespasses: Trespass[];
  close(): Promise<void>;
}

const workshop = { TagKey: 'workshop', TagValue: 'data-key-caching' };
const workshopRun = { TagKey: 'workshop-run', TagValue: 'one' };
/** One for each character of a tag that no name of a run has, and that IAM can forbid; none is too short, and one too long. */
const namesOfNoRun = ['', ...[...' _.:/=+@'].map((character) => `a${character}b`), 'a'.repeat(33)];
const pottery = { TagKey: 'workshop', TagValue: 'pottery' };
const owner = { TagKey: 'owner', TagValue: 'nobody' };
const EncryptionContext = { whatfor: 'usecase-3-cse', run: 'one' };
const KeySpec = 'AES_256';

export async function shareAccount(policy: IamPolicy): Promise<SharedAccount> {
  const aws = await startLocalAws({ principals: [{ userName: 'learner', policies: [policy] }] });
  const { endpoint, region } = aws;
  const administrator = new KMSClient(aws);
  const learner = new KMSClient({ endpoint, region, credentials: aws.credentialsOf('learner') });

  const create = async (kms: KMSClient, aliasName: string, Tags = [workshop, workshopRun]) => {
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Tags }));
    const key = { KeyId: KeyMetadata?.KeyId ?? '' };
    await kms.send(new CreateAliasCommand({ AliasName: aliasName, TargetKeyId: key.KeyId }));
    return key;
  };
  const theirs = await create(administrator, 'alias/pottery', [pottery]);
  const ours = await create(administrator, 'alias/kms_key_cse_usecase_3_one');
  const { CiphertextBlob } = await administrator.send(
    new EncryptCommand({ ...theirs, Plaintext: Buffer.from('a secret'), EncryptionContext }),
  );
  const encryptedOurs = await administrator.send(
    new EncryptCommand({ ...ours, Plaintext: Buffer.from('a secret') }),
  );

  const trespass = (what: string, attempt: Trespass['attempt']) => ({ what, attempt });
  return {
    trespasses: [
      trespass('a key without tags', () => learner.send(new CreateKeyCommand())),
      trespass('a key for another workshop', () =>
        learner.send(new CreateKeyCommand({ Tags: [pottery, workshopRun] })),
      ),
      trespass('a key of no run', () => learner.send(new CreateKeyCommand({ Tags: [workshop] }))),
      ...namesOfNoRun.map((name) =>
        trespass(`a key of a run called "${name}"`, () =>
          learner.send(new CreateKeyCommand({ Tags: [workshop, { ...workshopRun, TagValue: name }] })),
        ),
      ),
      trespass('a key with one more tag', () =>
        learner.send(new CreateKeyCommand({ Tags: [workshop, workshopRun, owner] })),
      ),
      trespass("to tag another team's key", () =>
        learner.send(new TagResourceCommand({ ...theirs, Tags: [workshop, workshopRun] })),
      ),
      trespass('to describe it', () => learner.send(new DescribeKeyCommand(theirs))),
      trespass('to read its tags', () => learner.send(new ListResourceTagsCommand(theirs))),
      trespass('to generate a data key with it', () =>
        learner.send(new GenerateDataKeyCommand({ ...theirs, EncryptionContext, KeySpec })),
      ),
      trespass('to decrypt with it', () =>
        learner.send(new DecryptCommand({ CiphertextBlob, EncryptionContext })),
      ),
      trespass('to give it an alias', () =>
        learner.send(
          new CreateAliasCommand({
            AliasName: 'alias/kms_key_cse_usecase_3_two',
            TargetKeyId: theirs.KeyId,
          }),
        ),
      ),
      trespass('to give an alias with another name', () =>
        learner.send(new CreateAliasCommand({ AliasName: 'alias/ours', TargetKeyId: ours.KeyId })),
      ),
      trespass('a data key without encryption context', () =>
        learner.send(new GenerateDataKeyCommand({ ...ours, KeySpec })),
      ),
      trespass('a data key with another encryption context', () =>
        learner.send(
          new GenerateDataKeyCommand({ ...ours, KeySpec, EncryptionContext: { whatfor: 'payroll' } }),
        ),
      ),
      trespass('to decrypt without encryption context', () =>
        learner.send(new DecryptCommand({ CiphertextBlob: encryptedOurs.CiphertextBlob })),
      ),
      trespass("to schedule the deletion of another team's key", () =>
        learner.send(new ScheduleKeyDeletionCommand({ ...theirs, PendingWindowInDays: 7 })),
      ),
    ],
    async close() {
      learner.destroy();
      administrator.destroy();
      await aws.close();
    },
  };
}
