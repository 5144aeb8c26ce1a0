import {
  CancelKeyDeletionCommand,
  CreateKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  type KMSClient,
  RotateKeyOnDemandCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import {
  type AnsweredCallInfo,
  type FaultRule,
  type LocalAwsOptions,
  ManualClock,
} from 'local-kms-cloudtrail';

/** The faults that the calls meet: the first look-up is throttled, and the event of the second call is delivered twice. */
export const difficultFaults: FaultRule[] = [
  { operation: 'LookupEvents', fault: 'throttle', sequence: [true] },
  { operation: 'GenerateDataKey', fault: 'doubled-event', secondsApart: 0, sequence: [false, true] },
];

/** Calls that are easily miscounted, each with a key of its own, so that one account has room for all. */
export interface DifficultCalls {
  /** The keys' ARNs, by what is difficult about their calls. */
  keyArns: Record<string, string>;
  /** When to count from. */
  from: Date;
}

/**
 * Makes the calls in a local AWS.
 *
 * @param ours the encryption context whose GenerateDataKey calls are to be counted
 */
export async function makeDifficultCalls(
  kms: KMSClient,
  clock: ManualClock,
  ours: Record<string, string>,
): Promise<DifficultCalls> {
  const keyArns: Record<string, string> = {};
  const key = async (difficulty: string) => {
    const keyArn = await createAuditedKey(kms);
    keyArns[difficulty] = keyArn;
    return keyArn;
  };

  const earlier = await key('earlier');
  await generateDataKey(kms, earlier, ours);
  clock.advance({ seconds: 200 });
  const from = new Date(clock.now());
  await generateDataKey(kms, await key('doubled'), ours);
  await generateDataKey(kms, earlier, ours);

  const twice = await key('twice');
  await generateDataKey(kms, twice, ours);
  await generateDataKey(kms, twice, ours);

  const otherRuns = await key('otherRuns');
  await generateDataKey(kms, otherRuns, { ...ours, run: 'of-somebody-else' });
  await generateDataKey(kms, otherRuns, {});
  await generateDataKey(kms, otherRuns, ours);

  await generateDataKey(kms, await key('signed'), { ...ours, 'aws-crypto-public-key': 'of a signing suite' });

  const similarRuns = await key('similarRuns');
  for (const similar of similarContexts(ours)) await generateDataKey(kms, similarRuns, similar);

  const withoutPlaintext = await key('withoutPlaintext');
  const dataKey = { KeySpec: 'AES_256', EncryptionContext: ours } as const;
  await kms.send(new GenerateDataKeyWithoutPlaintextCommand({ KeyId: withoutPlaintext, ...dataKey }));

  const otherCalls = await key('otherCalls');
  await generateDataKey(kms, otherCalls, ours);
  const secret = { Plaintext: Buffer.from('a secret'), EncryptionContext: ours };
  await kms.send(new EncryptCommand({ KeyId: otherCalls, ...secret }));
  // The event that AWS makes of it has no request parameters at all.
  await kms.send(new RotateKeyOnDemandCommand({ KeyId: otherCalls }));

  const failed = await key('failed');
  await kms.send(new DisableKeyCommand({ KeyId: failed }));
  await generateDataKey(kms, failed, ours).catch(() => {});
  await kms.send(new ScheduleKeyDeletionCommand({ KeyId: failed, PendingWindowInDays: 7 }));
  await generateDataKey(kms, failed, ours).catch(() => {});
  await kms.send(new CancelKeyDeletionCommand({ KeyId: failed }));
  await kms.send(new EnableKeyCommand({ KeyId: failed }));
  await generateDataKey(kms, failed, ours);

  await key('nothing');
  return { keyArns, from };
}

/** Encryption contexts that a loose comparison takes for this one. */
function similarContexts(context: Record<string, string>): Record<string, string>[] {
  const entries = Object.entries(context);
  const mapped = (change: (value: string, index: number) => string) =>
    Object.fromEntries(entries.map(([name, value], index) => [name, change(value, index)]));
  return [
    mapped((value) => value.toUpperCase()),
    mapped((value) => `${value}-2`),
    // The same values under one another's names.
    mapped((value, index) => entries[index - 1]?.[1] ?? entries.at(-1)?.[1] ?? value),
    // All pairs but one.
    Object.fromEntries(entries.slice(1)),
    Object.fromEntries(entries.slice(0, -1)),
  ];
}

/**
 * Options of a local AWS where the event of the second GenerateDataKey call comes late. A look takes a second: a marker call
 * is there at the second look, and the late event at the third.
 */
export function lateEvent(): LocalAwsOptions {
  const clock = new ManualClock();
  const onCall = ({ operation }: AnsweredCallInfo) => {
    if (operation === 'LookupEvents') clock.advance({ seconds: 1 });
  };
  const faults: FaultRule[] = [
    { operation: 'GenerateDataKey', fault: 'late-event', seconds: 1, sequence: [false, true] },
  ];
  const cloudTrail = { delaySeconds: 1, jitterSeconds: 0, lookupsPerSecond: Infinity };
  return { clock, cloudTrail, faults, onCall };
}

/** A CloudTrail that delivers at once, and answers as many look-ups as there are. */
export const promptCloudTrail = { delaySeconds: 0, jitterSeconds: 0, lookupsPerSecond: Infinity };

/** Creates a key, and gives its ARN. */
export async function createAuditedKey(kms: KMSClient): Promise<string> {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  return KeyMetadata?.Arn ?? '';
}

/** Asks KMS for a data key, and leaves it at that. Gives the request's id. */
export async function generateDataKey(
  kms: KMSClient,
  keyArn: string,
  encryptionContext: Record<string, string>,
): Promise<string> {
  const { $metadata } = await kms.send(
    new GenerateDataKeyCommand({
      KeyId: keyArn,
      KeySpec: 'AES_256',
      EncryptionContext: encryptionContext,
    }),
  );
  return $metadata.requestId ?? '';
}
