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

/** Counts the GenerateDataKey calls with this key and encryption context that CloudTrail knows of. */
export async function countGenerateDataKeyCalls(request: AuditRequest): Promise<number> {
  const { keyArn, encryptionContext, from, retry, quietPeriod } = request;
  const cloudTrail = new CloudTrailClient({ maxAttempts: 10 });

  // 2. Make a marker call: what was called before it should be visible soon after it is.
  const marker = await new KMSClient().send(new DescribeKeyCommand({ KeyId: keyArn }));
  const markerId = marker.$metadata.requestId;

  let count = -1;
  let unchangedSince = 0;
  return pRetry(async () => {
    const events = await findEvents(cloudTrail, keyArn, from);

    // 3. Wait until the marker call is there.
    if (!events.some((event) => details(event).requestID === markerId)) {
      throw new Error('The marker call is not in CloudTrail yet.');
    }

    // 4. Count the calls that are ours.
    const calls = events.filter((event) => isOurCall(event, encryptionContext)).length;

    // 5. Wait until the count has stayed the same for the quiet period.
    if (calls !== count) {
      count = calls;
      unchangedSince = Date.now();
    }
    if (Date.now() - unchangedSince < quietPeriod) {
      throw new Error(`${count} so far; the quiet period isn't over.`);
    }
    return count;
  }, retry);
}

/** Gives every event of the key since then, each one once, from all pages. */
async function findEvents(cloudTrail: CloudTrailClient, keyArn: string, from: Date): Promise<Event[]> {
  const events = new Map<string | undefined, Event>();

  // 6. Read every page; keep each event id once.
  const pages = paginateLookupEvents(
    { client: cloudTrail },
    { LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: keyArn }], StartTime: from },
  );
  for await (const page of pages) {
    for (const event of page.Events ?? []) events.set(event.EventId, event);
  }

  return [...events.values()];
}

/** Tells whether an event is a GenerateDataKey call with our encryption context. */
function isOurCall(event: Event, encryptionContext: Record<string, string>): boolean {
  // 7. Compare the event's name and encryption context.
  const theirs = details(event).requestParameters?.encryptionContext ?? {};
  return (
    event.EventName === 'GenerateDataKey' &&
    Object.entries(encryptionContext).every(([name, value]) => theirs[name] === value)
  );
}

interface EventDetails {
  requestID?: string;
  requestParameters?: { encryptionContext?: Record<string, string> };
}

/** CloudTrail gives an event's details as a JSON text. */
function details(event: Event): EventDetails {
  return JSON.parse(event.CloudTrailEvent ?? '{}');
}
