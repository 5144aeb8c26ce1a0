import {
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  KMSClient,
  ListAliasesCommand,
  ListKeysCommand,
} from '@aws-sdk/client-kms';
import { afterEach, describe, expect, test } from 'vitest';
import { readSettings } from '../../settings/settings.ts';
import { describeRun } from '../../state/run.ts';
import { useEnvironment } from '../target.ts';
import { askForOperations, askOfKey } from './ask-endpoint.ts';
import { answersOfEmulators, answersThatTellNothing } from './testing/emulator-answers.ts';
import { type LimitedEndpoint, type RawAnswer, startLimitedEndpoint } from './testing/limited-endpoint.ts';

const run = describeRun(
  readSettings('no folder', {
    WORKSHOP_TARGET: 'endpoint',
    AWS_REGION: 'eu-central-1',
    AWS_ENDPOINT_URL: 'http://127.0.0.1',
  }),
);

let leave = async () => {};
afterEach(() => leave());

/** Goes to an endpoint that answers to some operations in its own way. */
async function goTo(answers: Record<string, RawAnswer | undefined>, more = {}): Promise<LimitedEndpoint> {
  const endpoint = await startLimitedEndpoint((operation) => answers[operation]);
  const restore = useEnvironment({ ...endpoint.environment, ...more });
  leave = async () => {
    restore();
    await endpoint.close();
  };
  return endpoint;
}

const ok = (body: object): RawAnswer => ({
  status: 200,
  type: 'application/x-amz-json-1.1',
  body: JSON.stringify(body),
});

describe('without a key', () => {
  test('finds everything at a complete endpoint, and creates nothing', async () => {
    const { aws } = await goTo({});

    expect(await askForOperations(run)).toEqual([]);
    const kms = new KMSClient(aws);
    const made = async () => {
      const { Keys = [] } = await kms.send(new ListKeysCommand({}));
      const { Aliases = [] } = await kms.send(new ListAliasesCommand({}));
      const own = Aliases.filter(({ TargetKeyId }) => TargetKeyId !== undefined);
      return { keys: Keys.length, aliases: own.length };
    };
    expect(await made()).toEqual({ keys: 0, aliases: 0 });

    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    await kms.send(new CreateAliasCommand({ AliasName: 'alias/made', TargetKeyId: KeyMetadata?.KeyId }));
    expect(await made()).toEqual({ keys: 1, aliases: 1 });
  });

  describe.each(Object.entries(answersOfEmulators))('as %s answers', (_who, answer) => {
    test('CloudTrail is lacking', async () => {
      await goTo({ LookupEvents: answer });

      expect(await askForOperations(run)).toEqual([
        { need: 'cloudtrail:LookupEvents', why: expect.stringMatching(/^\d{3}[ ,]|is empty$/) },
      ]);
    });

    test('an operation of KMS is lacking', async () => {
      await goTo({ ListResourceTags: answer });

      expect(await askForOperations(run)).toEqual([
        { need: 'kms:ListResourceTags', why: expect.stringMatching(/^\d{3}[ ,]|is empty$/) },
      ]);
    });
  });

  test.each(Object.entries(answersThatTellNothing))('%s is no lack', async (_what, answer) => {
    const { asked } = await goTo({ LookupEvents: answer, ListResourceTags: answer, Decrypt: answer });

    expect(await askForOperations(run)).toEqual([]);
    expect(asked).toEqual(expect.arrayContaining(['LookupEvents', 'ListResourceTags', 'Decrypt']));
  });

  test('a service without an answer is lacking', async () => {
    await goTo({}, { AWS_ENDPOINT_URL_CLOUDTRAIL: 'http://127.0.0.1:1' });

    expect(await askForOperations(run)).toEqual([
      {
        need: 'cloudtrail:LookupEvents',
        why: 'nobody answers (connect ECONNREFUSED 127.0.0.1:1)',
      },
    ]);
  });

  test('several things can be lacking, each with what was answered', async () => {
    const { AWS, 'Local KMS': localKms } = answersOfEmulators;
    await goTo({ CreateAlias: AWS, ScheduleKeyDeletion: localKms });

    const lacks = await askForOperations(run);
    expect(lacks).toHaveLength(2);
    expect(lacks).toContainEqual({ need: 'kms:CreateAlias', why: '400 UnknownOperationException' });
    expect(lacks).toContainEqual({
      need: 'kms:ScheduleKeyDeletion',
      why: '501 UnsupportedOperationException: This target is not implemented',
    });
  });
});

describe('of a key', () => {
  async function createdKey({ aws }: LimitedEndpoint): Promise<string> {
    const { KeyMetadata } = await new KMSClient(aws).send(new CreateKeyCommand({ Tags: run.tags }));
    return KeyMetadata?.Arn ?? '';
  }

  test('finds everything at a complete endpoint, and leaves the key as it was', async () => {
    const endpoint = await goTo({});
    const keyArn = await createdKey(endpoint);

    expect(await askOfKey(run, keyArn, [])).toEqual([]);
    const { KeyMetadata } = await new KMSClient(endpoint.aws).send(new DescribeKeyCommand({ KeyId: keyArn }));
    expect(KeyMetadata?.KeyState).toBe('Enabled');
  });

  test('tags that are not kept are lacking', async () => {
    const endpoint = await goTo({ ListResourceTags: ok({ Tags: [] }) });

    expect(await askOfKey(run, await createdKey(endpoint), [])).toEqual([
      { need: 'kms:CreateKey (Tags)', why: 'the key is there, but not with its tags' },
    ]);
  });

  test('an encryption context that is not taken is lacking', async () => {
    const refusal = { __type: 'ValidationException', message: 'EncryptionContext is not supported' };
    const endpoint = await goTo({ GenerateDataKey: { ...ok(refusal), status: 400 } });

    expect(await askOfKey(run, await createdKey(endpoint), [])).toEqual([
      {
        need: 'kms:GenerateDataKey',
        why: '400 ValidationException: EncryptionContext is not supported',
      },
    ]);
  });

  test('an operation known to be lacking is not tried again', async () => {
    const endpoint = await goTo({});
    const keyArn = await createdKey(endpoint);
    const why = 'known';
    await askOfKey(run, keyArn, []);
    expect(new Set(endpoint.asked)).toEqual(new Set(['GenerateDataKey', 'Decrypt', 'ListResourceTags']));
    endpoint.asked.length = 0;

    await askOfKey(run, keyArn, [
      { need: 'kms:GenerateDataKey', why },
      { need: 'kms:Decrypt', why },
      { need: 'kms:ListResourceTags', why },
    ]);
    expect(endpoint.asked).toEqual([]);
  });
});
