import type { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import type { KMSClient } from '@aws-sdk/client-kms';
import pRetry, { type Options } from 'p-retry';
import { type AuditedCall, lookUpCalls } from './cloudtrail-calls.ts';

/** What is counted apart from everything else, by its encryption context. */
export interface Scenario {
  name: string;
  encryptionContext: Record<string, string>;
  /** The request ids of the GenerateDataKey calls that were made. */
  sent: string[];
}

/** What is to be audited, and with whose eyes. */
export interface AuditSubject {
  kms: KMSClient;
  cloudTrail: CloudTrailClient;
  keyArn: string;
  /** Calls before this time don't count. */
  from: Date;
  scenarios: Scenario[];
}

/** How long to look, and for how long a count has to stay the same. */
export interface AuditPatience {
  timeoutSeconds: number;
  quietSeconds: number;
  /** Told of each look that did not decide: why, and after how many seconds. */
  onLook?: (attempt: number, seconds: number, reason: string) => void;
  /** Ends the waiting. */
  signal?: AbortSignal;
}

/** A function that counts, as step 4's exercise does. */
export type Count = (request: {
  kms: KMSClient;
  cloudTrail: CloudTrailClient;
  keyArn: string;
  encryptionContexts: Record<string, string>[];
  from: Date;
  retry: Options;
  quietPeriod: number;
}) => Promise<number[]>;

/** A scenario, how many calls were counted, and the request ids that CloudTrail shows. */
export interface AuditedScenario extends Scenario {
  counted: number | undefined;
  shown: string[];
}

/** CloudTrail does not tell enough for a count: nobody is wrong, but nothing is decided. */
export class UndecidedError extends Error {
  override name = 'UndecidedError';
}

/**
 * Counts all scenarios at once, so that each look serves them all, and looks once more for what the counts were about.
 *
 * @throws UndecidedError when the time runs out, or when the count came before all that was sent could be seen;
 *   whatever the function throws that counts, when another look would not help
 */
export async function audit(
  count: Count,
  subject: AuditSubject,
  patience: AuditPatience,
): Promise<AuditedScenario[]> {
  const { keyArn, from, cloudTrail, scenarios } = subject;
  const started = Date.now();
  const retry = retryOptions(patience, started);
  try {
    const counts = await count({
      ...subject,
      encryptionContexts: scenarios.map(({ encryptionContext }) => encryptionContext),
      retry,
      quietPeriod: patience.quietSeconds * 1000,
    });
    const calls = await pRetry(() => lookUpCalls(cloudTrail, keyArn, from), retry);
    const audited = scenarios.map((scenario, index) => ({
      ...scenario,
      counted: counts[index],
      shown: calls.filter((call) => isOf(scenario, call)).map(({ requestId }) => requestId),
    }));
    requireAllShown(audited, patience);
    return audited;
  } catch (error) {
    if (!isWorthAnotherLook(error as Error)) throw error;
    if (!isOfAws(error as Error) && !isTimeUp(started, patience)) throw error;
    const { name, message } = error as Error;
    const reason = isOfAws(error as Error) ? `AWS answered ${name}: ${message}` : message;
    throw new UndecidedError(`Could not decide within ${secondsSince(started)} s, because ${reason}`, {
      cause: error,
    });
  }
}

function isOf({ encryptionContext }: Scenario, call: AuditedCall): boolean {
  const hasPair = ([name, value]: [string, string]) => call.encryptionContext[name] === value;
  return call.operation === 'GenerateDataKey' && Object.entries(encryptionContext).every(hasPair);
}

/** A count is only as good as what CloudTrail showed when it was made. */
function requireAllShown(audited: AuditedScenario[], { quietSeconds }: AuditPatience): void {
  const missing = audited.flatMap(({ sent, shown }) =>
    sent.filter((requestId) => !shown.includes(requestId)),
  );
  if (missing.length === 0) return;
  throw new UndecidedError(
    `Could not decide, because CloudTrail does not show these requests, which were sent: ${missing.join(', ')}. ` +
      `Count when it is complete. (If the code is right, the quiet period of ${quietSeconds} s was too short: ` +
      'WORKSHOP_CLOUDTRAIL_QUIET_SECONDS makes it longer.)',
  );
}

/**
 * One look in a quiet period: each look after the one that saw the marker call can be the last one. Whoever looks more
 * often takes look-ups away from the others in the account, who share two a second.
 */
function retryOptions(
  { timeoutSeconds, quietSeconds, onLook, signal }: AuditPatience,
  started: number,
): Options {
  return {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: quietSeconds * 1000,
    factor: 1,
    maxRetryTime: timeoutSeconds * 1000,
    shouldRetry: ({ error }) => isWorthAnotherLook(error),
    onFailedAttempt: ({ attemptNumber, error }) =>
      onLook?.(attemptNumber, secondsSince(started), error.message),
    ...(signal && { signal }),
  };
}

/** What the SDK throws says whose fault it was. */
type ThrownError = Error & { $fault?: 'client' | 'server'; $metadata?: unknown };

/** A TODO, a refusal or a request that is wrong stays as it is; too many requests, and faults of the server, don't. */
function isWorthAnotherLook({ name, $fault }: ThrownError): boolean {
  if (name === 'TodoError' || name === 'UndecidedError') return false;
  return $fault !== 'client' || name === 'ThrottlingException';
}

function isOfAws({ $metadata }: ThrownError): boolean {
  return $metadata !== undefined;
}

/** p-retry has a clock of its own, which may be a little ahead. */
function isTimeUp(started: number, { timeoutSeconds }: AuditPatience): boolean {
  return Date.now() - started > timeoutSeconds * 1000 - 10;
}

function secondsSince(started: number): number {
  return Math.round((Date.now() - started) / 1000);
}
