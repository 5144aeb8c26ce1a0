import { ManualClock } from '../local-aws/index.ts';
import type { Count } from './audit.ts';
import { difficultWeather, makeDifficultCalls } from './difficult-calls.ts';
import { type LocalClients, withLocalClients } from './local-clients.ts';
import { isWorthAnotherLook } from './lookup-retries.ts';
import { wholeSecond } from './scenario.ts';

/** A CloudTrail that delivers at once, and answers as many look-ups as there are. */
export const promptCloudTrail = { delaySeconds: 0, jitterSeconds: 0, lookupsPerSecond: Infinity };

/** What is to be counted in a local AWS, and how patiently. */
export interface LocalCountRequest {
  keyArn: string;
  encryptionContext: Record<string, string>;
  from: Date;
  /** How often to look again. */
  retries?: number;
  /** In milliseconds. */
  quietPeriod?: number;
}

/** Has a function count the calls of one encryption context in a local AWS. */
export function countLocally(
  count: Count,
  clients: LocalClients,
  { encryptionContext, retries = 30, quietPeriod = 60, ...request }: LocalCountRequest,
): Promise<number[]> {
  return count({
    ...clients,
    ...request,
    encryptionContexts: [encryptionContext],
    quietPeriod,
    retry: {
      retries,
      factor: 1,
      minTimeout: 40,
      maxRetryTime: 30_000,
      shouldRetry: ({ error }) => isWorthAnotherLook(error),
    },
  });
}

/**
 * Has a function count all difficult calls, side by side, in a local AWS of their own.
 *
 * @param encryptionContext that of the calls that are to be counted
 * @returns what it counted or threw, by what is difficult about the calls
 */
export function countDifficultCalls(
  count: Count,
  encryptionContext: Record<string, string>,
): Promise<Record<string, number[] | Error>> {
  const clock = new ManualClock();
  const options = { clock, cloudTrail: promptCloudTrail, weather: difficultWeather };
  return withLocalClients(options, async (clients) => {
    const { keyArns, from } = await makeDifficultCalls(clients.kms, clock, encryptionContext);
    const counting = Object.entries(keyArns).map(async ([difficulty, keyArn]) => {
      const request = { keyArn, encryptionContext, from: wholeSecond(from) };
      const outcome = await countLocally(count, clients, request).catch((error: Error) => error);
      return [difficulty, outcome] as const;
    });
    return Object.fromEntries(await Promise.all(counting));
  });
}
