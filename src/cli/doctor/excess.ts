import {
  CreateAliasCommand,
  CreateKeyCommand,
  GenerateDataKeyCommand,
  type KMSClient,
  ListKeysCommand,
  ListResourceTagsCommand,
  type Tag,
} from '@aws-sdk/client-kms';
import { scheduleDeletion, tagsOfTheWorkshop } from '../../run/endpoint/calls.ts';
import type { Run } from '../../state/run.ts';
import { attempt } from './ask.ts';
import { type Finding, moreThanNeeded, notChecked, ok } from './finding.ts';

/**
 * Something that the workshop doesn't need, which docs/iam-policy.json therefore doesn't allow. The call changes nothing,
 * even where it is allowed.
 */
export interface Excess {
  what: string;
  call: () => Promise<unknown>;
}

/** Number of keys to inspect in search of one that belongs to somebody else. */
const mostKeys = 20;

/** Tries what should be refused. */
export async function lookForExcess(excesses: Excess[]): Promise<Finding> {
  const subject = 'Least privilege';
  const allowed: string[] = [];
  for (const { what, call } of excesses) {
    const answer = await attempt(call);
    if (answer.kind === 'busy' || answer.kind === 'no answer' || answer.kind === 'not there') {
      return notChecked(subject, `${answer.error.name}: ${answer.error.message}`);
    }
    if (answer.kind !== 'refused') allowed.push(what);
  }
  if (allowed.length === 0) return ok(subject, 'what the workshop does not need was refused');
  return moreThanNeeded(
    subject,
    [
      'more is allowed than the workshop needs, which is no obstacle:',
      ...allowed.map((what) => `  ${what}`),
    ].join('\n'),
    'docs/iam-policy.json is enough: see docs/running-on-aws.md.',
  );
}

/** Can't make a key: there is no such key store. An endpoint that makes one all the same has it deleted. */
export async function createKeyNowhere(kms: KMSClient, Tags: Tag[]): Promise<void> {
  const { KeyMetadata } = await kms.send(
    new CreateKeyCommand({ Origin: 'AWS_CLOUDHSM', CustomKeyStoreId: 'cks-00000000000000000', Tags }),
  );
  await scheduleDeletion(kms, KeyMetadata?.KeyId);
}

/** The calls that can be tried without a key. */
export function excessOfAccount(kms: KMSClient, run: Run): Excess[] {
  const tags = tagsOfTheWorkshop(run);
  const other = { TagKey: 'workshop', TagValue: 'something else' };
  const tagged = (what: string, Tags: Tag[]) => ({
    what: `kms:CreateKey ${what}`,
    call: () => createKeyNowhere(kms, Tags),
  });
  return [
    tagged('without tags', []),
    tagged('with another value of the tag "workshop"', [other, ...without('workshop', tags)]),
    tagged('without the tag "workshop-run"', without('workshop-run', tags)),
    tagged('with the name of a run that no run can have', [
      ...without('workshop-run', tags),
      { TagKey: 'workshop-run', TagValue: '../name' },
    ]),
    tagged('with other tags than the workshop has', [...tags, { TagKey: 'owner', TagValue: run.name }]),
  ];
}

/**
 * Returns the attempts that need a key of the workshop.
 *
 * @param KeyId of a key whose deletion is pending: KMS refuses it because of its state, even if the call is allowed
 */
export function excessOfKey(kms: KMSClient, run: Run, KeyId: string): Excess[] {
  return [
    {
      what: "kms:CreateAlias with a name that isn't the workshop's",
      call: () =>
        kms.send(new CreateAliasCommand({ AliasName: 'alias/not_of_the_workshop', TargetKeyId: KeyId })),
    },
    ...[{}, { ...run.encryptionContext, whatfor: 'something else' }].map((EncryptionContext) => ({
      what: `kms:GenerateDataKey with the encryption context ${JSON.stringify(EncryptionContext)}`,
      call: () => kms.send(new GenerateDataKeyCommand({ KeyId, EncryptionContext, KeySpec: 'AES_256' })),
    })),
  ];
}

/** The calls that can be tried with another owner's key, if there is one: reading its tags, and a dry run. */
export async function excessOfOthersKey(kms: KMSClient, run: Run): Promise<Excess[]> {
  const KeyId = await findKeyOfOthers(kms, run);
  if (KeyId === undefined) return [];
  const request = { KeyId, KeySpec: 'AES_256' as const, EncryptionContext: run.encryptionContext };
  return [
    {
      what: "kms:ListResourceTags of a key that isn't the workshop's",
      call: () => kms.send(new ListResourceTagsCommand({ KeyId })),
    },
    {
      what: "kms:GenerateDataKey with a key that isn't the workshop's",
      call: () => kms.send(new GenerateDataKeyCommand({ ...request, DryRun: true })),
    },
  ];
}

/** A key that hasn't the workshop's tag, or whose tags aren't for the caller to see. */
async function findKeyOfOthers(kms: KMSClient, run: Run): Promise<string | undefined> {
  const { Keys = [] } = await kms.send(new ListKeysCommand({ Limit: mostKeys }));
  for (const { KeyId } of Keys) {
    let tags: Tag[] = [];
    const answer = await attempt(async () => {
      tags = (await kms.send(new ListResourceTagsCommand({ KeyId }))).Tags ?? [];
    });
    const isOfOthers = answer.kind === 'done' && !hasTag(tags, run.tags[0]);
    if (isOfOthers || answer.kind === 'refused') return KeyId;
  }
  return undefined;
}

function without(key: string, tags: Tag[]): Tag[] {
  return tags.filter(({ TagKey }) => TagKey !== key);
}

function hasTag(tags: Tag[], wanted: Tag | undefined): boolean {
  return tags.some(({ TagKey, TagValue }) => TagKey === wanted?.TagKey && TagValue === wanted?.TagValue);
}
