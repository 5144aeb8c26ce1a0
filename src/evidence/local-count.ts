import type {
  CloudTrailClient,
  LookupEventsCommandInput,
  LookupEventsCommandOutput,
} from '@aws-sdk/client-cloudtrail';
import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import { type FaultRule, type LocalAwsOptions, ManualClock } from 'local-kms-cloudtrail';
import type { Count } from './audit.ts';
import {
  createAuditedKey,
  difficultFaults,
  generateDataKey,
  makeDifficultCalls,
  promptCloudTrail,
} from './difficult-calls.ts';
import { type ClientsOfLocalAws, withLocalClients } from './local-clients.ts';
import { isWorthAnotherLook } from './lookup-retries.ts';
import { wholeSecond } from './scenario.ts';

/** The calls to count in a local AWS, and how long to wait. */
export interface LocalCountRequest {
  keyArn: string;
  encryptionContexts: Record<string, string>[];
  /** Default: the beginning of time. */
  from?: Date;
  /** How often to look again. Default: 12 times, twice as often as it takes. */
  retries?: number;
  /** How long to look again, in milliseconds. Default: 30 seconds. */
  maxRetryTime?: number;
  /** In milliseconds. Default: 15. */
  quietPeriod?: number;
  /** Maximum number of events on a page. Default: CloudTrail's own, 50. */
  pageSize?: number;
  /** Called before each look. */
  beforeLook?: () => Promise<unknown>;
}

/** The result of a count in a local AWS, and what it took. */
export interface LocalCount {
  /** The value that the function returned; undefined if it threw an error. */
  counts: number[] | undefined;
  /** `a count`, or the message of the error that the function threw. */
  answer: string;
  /** The name of the error of AWS that the function threw, or `none`. */
  awsError: string;
  /** Number of calls to KMS. */
  markerCalls: number;
  /** Number of look-ups sent, not counting those for further pages. */
  looks: number;
  /** Number of events that CloudTrail answered. */
  events: number;
}

/** A key in a local AWS, and the function that counts the calls with it. */
export interface AuditedKey {
  keyArn: string;
  clients: ClientsOfLocalAws;
  /** Calls GenerateDataKey. Default: with the encryption context whose calls are counted. */
  generateDataKey(encryptionContext?: Record<string, string>): Promise<unknown>;
  /** @throws what the function throws, unless it is an error of AWS or its own reason to wait: an `Error` */
  count(request?: Partial<LocalCountRequest>): Promise<LocalCount>;
}

/** Has a function count the calls with an encryption context, in local AWSs. */
export class LocalCounting {
  readonly #count: Count;
  readonly #encryptionContext: Record<string, string>;

  constructor(count: Count, encryptionContext: Record<string, string>) {
    this.#count = count;
    this.#encryptionContext = encryptionContext;
  }

  /** Runs an action with a new key in a local AWS, whose CloudTrail is prompt unless the options have another. */
  withKey<Result>(options: LocalAwsOptions, action: (key: AuditedKey) => Promise<Result>): Promise<Result> {
    return withLocalClients({ cloudTrail: promptCloudTrail, ...options }, async (clients) => {
      const keyArn = await createAuditedKey(clients.kms);
      return action({
        keyArn,
        clients,
        generateDataKey: (context = this.#encryptionContext) => generateDataKey(clients.kms, keyArn, context),
        count: (request) => this.#countIn(clients, { keyArn, ...request }),
      });
    });
  }

  /** As `withKey`, where CloudTrail shows that somebody described the key, and takes an hour to show what comes after. */
  withUndeliveredEvents<Result>(action: (key: AuditedKey) => Promise<Result>): Promise<Result> {
    const clock = new ManualClock();
    const cloudTrail = { ...promptCloudTrail, delaySeconds: 3600 };
    return this.withKey({ clock, cloudTrail }, async (key) => {
      await key.clients.kms.send(new DescribeKeyCommand({ KeyId: key.keyArn }));
      clock.advance({ seconds: 3600 });
      return action(key);
    });
  }

  /** Counts once, while calls fail. */
  despite(rule: FaultRule): Promise<LocalCount> {
    return this.withKey({ faults: [rule] }, ({ count }) => count({ retries: 1 }));
  }

  /**
   * Counts all difficult calls, side by side, in one local AWS.
   *
   * @returns the counts, by what is difficult about the calls
   */
  difficultCalls(): Promise<Record<string, LocalCount>> {
    const clock = new ManualClock();
    const options = { clock, cloudTrail: promptCloudTrail, faults: difficultFaults };
    return withLocalClients(options, async (clients) => {
      const { keyArns, from } = await makeDifficultCalls(clients.kms, clock, this.#encryptionContext);
      const counting = Object.entries(keyArns).map(async ([difficulty, keyArn]) => {
        // Nothing changes meanwhile: the second look answers, or the third where the first is refused.
        const request = { keyArn, from, quietPeriod: 5, retries: 4 };
        return [difficulty, await this.#countIn(clients, request)] as const;
      });
      return Object.fromEntries(await Promise.all(counting));
    });
  }

  async #countIn(
    { createClients }: ClientsOfLocalAws,
    request: Partial<LocalCountRequest> & { keyArn: string },
  ): Promise<LocalCount> {
    const { keyArn, encryptionContexts = [this.#encryptionContext], from = new Date(0) } = request;
    const { retries = 12, maxRetryTime = 30_000, quietPeriod = 15 } = request;
    const { kms, cloudTrail } = createClients();
    const seen = { markerCalls: 0, looks: 0, events: 0 };
    kms.middlewareStack.add((next) => (call) => {
      seen.markerCalls++;
      return next(call);
    });
    watchLooks(cloudTrail, seen, { ...request, allowed: maxRetryTime === 0 ? 1 : retries + 1 });
    const shouldRetry = ({ error }: { error: Error }) => isWorthAnotherLook(error);
    const retry = { retries, factor: 1, minTimeout: 10, maxRetryTime, shouldRetry };
    try {
      const where = { kms, cloudTrail, keyArn, from: wholeSecond(from) };
      const counts = await this.#count({ ...where, encryptionContexts, quietPeriod, retry });
      return { counts, answer: 'a count', awsError: 'none', ...seen };
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const isOfAws = '$metadata' in error;
      if (!isOfAws && error.name !== 'Error') throw error;
      return { counts: undefined, answer: error.message, awsError: isOfAws ? error.name : 'none', ...seen };
    }
  }
}

/** Counts the looks of a client, and ends the count at the first look that isn't allowed. */
function watchLooks(
  client: CloudTrailClient,
  seen: { looks: number; events: number },
  { allowed, pageSize, beforeLook }: Partial<LocalCountRequest> & { allowed: number },
): void {
  client.middlewareStack.add(
    (next) => async (request) => {
      const input = request.input as LookupEventsCommandInput;
      if (!input.NextToken) {
        seen.looks++;
        // p-retry repeats any error but a TypeError.
        if (seen.looks > allowed) throw Object.assign(new TypeError('too many looks'), { name: 'Error' });
        await beforeLook?.();
      }
      const result = await next({
        ...request,
        input: { ...input, ...(pageSize && { MaxResults: pageSize }) },
      });
      seen.events += (result.output as LookupEventsCommandOutput).Events?.length ?? 0;
      return result;
    },
    { name: 'watch-looks', step: 'initialize' },
  );
}
