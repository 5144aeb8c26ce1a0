import { CreateAliasCommand, EncryptCommand, type KMSClient } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { errorOf, type LocalAwsUnderTest, startUnderTest } from '../../testing/local-aws-under-test.ts';

/** Where a golden answer comes from. */
export const source = {
  /** localstack/localstack, tests/aws/services/kms/test_kms.snapshot.json: what AWS answered to those tests. */
  recorded: 'recorded from AWS',
  /** The constraint is in AWS's Smithy model (aws/api-models-aws, kms); the sentence is that of recorded answers. */
  model: 'model',
  /** The AWS KMS API reference, which is also the documentation inside `@aws-sdk/client-kms`. */
  reference: 'API reference',
  /** What callers of AWS quote, word for word, in public issues. */
  reported: 'reported',
  /** AWS's answer isn't public: the name is one that the operation declares, the sentence is ours. */
  own: 'own words',
} as const;

/** What the rows' calls can name. */
export interface World {
  readonly kms: KMSClient;
  readonly key: { readonly id: string; readonly arn: string };
  readonly other: { readonly id: string; readonly arn: string };
  /** Of `key`, under the encryption context `{ purpose: 'golden' }`. */
  readonly blob: Uint8Array;
  /** Names `key`. */
  readonly alias: string;
}

/** What is wrong with the call, the call's input, AWS's answer as `Name: message`, and where that comes from. */
export type GoldenRow<Input> = readonly [
  what: string,
  input: (world: World) => Input,
  answer: string,
  source: (typeof source)[keyof typeof source],
];

type Send<Input> = (kms: KMSClient, input: Input) => Promise<unknown>;

let local: LocalAwsUnderTest;
let world: World;

/** Starts one local AWS for all rows of a file: they are refusals, so none of them changes anything. */
export function startWorld(): void {
  beforeAll(async () => {
    local = await startUnderTest();
    world = await makeWorld(local);
  });
  afterAll(() => local.aws.close());
}

async function makeWorld({ kms, newKey }: LocalAwsUnderTest): Promise<World> {
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
 * One test for each row. In an answer, `<ARN>` stands for the ARN of the world's key.
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
      const { name, message, status } = await errorOf(send(world.kms, input(world) as Input));
      expect(`${name}: ${message}`.replaceAll(world.key.arn, '<ARN>')).toBe(answer);
      // KMS answers every error of the caller with 400, whatever its model says (recorded).
      expect(status).toBe(400);
    });
  }
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

/** What the SDK makes of an error without a message, such as AWS's `InvalidCiphertextException` (recorded). */
export const withoutMessage = (name: string) => `${name}: UnknownError`;
