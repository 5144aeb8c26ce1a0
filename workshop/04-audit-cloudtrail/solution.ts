import { isDeepStrictEqual } from 'node:util';
import { type CloudTrailClient, type Event, paginateLookupEvents } from '@aws-sdk/client-cloudtrail';
import { DescribeKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import pRetry, { type Options } from 'p-retry';

export interface AuditRequest {
  kms: KMSClient;
  cloudTrail: CloudTrailClient;
  keyArn: string;
  /** Whose calls to count. */
  encryptionContexts: Record<string, string>[];
  /** Earlier calls are not ours. */
  from: Date;
  /** How often, and how long, to look. */
  retry: Options;
  /** How long the counts have to stay the same, in milliseconds. */
  quietPeriod: number;
}

/** Your prediction: why does a look right after the call find nothing? */
export function predictWhyWeWait(): 'not recorded' | 'not delivered yet' | 'needs a query' {
  // 1. Predict.
  return 'not delivered yet';
}

/** Makes a call that is later than all others, and returns its request id. Once its event is there, theirs should be too. */
async function makeMarkerCall(kms: KMSClient, keyArn: string): Promise<string | undefined> {
  // 2. Make the marker call.
  const { $metadata } = await kms.send(new DescribeKeyCommand({ KeyId: keyArn }));
  return $metadata.requestId;
}

/** Returns every event of the key from that time on, each one once. */
async function findEvents(cloudTrail: CloudTrailClient, keyArn: string, from: Date): Promise<Event[]> {
  const events = new Map<string | undefined, Event>();

  // 3. Read every page.
  const pages = paginateLookupEvents(
    { client: cloudTrail },
    { LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: keyArn }], StartTime: from },
  );
  for await (const page of pages) {
    for (const event of page.Events ?? []) events.set(event.EventId, event);
  }

  return [...events.values()];
}

/** Counts the GenerateDataKey calls with this encryption context among the events. */
function countCalls(events: Event[], encryptionContext: Record<string, string>): number {
  // 4. Count the calls that are ours.
  const calls = events.filter((event) => {
    const { errorCode, requestParameters } = details(event);
    const theirs = requestParameters?.encryptionContext ?? {};
    const isOurs = Object.entries(encryptionContext).every(([name, value]) => theirs[name] === value);
    return event.EventName === 'GenerateDataKey' && !errorCode && isOurs;
  });
  return calls.length;
}

/** Counts, for each encryption context, the GenerateDataKey calls with this key that CloudTrail shows. */
export async function countGenerateDataKeyCalls(request: AuditRequest): Promise<number[]> {
  const { kms, cloudTrail, keyArn, encryptionContexts, from, retry, quietPeriod } = request;
  const markerId = await makeMarkerCall(kms, keyArn);

  let lastCounts: number[] = [];
  let unchangedSince = 0;
  return pRetry(async () => {
    const events = await findEvents(cloudTrail, keyArn, from);
    const counts = encryptionContexts.map((encryptionContext) => countCalls(events, encryptionContext));

    // 5. Wait until the marker call is there.
    if (!events.some((event) => details(event).requestID === markerId)) {
      throw new Error('the marker call is not there yet');
    }

    // 6. Wait until the counts have stayed the same for the quiet period.
    if (!isDeepStrictEqual(counts, lastCounts)) {
      lastCounts = counts;
      unchangedSince = Date.now();
    }
    if (Date.now() - unchangedSince < quietPeriod) {
      throw new Error(`${counts.join(', ')} so far, but the quiet period is not over`);
    }
    return counts;
  }, retry);
}

interface EventDetails {
  requestID: string;
  errorCode?: string;
  requestParameters?: { encryptionContext?: Record<string, string> };
}

/** Parses the details of an event, which CloudTrail sends as JSON. */
function details(event: Event): EventDetails {
  return JSON.parse(event.CloudTrailEvent ?? '{}');
}
