import { setImmediate } from 'node:timers/promises';
import type { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { Clock } from 'local-kms-cloudtrail';
import { vi } from 'vitest';

/** The state that the SDK passes from attempt to attempt. */
interface Answered {
  response?: unknown;
  $response?: unknown;
}

/**
 * Time that passes only when everybody waits for it. Code that sleeps for a minute is woken at once, in the right order,
 * while requests are real and take no time at all. For code that asks a local AWS of the same process.
 */
export class VirtualTime {
  #requestsUnderWay = 0;
  #answersDelayed = 0;

  /** The clock of the local AWS. */
  readonly clock: Clock = {
    now: () => Date.now(),
    sleep: async (milliseconds) => {
      this.#answersDelayed++;
      await new Promise((wake) => setTimeout(wake, milliseconds));
      this.#answersDelayed--;
    },
  };

  /** Takes the place of the clock and the timers of this process. */
  start(now: Date): void {
    vi.useFakeTimers({ now, toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'] });
  }

  stop(): void {
    vi.useRealTimers();
  }

  /** Lets time stand still while one of the client's requests is under way. */
  watch(client: KMSClient | CloudTrailClient): void {
    // Around each attempt, answer included; what the SDK does between two attempts, it does in virtual time.
    (client as KMSClient).middlewareStack.add(
      (next) => async (request) => {
        this.#requestsUnderWay++;
        try {
          const answered = await next(request);
          forgetDate(answered);
          return answered;
        } catch (error) {
          forgetDate(error as Answered);
          throw error;
        } finally {
          this.#requestsUnderWay--;
        }
      },
      { name: 'virtual-time', step: 'deserialize', priority: 'high' },
    );
  }

  /** Lets time pass until the action has come to its end. */
  async passDuring<Result>(action: Promise<Result>): Promise<Result> {
    let isOver = false;
    const end = () => {
      isOver = true;
    };
    action.then(end, end);
    while (!isOver) {
      await settled();
      if (this.#requestsUnderWay === this.#answersDelayed && !isOver) vi.advanceTimersToNextTimer();
    }
    return action;
  }
}

/** Node writes the real date into each answer, and the SDK would sign its next request by that. */
function forgetDate({ response, $response }: Answered): void {
  const { headers } = (response ?? $response ?? {}) as { headers?: Record<string, string> };
  if (headers) delete headers.date;
}

/** Lets everything happen that is due, such as the code that goes on after an answer. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await setImmediate();
}
