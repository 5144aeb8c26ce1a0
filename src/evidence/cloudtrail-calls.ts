import {
  type CloudTrailClient,
  type Event,
  type LookupEventsCommandOutput,
  paginateLookupEvents,
} from '@aws-sdk/client-cloudtrail';
import { z } from 'zod';

const detailsSchema = z.object({
  eventID: z.string(),
  eventName: z.string(),
  requestID: z.string(),
  errorCode: z.string().optional(),
  requestParameters: z.object({ encryptionContext: z.record(z.string(), z.string()).optional() }).nullish(),
});

/** A call that succeeded, as CloudTrail shows it. */
export interface AuditedCall {
  operation: string;
  requestId: string;
  encryptionContext: Record<string, string>;
}

/**
 * Looks once, through all pages, for the calls with a key that succeeded, as far as CloudTrail shows them by now; a
 * doubled event counts once.
 *
 * @param from calls before this time are left out
 */
export async function lookUpCalls(
  client: CloudTrailClient,
  keyArn: string,
  from: Date,
): Promise<AuditedCall[]> {
  const calls = new Map<string, AuditedCall>();
  const request = {
    LookupAttributes: [{ AttributeKey: 'ResourceName' as const, AttributeValue: keyArn }],
    StartTime: from,
  };
  for await (const { Events = [] } of paginateLookupEvents({ client }, request)) addCalls(calls, Events);
  return [...calls.values()];
}

/**
 * Collects what CloudTrail answers to a client from now on.
 *
 * @returns a function that gives the calls that succeeded and were shown so far, each one once
 */
export function observeCalls(client: CloudTrailClient): () => AuditedCall[] {
  const calls = new Map<string, AuditedCall>();
  client.middlewareStack.add(
    (next) => async (request) => {
      const result = await next(request);
      const { Events = [] } = result.output as LookupEventsCommandOutput;
      addCalls(calls, Events);
      return result;
    },
    { name: 'observe-calls', step: 'initialize', override: true },
  );
  return () => [...calls.values()];
}

function addCalls(calls: Map<string, AuditedCall>, events: Event[]): void {
  for (const { CloudTrailEvent = '' } of events) {
    const { eventID, eventName, requestID, errorCode, requestParameters } = detailsSchema.parse(
      JSON.parse(CloudTrailEvent),
    );
    if (errorCode) continue;
    const encryptionContext = requestParameters?.encryptionContext ?? {};
    calls.set(eventID, { operation: eventName, requestId: requestID, encryptionContext });
  }
}

/** Says which calls are missing on which side, or nothing when what was sent is what CloudTrail shows. */
export function compareCalls(sent: string[], shown: string[]): string | undefined {
  const notShown = sent.filter((requestId) => !shown.includes(requestId));
  const notSent = shown.filter((requestId) => !sent.includes(requestId));
  const sentences = [
    notShown.length > 0 &&
      `CloudTrail does not show these requests, which were sent: ${notShown.join(', ')}.`,
    notSent.length > 0 && `CloudTrail shows these requests, which were not sent: ${notSent.join(', ')}.`,
  ].filter((sentence) => sentence !== false);
  return sentences.length > 0 ? sentences.join(' ') : undefined;
}
