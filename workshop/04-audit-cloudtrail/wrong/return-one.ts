// Wrong: it answers without looking.
// Says: Nobody encrypted with this encryption context
import type { Options } from 'p-retry';

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
  return request ? 1 : 0;
}
