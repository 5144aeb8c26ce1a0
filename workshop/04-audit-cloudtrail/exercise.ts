import { isDeepStrictEqual } from 'node:util';
import { type CloudTrailClient, type Event, paginateLookupEvents } from '@aws-sdk/client-cloudtrail';
import { DescribeKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import pRetry, { type Options } from 'p-retry';
import { todo } from '#todo';

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
  // TODO 1: predict, before you go on. One of the three.
  return todo('TODO 1: predict why we wait');
}

/** Makes a call that is later than all others, and returns its request id. Once its event is there, theirs should be too. */
async function makeMarkerCall(kms: KMSClient, keyArn: string): Promise<string | undefined> {
  // TODO 2: make a marker call: describe the key. Its request id is in the response's $metadata.
  return todo('TODO 2: make the marker call');
}

/** Returns every event of the key from that time on, each one once. */
async function findEvents(cloudTrail: CloudTrailClient, keyArn: string, from: Date): Promise<Event[]> {
  const events = new Map<string | undefined, Event>();

  // TODO 3: look up the events that have this key as their resource, from that time on. Read every page.
  // Keep each event id once: CloudTrail may deliver an event twice.
  todo('TODO 3: read every page');

  return [...events.values()];
}

/** Counts the GenerateDataKey calls with this encryption context among the events. */
function countCalls(events: Event[], encryptionContext: Record<string, string>): number {
  // TODO 4: count our calls: GenerateDataKey, without an error code, and with each pair of our encryption context.
  return todo('TODO 4: count our calls');
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

    // TODO 5: as long as no event has the request id of the marker call, throw an error: p-retry looks again.
    todo('TODO 5: wait for the marker call');

    // TODO 6: as long as the counts have not stayed the same (isDeepStrictEqual) for the quiet period, throw an error.
    // Then return them.
    return todo('TODO 6: wait for the quiet period');
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
