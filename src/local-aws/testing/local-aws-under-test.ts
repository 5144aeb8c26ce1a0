import {
  CloudTrailClient,
  LookupEventsCommand,
  type LookupEventsCommandInput,
} from '@aws-sdk/client-cloudtrail';
import { type AliasListEntry, CreateKeyCommand, KMSClient, paginateListAliases } from '@aws-sdk/client-kms';
import { STSClient } from '@aws-sdk/client-sts';
import { test as plainTest } from 'vitest';
import { type LocalAws, type LocalAwsOptions, ManualClock, startLocalAws } from '../index.ts';

/** A local AWS with a clock of its own, and the SDK's clients for it. Clients don't retry: a test sees each answer. */
export interface LocalAwsUnderTest {
  readonly aws: LocalAws;
  readonly clock: ManualClock;
  /** Settings for further clients. */
  readonly clientSettings: ReturnType<typeof clientSettingsFor>;
  readonly kms: KMSClient;
  readonly cloudTrail: CloudTrailClient;
  readonly sts: STSClient;
  /** Creates a key and gives its id and ARN. */
  newKey(): Promise<{ id: string; arn: string }>;
  /** Waits, by the clock, until all events so far are delivered, and looks them up; the records are parsed. */
  deliveredEvents(lookup?: LookupEventsCommandInput): Promise<TrailRecord[]>;
}

/** The members of a record that tests read. */
interface TrailRecord {
  eventName: string;
  eventID: string;
  errorCode?: string;
  requestParameters: Record<string, unknown> | null;
  responseElements: Record<string, unknown> | null;
  resources?: { ARN: string; type: string; accountId: string }[];
  readOnly: boolean;
  [member: string]: unknown;
}

function clientSettingsFor(aws: LocalAws) {
  return { endpoint: aws.endpoint, region: aws.region, credentials: aws.credentials, maxAttempts: 1 };
}

export async function startUnderTest(options: LocalAwsOptions = {}): Promise<LocalAwsUnderTest> {
  const clock = options.clock instanceof ManualClock ? options.clock : new ManualClock();
  const aws = await startLocalAws({ clock, seed: 1, ...options });
  const clientSettings = clientSettingsFor(aws);
  const kms = new KMSClient(clientSettings);
  const cloudTrail = new CloudTrailClient(clientSettings);
  return {
    aws,
    clock,
    clientSettings,
    kms,
    cloudTrail,
    sts: new STSClient(clientSettings),
    async newKey() {
      const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
      return { id: KeyMetadata?.KeyId ?? '', arn: KeyMetadata?.Arn ?? '' };
    },
    async deliveredEvents(lookup = {}) {
      clock.advance({ seconds: 60 });
      const { Events = [] } = await cloudTrail.send(new LookupEventsCommand(lookup));
      return Events.map((event) => JSON.parse(event.CloudTrailEvent ?? '') as TrailRecord);
    },
  };
}

/** Gives each test that asks for it a local AWS of its own. */
export const test = plainTest.extend<{ local: LocalAwsUnderTest }>({
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads the fixtures that one needs from this pattern
  local: async ({}, use) => {
    const local = await startUnderTest();
    await use(local);
    for (const client of [local.kms, local.cloudTrail, local.sts]) client.destroy();
    await local.aws.close();
  },
});

/** Lists the account's own aliases: all but those that AWS has predefined. */
export async function customerAliases(kms: KMSClient): Promise<AliasListEntry[]> {
  const aliases: AliasListEntry[] = [];
  for await (const { Aliases = [] } of paginateListAliases({ client: kms }, {})) aliases.push(...Aliases);
  return aliases.filter(({ AliasName }) => !AliasName?.startsWith('alias/aws/'));
}

/** The error that a call ends in: what a caller sees of it. Throws if the call succeeds. */
export async function errorOf(
  call: Promise<unknown>,
): Promise<{ name: string; message: string; status: number }> {
  let answer: unknown;
  try {
    answer = await call;
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    return { name, message, status: $metadata?.httpStatusCode ?? 0 };
  }
  throw new Error(
    `The call should have failed, but was answered with ${JSON.stringify(Object.keys(answer ?? {}))}.`,
  );
}
