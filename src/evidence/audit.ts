import type { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import type { KMSClient } from '@aws-sdk/client-kms';
import pRetry, { type Options } from 'p-retry';
import { type AuditedCall, lookUpCalls, observeCalls } from './cloudtrail-calls.ts';
import {
  isBusy,
  isTimeUp,
  isWorthAnotherLook,
  type Patience,
  reasonOf,
  retryOptions,
  secondsSince,
} from './lookup-retries.ts';
import { type Scenario, UndecidedError } from './scenario.ts';

/** The subject of an audit, and the clients to look with. */
export interface AuditSubject {
  kms: KMSClient;
  cloudTrail: CloudTrailClient;
  keyArn: string;
  /** Calls before this time don't count. */
  from: Date;
  scenarios: Scenario[];
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

/** A scenario, how many calls were counted, and the request ids that CloudTrail has shown. */
export interface AuditedScenario extends Scenario {
  counted: number | undefined;
  shown: string[];
}

/**
 * Counts all scenarios at once, so that each look serves them all, and compares the counts with the requests that were
 * sent. CloudTrail's answers to the looks of the count are evidence enough, unless a request that was sent is missing: then
 * the audit waits for it, and counts again.
 *
 * @throws UndecidedError when the time runs out; the error of the function that counts, when another look would not
 *   help
 */
export async function audit(
  count: Count,
  subject: AuditSubject,
  patience: Patience,
): Promise<AuditedScenario[]> {
  const started = Date.now();
  try {
    return await countUntilAllIsShown(count, subject, patience, started);
  } catch (error) {
    if (!(error instanceof Error) || !isTimeUp(started, patience) || !isWorthAnotherLook(error)) throw error;
    throw new UndecidedError(
      `Could not decide within ${secondsSince(started)} s, because ${reasonOf(error)}`,
      { cause: error },
    );
  }
}

async function countUntilAllIsShown(
  count: Count,
  subject: AuditSubject,
  patience: Patience,
  started: number,
): Promise<AuditedScenario[]> {
  const { cloudTrail, keyArn, from, scenarios } = subject;
  const seen = observeCalls(cloudTrail);
  for (;;) {
    const retry = retryOptions(patience, started);
    const request = {
      ...subject,
      encryptionContexts: scenarios.map(({ encryptionContext }) => encryptionContext),
      retry,
      quietPeriod: patience.quietSeconds * 1000,
    };
    // A marker call that AWS has no time for is no reason to give up.
    const counts = await pRetry(() => count(request), {
      ...retry,
      shouldRetry: ({ error }) => isBusy(error),
    });
    if (missingOf(scenarios, seen()).length === 0) {
      return scenarios.map((scenario, index) => ({
        ...scenario,
        counted: counts[index],
        shown: shownOf(scenario, seen()),
      }));
    }
    await pRetry(
      async () => {
        const missing = missingOf(scenarios, await lookUpCalls(cloudTrail, keyArn, from));
        if (missing.length === 0) return;
        throw new Error(`CloudTrail does not show these requests, which were sent: ${missing.join(', ')}`);
      },
      retryOptions(patience, started),
    );
  }
}

function missingOf(scenarios: Scenario[], calls: AuditedCall[]): string[] {
  return scenarios.flatMap((scenario) => {
    const shown = shownOf(scenario, calls);
    return scenario.sent.filter((requestId) => !shown.includes(requestId));
  });
}

function shownOf({ encryptionContext }: Scenario, calls: AuditedCall[]): string[] {
  return calls
    .filter(({ operation }) => operation === 'GenerateDataKey')
    .filter((call) =>
      Object.entries(encryptionContext).every(([name, value]) => call.encryptionContext[name] === value),
    )
    .map(({ requestId }) => requestId);
}
