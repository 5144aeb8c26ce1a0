import { randomUUID } from 'node:crypto';
import { KMSClient, ListResourceTagsCommand, type Tag } from '@aws-sdk/client-kms';
import type { Run } from '../../state/run.ts';
import type { Lack } from '../../steps/lack.ts';
import type { Need } from '../../steps/step-needs.ts';
import { whyNotThere } from './why-not-there.ts';

/**
 * Finds out which operations an endpoint lacks without making anything: it asks for lists, and for a key and an alias that
 * don't exist. What isn't found, or isn't allowed, is an operation that is there.
 */
export async function askForOperations(run: Run): Promise<Lack[]> {
  // Loaded when it comes to that: a run on the local AWS asks nothing.
  const { callsWithKey, callsWithoutKey } = await import('./calls.ts');
  const kms = new KMSClient();
  const aliasName = `${run.aliasName}_asked_for`;
  const {
    'kms:TagResource': _,
    'kms:CreateAlias': createAlias,
    'kms:DeleteAlias': deleteAlias,
    ...others
  } = { ...callsWithoutKey(kms), ...callsWithKey(kms, run, randomUUID(), aliasName) };
  const lacks = await Promise.all([
    ...Object.entries(others).map(([need, call]) => lackOf(need as Need, call)),
    // An endpoint that gives an alias to a key that doesn't exist has it deleted by the second call.
    lackOf('kms:CreateAlias', createAlias).then(async (lack) => [
      ...lack,
      ...(await lackOf('kms:DeleteAlias', deleteAlias)),
    ]),
  ]);
  kms.destroy();
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
  const { callsWithKey } = await import('./calls.ts');
  const kms = new KMSClient();
  const calls = callsWithKey(kms, run, keyArn);
  const isKnown = (need: Need) => lacks.some((lack) => lack.need === need);
  const found: Lack[] = [];
  for (const need of ['kms:GenerateDataKey', 'kms:Decrypt'] as const) {
    if (!isKnown(need)) found.push(...(await lackOf(need, calls[need])));
  }
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

/** The need as a lack, if the call shows that the endpoint lacks it. */
async function lackOf(need: Need, call: () => Promise<unknown>): Promise<Lack[]> {
  try {
    return (await call()) === undefined ? [{ need, why: 'the answer is empty' }] : [];
  } catch (error) {
    const why = whyNotThere(error);
    return why ? [{ need, why }] : [];
  }
}
