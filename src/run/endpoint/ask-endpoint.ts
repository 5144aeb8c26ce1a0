import { randomBytes, randomUUID } from 'node:crypto';
import {
  CreateAliasCommand,
  DecryptCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  GenerateDataKeyCommand,
  KMSClient,
  ListAliasesCommand,
  ListKeysCommand,
  ListResourceTagsCommand,
  ScheduleKeyDeletionCommand,
  type Tag,
} from '@aws-sdk/client-kms';
import type { Run } from '../../state/run.ts';
import type { Lack } from '../../steps/lack.ts';
import type { Need } from '../../steps/step-needs.ts';
import { whyNotThere } from './why-not-there.ts';

/** Asks for an operation; gives what an answer of AWS's can't be without. */
type Question = [need: Need, ask: () => Promise<unknown>];

const emptyAnswer = 'the answer is empty';

/**
 * Finds out which operations an endpoint lacks without making anything: it asks for lists, and for keys and an alias that
 * don't exist. What isn't found, or isn't allowed, is an operation that is there.
 */
export async function askForOperations(run: Run): Promise<Lack[]> {
  // Loaded when it comes to that: a run on the local AWS asks nothing.
  const { CloudTrailClient, LookupEventsCommand } = await import('@aws-sdk/client-cloudtrail');
  const kms = new KMSClient();
  const cloudTrail = new CloudTrailClient();
  const KeyId = randomUUID();
  const AliasName = `${run.aliasName}_asked_for`;
  const EncryptionContext = run.encryptionContext;
  const CiphertextBlob = randomBytes(64);
  const findLacks = async (...questions: Question[]) => {
    const lacks: Lack[] = [];
    for (const question of questions) lacks.push(...(await answerOf(question)));
    return lacks;
  };
  const lacks = await Promise.all([
    findLacks([
      'kms:DescribeKey',
      async () => (await kms.send(new DescribeKeyCommand({ KeyId: AliasName }))).KeyMetadata,
    ]),
    findLacks(['kms:ListKeys', async () => (await kms.send(new ListKeysCommand({ Limit: 1 }))).Keys]),
    findLacks([
      'kms:ListAliases',
      async () => (await kms.send(new ListAliasesCommand({ Limit: 1 }))).Aliases,
    ]),
    findLacks([
      'kms:ListResourceTags',
      async () => (await kms.send(new ListResourceTagsCommand({ KeyId }))).Tags,
    ]),
    findLacks([
      'kms:GenerateDataKey',
      async () =>
        (await kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256', EncryptionContext })))
          .CiphertextBlob,
    ]),
    findLacks([
      'kms:Decrypt',
      async () => (await kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }))).Plaintext,
    ]),
    findLacks([
      'kms:ScheduleKeyDeletion',
      async () => (await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }))).KeyId,
    ]),
    // An endpoint that gives an alias to a key that doesn't exist has it deleted by the second question.
    findLacks(
      ['kms:CreateAlias', () => kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: KeyId }))],
      ['kms:DeleteAlias', () => kms.send(new DeleteAliasCommand({ AliasName }))],
    ),
    findLacks([
      'cloudtrail:LookupEvents',
      async () => (await cloudTrail.send(new LookupEventsCommand({ MaxResults: 1 }))).Events,
    ]),
  ]);
  kms.destroy();
  cloudTrail.destroy();
  return lacks.flat();
}

/**
 * Finds out what only a key can tell: whether it can generate a data key and decrypt it, and has the tags that it was
 * created with.
 *
 * @param lacks what is known to be lacking already, and isn't asked for again
 * @returns what is lacking too
 */
export async function askOfKey(run: Run, keyArn: string, lacks: Lack[]): Promise<Lack[]> {
  const kms = new KMSClient();
  const EncryptionContext = run.encryptionContext;
  let CiphertextBlob: Uint8Array | undefined;
  const questions: Question[] = [
    [
      'kms:GenerateDataKey',
      async () => {
        const request = { KeyId: keyArn, KeySpec: 'AES_256' as const, EncryptionContext };
        ({ CiphertextBlob } = await kms.send(new GenerateDataKeyCommand(request)));
        return CiphertextBlob;
      },
    ],
    [
      'kms:Decrypt',
      async () => {
        if (!CiphertextBlob) return 'not asked for';
        return (await kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }))).Plaintext;
      },
    ],
  ];
  const isKnown = (need: Need) => lacks.some((lack) => lack.need === need);
  const found: Lack[] = [];
  for (const question of questions) if (!isKnown(question[0])) found.push(...(await answerOf(question)));
  if (!isKnown('kms:ListResourceTags') && (await hasLostTags(kms, run, keyArn)))
    found.push({ need: 'kms:CreateKey (Tags)', why: 'the key is there, but not with its tags' });
  kms.destroy();
  return found;
}

/** Only an answer tells: who isn't allowed to look may have a key with tags. */
async function hasLostTags(kms: KMSClient, run: Run, KeyId: string): Promise<boolean> {
  const answer = await kms.send(new ListResourceTagsCommand({ KeyId })).catch(() => undefined);
  const has = ({ TagKey, TagValue }: Tag) =>
    answer?.Tags?.some((tag) => tag.TagKey === TagKey && tag.TagValue === TagValue);
  return answer !== undefined && !run.tags.every(has);
}

async function answerOf([need, ask]: Question): Promise<Lack[]> {
  try {
    return (await ask()) === undefined ? [{ need, why: emptyAnswer }] : [];
  } catch (error) {
    const why = whyNotThere(error);
    return why ? [{ need, why }] : [];
  }
}
