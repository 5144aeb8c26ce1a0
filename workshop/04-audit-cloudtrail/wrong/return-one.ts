// Wrong: it answers without looking.
// Says: Nobody encrypted with this key
import type { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { Options } from 'p-retry';

export interface AuditRequest {
  kms: KMSClient;
  cloudTrail: CloudTrailClient;
  keyArn: string;
  /** Whose calls to count. */
  encryptionContexts: Record<string, string>[];
  /** Calls before this time are not ours. */
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

/** Counts, for each encryption context, the GenerateDataKey calls with this key that CloudTrail knows of. */
export async function countGenerateDataKeyCalls(request: AuditRequest): Promise<number[]> {
  return request.encryptionContexts.map(() => 1);
}
