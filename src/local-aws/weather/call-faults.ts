import { AwsError, internalFailure } from '../api/errors.ts';
import type { Performed } from '../api/operation.ts';
import { type Clock, sleepBy } from '../clock.ts';
import { type ActiveRule, type Call, draw, type Random } from './active-rule.ts';
import type { CallRule } from './rules.ts';

/** What the weather does to one call. */
export interface CallFate {
  /** Every fault that takes effect, for a log. */
  readonly faults: readonly CallRule['fault'][];
  /** What comes of the call instead of its being carried out. */
  readonly refusal?: Performed;
  /** The connection is reset: in place of carrying the call out, or of answering it. */
  readonly reset?: 'before-call' | 'after-call';
  /** How much longer the answer takes. */
  readonly delayMilliseconds: number;
}

/** The weather that calls meet at the front door. */
export class CallWeather {
  readonly #rules: readonly ActiveRule<CallRule>[];
  readonly #clock: Clock;

  constructor(rules: readonly ActiveRule<CallRule>[], clock: Clock) {
    this.#rules = rules;
    this.#clock = clock;
  }

  /**
   * To be asked once about each call, in their order. Of the rules that strike it, the first one decides what becomes of
   * it; delays add up.
   *
   * @returns undefined if the call is spared
   */
  fateOf(call: Call): CallFate | undefined {
    let fate: CallFate | undefined;
    for (const active of this.#rules) {
      const random = active.strike(call);
      if (random) fate = withFault(active.rule, fate ?? { faults: [], delayMilliseconds: 0 }, call, random);
    }
    return fate;
  }

  sleep(milliseconds: number): Promise<void> {
    return sleepBy(this.#clock, milliseconds);
  }
}

function withFault(rule: CallRule, fate: CallFate, { service }: Call, random: Random): CallFate {
  const faults = [...fate.faults, rule.fault];
  if (rule.fault === 'latency') {
    return { ...fate, faults, delayMilliseconds: fate.delayMilliseconds + draw(rule.milliseconds, random) };
  }
  if (fate.refusal || fate.reset) return fate;
  switch (rule.fault) {
    case 'throttle':
      return { ...fate, faults, refusal: refusedWith(throttled(service)) };
    case 'server-error':
      return { ...fate, faults, refusal: refusedWith(failed(service)) };
    case 'reset':
      return { ...fate, faults, reset: rule.carriedOut ? 'after-call' : 'before-call' };
  }
}

/** Nobody has looked at the parameters yet, so CloudTrail is told of none. */
const refusedWith = (error: AwsError): Performed => ({
  error,
  entry: { requestParameters: null, responseElements: null, resources: [] },
});

/** KMS's text is in its developer guide (throttling.html); the other one is common to AWS's services. */
const throttled = (service: string) =>
  new AwsError(
    'ThrottlingException',
    service === 'kms'
      ? 'You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.'
      : 'Rate exceeded',
  );

/** Each operation of KMS declares this error, with this text (KMS API reference); the other services have none of their own. */
const failed = (service: string) =>
  service === 'kms'
    ? new AwsError(
        'KMSInternalException',
        'The request was rejected because an internal exception occurred. The request can be retried.',
        500,
      )
    : internalFailure();
