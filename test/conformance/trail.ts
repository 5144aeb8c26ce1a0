import { type Event, paginateLookupEvents } from '@aws-sdk/client-cloudtrail';
import pRetry from 'p-retry';
import { inject } from 'vitest';
import { cloudTrail } from './clients.ts';

/** The record of a call: CloudTrail user guide, cloudtrail-event-reference-record-contents.html. */
export interface TrailRecord {
  eventID: string;
  eventName: string;
  eventTime: string;
  requestID?: string;
  readOnly: boolean;
  errorCode?: string;
  errorMessage?: string;
  requestParameters: Record<string, unknown> | null;
  responseElements: Record<string, unknown> | null;
  resources?: { ARN: string; accountId?: string; type?: string }[];
  [member: string]: unknown;
}

/** An event as LookupEvents answers with it, and the record that is in it. */
export interface ShownCall {
  event: Event;
  record: TrailRecord;
}

/** Looks once, through all pages, for the calls that are about a key. CloudTrail may show an event twice. */
export async function lookUpCalls(keyArn: string): Promise<ShownCall[]> {
  const calls = new Map<string, ShownCall>();
  const LookupAttributes = [{ AttributeKey: 'ResourceName' as const, AttributeValue: keyArn }];
  for await (const { Events = [] } of paginateLookupEvents({ client: cloudTrail }, { LookupAttributes })) {
    for (const event of Events) {
      const record: TrailRecord = JSON.parse(event.CloudTrailEvent ?? '');
      calls.set(record.eventID, { event, record });
    }
  }
  return [...calls.values()];
}

/**
 * Looks again and again until CloudTrail shows all of these calls, for as long as the settings say.
 *
 * @throws Error that names the calls which are missing
 */
export function waitForCalls(keyArn: string, requestIds: readonly string[]): Promise<ShownCall[]> {
  return pRetry(
    async () => {
      const calls = await lookUpCalls(keyArn);
      const shown = calls.map(({ record }) => record.requestID);
      const missing = requestIds.filter((requestId) => !shown.includes(requestId));
      if (missing.length === 0) return calls;
      throw new Error(
        `CloudTrail does not show the requests ${missing.join(', ')} of the key ${keyArn} yet.`,
      );
    },
    {
      retries: 10_000,
      minTimeout: 250,
      factor: 1.5,
      maxTimeout: 15_000,
      maxRetryTime: inject('run').cloudTrail.timeoutSeconds * 1000,
    },
  );
}

/** The id of a request that was answered, or refused. */
export async function requestIdOf(call: Promise<{ $metadata: { requestId?: string } }>): Promise<string> {
  const { $metadata } = await call.catch((error) => {
    if (error.$metadata?.requestId) return error as { $metadata: { requestId: string } };
    throw error;
  });
  return $metadata.requestId ?? '';
}
