// Wrong: every call with our encryption context is counted.
// Says: look at EventName
import { CloudTrailClient, type Event, paginateLookupEvents } from '@aws-sdk/client-cloudtrail';
import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import pRetry, { type Options } from 'p-retry';

export interface AuditRequest {
  keyArn: string;
  encryptionContext: Record<string, string>;
  /** Calls before this time are not ours. */
  from: Date;
  /** How often, and how long, to look. */
  retry: Options;
  /** How long the count has to stay the same, in milliseconds. */
  quietPeriod: number;
}

/** Your prediction: why does a look right after the call find nothing? */
export function predictWhyWeWait(): 'not recorded' | 'not delivered yet' | 'needs a query' {
  // 1. Predict.
  return 'not delivered yet';
}

/** Makes a call that comes after all others: when its event is there, theirs should soon be too. Gives its id. */
async function makeMarkerCall(keyArn: string): Promise<string | undefined> {
  // 2. Make the marker call.
  const { $metadata } = await new KMSClient().send(new DescribeKeyCommand({ KeyId: keyArn }));
  return $metadata.requestId;
}

/** Gives every event of the key from that time on, each one once. */
async function findEvents(keyArn: string, from: Date): Promise<Event[]> {
  // CloudTrail answers two look-ups a second: the SDK tries again when it was one too many.
  const client = new CloudTrailClient({ maxAttempts: 10 });
  const events = new Map<string | undefined, Event>();

  // 3. Read every page.
  const pages = paginateLookupEvents(
    { client },
    { LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: keyArn }], StartTime: from },
  );
  for await (const page of pages) {
    for (const event of page.Events ?? []) events.set(event.EventId, event);
  }

  return [...events.values()];
}

/** Counts the GenerateDataKey calls with this key and encryption context that CloudTrail knows of. */
export async function countGenerateDataKeyCalls(request: AuditRequest): Promise<number> {
  const { keyArn, encryptionContext, from, retry, quietPeriod } = request;
  const markerId = await makeMarkerCall(keyArn);

  let count = -1;
  let unchangedSince = 0;
  return pRetry(async () => {
    const events = await findEvents(keyArn, from);

    // 4. Wait until the marker call is there.
    if (!events.some((event) => details(event).requestID === markerId)) {
      throw new Error('the marker call is not there yet');
    }

    // 5. Count the calls that are ours.
    const calls = events.filter((event) => {
      const { errorCode, requestParameters } = details(event);
      const theirs = requestParameters?.encryptionContext ?? {};
      const isOurs = Object.entries(encryptionContext).every(([name, value]) => theirs[name] === value);
      return !errorCode && isOurs;
    }).length;

    // 6. Wait until the count has stayed the same for the quiet period.
    if (calls !== count) {
      count = calls;
      unchangedSince = Date.now();
    }
    if (Date.now() - unchangedSince < quietPeriod) {
      throw new Error(`${calls} so far, but the quiet period is not over`);
    }
    return calls;
  }, retry);
}

interface EventDetails {
  requestID: string;
  errorCode?: string;
  requestParameters?: { encryptionContext?: Record<string, string> };
}

/** CloudTrail gives the details of an event as a JSON text. */
function details(event: Event): EventDetails {
  return JSON.parse(event.CloudTrailEvent ?? '{}');
}
