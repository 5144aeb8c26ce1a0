import type { Options } from 'p-retry';

/** How long to look, and for how long a count has to stay the same. */
export interface Patience {
  timeoutSeconds: number;
  quietSeconds: number;
  /** Told of each look that did not decide: why, and after how many seconds. */
  onLook?: (attempt: number, seconds: number, reason: string) => void;
  /** Ends the waiting. */
  signal?: AbortSignal;
}

/**
 * One look in a quiet period: each one after that which saw the marker call can be the last.
 *
 * @param started when the waiting began, in milliseconds
 */
export function retryOptions(patience: Patience, started: number): Options {
  const { timeoutSeconds, quietSeconds, onLook, signal } = patience;
  return {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: quietSeconds * 1000,
    factor: 1,
    maxRetryTime: Math.max(0, started + timeoutSeconds * 1000 - Date.now()),
    shouldRetry: ({ error }) => isWorthAnotherLook(error),
    onFailedAttempt: ({ attemptNumber, error }) =>
      onLook?.(attemptNumber, secondsSince(started), error.message),
    ...(signal && { signal }),
  };
}

/** An error of the SDK, which says whether the client or the server was at fault. */
type ThrownError = Error & { $fault?: 'client' | 'server'; $metadata?: unknown };

/** A TODO, a refusal or a request that is wrong stays as it is; too many requests, and faults of the server, don't. */
export function isWorthAnotherLook({ name, $fault }: ThrownError): boolean {
  if (name === 'TodoError') return false;
  return $fault !== 'client' || name === 'ThrottlingException';
}

/** True if the request still failed for a temporary reason after the SDK's own retries. */
export function isBusy(error: ThrownError): boolean {
  return error.$metadata !== undefined && isWorthAnotherLook(error);
}

/** Why a look did not decide. */
export function reasonOf(error: ThrownError): string {
  return error.$metadata === undefined ? error.message : `AWS answers ${error.name}: ${error.message}`;
}

/** True if the time is up. p-retry's own clock may be slightly ahead. */
export function isTimeUp(started: number, { timeoutSeconds }: Patience): boolean {
  return Date.now() - started > timeoutSeconds * 1000 - 10;
}

export function secondsSince(started: number): number {
  return Math.round((Date.now() - started) / 1000);
}
