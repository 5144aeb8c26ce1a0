import { CreateAliasCommand, CreateKeyCommand, EncryptCommand, type KMSClient } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { errorOf, type LocalAwsUnderTest, startUnderTest } from '../../testing/local-aws-under-test.ts';
import { type RecordedAnswer, recordingClient } from '../../testing/recorded-answers.ts';

/** Source of a golden answer. */
export const source = {
  /** localstack/localstack, tests/aws/services/kms/test_kms.snapshot.json: what AWS answered to those tests. */
  recorded: 'recorded from AWS',
  /** The constraint is in AWS's Smithy model (aws/api-models-aws, kms); the sentence is that of recorded answers. */
  model: 'model',
  /** The AWS KMS API reference, which is also the documentation inside `@aws-sdk/client-kms`. */
  reference: 'API reference',
  /** AWS's answers as quoted word for word in public issues. */
  reported: 'reported',
  /** AWS's answer isn't public: the name is one that the operation declares, the sentence is ours. */
  own: 'own words',
} as const;

/** The resources that the rows' calls can name. */
export interface World {
  readonly kms: KMSClient;
  readonly key: { readonly id: string; readonly arn: string };
  readonly other: { readonly id: string; readonly arn: string };
  /** Of `key`, under the encryption context `{ purpose: 'golden' }`. */
  readonly blob: Uint8Array;
  /** Names `key`. */
  readonly alias: string;
}

/**
 * The mistake in the call, the call's input, AWS's answer as `Name: message` or `Name`, and the answer's source. In the
 * answer, `<ARN>` stands for the ARN of the world's key.
 */
export type GoldenRow<Input> = readonly [
  what: string,
  input: (world: World) => Input,
  answer: string,
  source: (typeof source)[keyof typeof source],
];

type Send<Input> = (kms: KMSClient, input: Input) => Promise<unknown>;

let local: LocalAwsUnderTest;
let world: World;
let answers: RecordedAnswer[];

/** Starts one local AWS for all rows of a file: they are refusals, so none of them changes anything. */
export function startWorld(): void {
  beforeAll(async () => {
    local = await startUnderTest();
    const recording = recordingClient(local.clientSettings);
    answers = recording.answers;
    world = await makeWorld(recording.kms);
  });
  afterAll(() => local.aws.close());
}

async function makeWorld(kms: KMSClient): Promise<World> {
  const newKey = async () => {
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    return { id: KeyMetadata?.KeyId ?? '', arn: KeyMetadata?.Arn ?? '' };
  };
  const [key, other] = [await newKey(), await newKey()];
  const alias = 'alias/golden';
  await kms.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: key.id }));
  const EncryptionContext = { purpose: 'golden' };
  const { CiphertextBlob = new Uint8Array() } = await kms.send(
    new EncryptCommand({ KeyId: key.id, Plaintext: Buffer.from('secret'), EncryptionContext }),
  );
  return { kms, key, other, blob: CiphertextBlob, alias };
}

/**
 * One test for each row. It looks at the body as it came over the wire, because the SDK takes `Message` for `message`, and no
 * message for an empty one.
 *
 * @param send sends the operation's command; rows may have an input that TypeScript would not let through
 */
export function golden<Input>(
  operation: string,
  send: Send<Input>,
  rows: readonly GoldenRow<object>[],
): void {
  for (const [what, input, answer, from] of rows) {
    test(`${operation}, ${what} (${from})`, async () => {
      const { status } = await errorOf(send(world.kms, input(world) as Input));
      expect(answers.at(-1)?.body).toEqual(bodyOf(answer.replaceAll('<ARN>', world.key.arn)));
      // KMS answers every error of the caller with 400, whatever its model says (recorded).
      expect(status).toBe(400);
    });
  }
}

function bodyOf(answer: string): object {
  const colon = answer.indexOf(': ');
  if (colon < 0) return { __type: answer };
  const [name, text] = [answer.slice(0, colon), answer.slice(colon + 2)];
  // See `json-protocol.ts`.
  return { __type: name, [name === 'SerializationException' ? 'Message' : 'message']: text };
}

/** The answer to a member that breaks a constraint of the model. */
export const constraint = (at: string, text: string) =>
  `ValidationException: 1 validation error detected: Value ${at} failed to satisfy constraint: Member must ${text}`;

/** The answer to a required member that isn't there. */
export const missing = (member: string) => constraint(`null at '${member}'`, 'not be null');

export const dryRunSucceeded =
  'DryRunOperationException: The request would have succeeded, but the DryRun option is set.';

export const incorrectKey =
  'IncorrectKeyException: The key ID in the request does not identify a CMK that can perform this operation.';

/** Recorded for HMAC_SHA_256 and HMAC_224. */
export const incompatibleAlgorithm =
  'InvalidKeyUsageException: Algorithm SM2PKE is incompatible with key spec SYMMETRIC_DEFAULT.';

export const recipientRefused =
  'UnsupportedOperationException: The local AWS can not answer for a Recipient: it verifies no attestation documents.';
