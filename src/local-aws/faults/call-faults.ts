import { AwsError, internalFailure } from '../api/errors.ts';
import type { Performed } from '../api/operation.ts';
import { type Clock, sleepBy } from '../clock.ts';
import { type ActiveRule, type Call, draw, type Random } from './active-rule.ts';
import type { CallRule } from './rules.ts';

/** The faults that one call gets. */
export interface InjectedFaults {
  /** Every fault that takes effect, for a log. */
  readonly faults: readonly CallRule['fault'][];
  /** The result of the call, which is not carried out. */
  readonly refusal?: Performed;
  /** The connection is reset: before the call is carried out, or afterwards, instead of an answer. */
  readonly reset?: 'before-call' | 'after-call';
  /** How much longer the answer takes. */
  readonly delayMilliseconds: number;
}

/** Injects faults into calls, at the front door. */
export class CallFaultInjector {
  readonly #rules: readonly ActiveRule<CallRule>[];
  readonly #clock: Clock;

  constructor(rules: readonly ActiveRule<CallRule>[], clock: Clock) {
    this.#rules = rules;
    this.#clock = clock;
  }

  /**
   * Decides the faults of a call. Must be called once for each call, in their order. Delays add up; of the other faults, the
   * first in the list takes effect.
   *
   * @returns undefined if the call gets no fault
   */
  faultsFor(call: Call): InjectedFaults | undefined {
    let injected: InjectedFaults | undefined;
    for (const active of this.#rules) {
      const random = active.decide(call);
      if (random)
        injected = withFault(active.rule, injected ?? { faults: [], delayMilliseconds: 0 }, call, random);
    }
    return injected;
  }

  sleep(milliseconds: number): Promise<void> {
    return sleepBy(this.#clock, milliseconds);
  }
}

function withFault(
  rule: CallRule,
  injected: InjectedFaults,
  { service }: Call,
  random: Random,
): InjectedFaults {
  const faults = [...injected.faults, rule.fault];
  if (rule.fault === 'latency') {
    return {
      ...injected,
      faults,
      delayMilliseconds: injected.delayMilliseconds + draw(rule.milliseconds, random),
    };
  }
  if (injected.refusal || injected.reset) return injected;
  switch (rule.fault) {
    case 'throttle':
      return { ...injected, faults, refusal: refusedWith(throttled(service)) };
    case 'server-error':
      return { ...injected, faults, refusal: refusedWith(failed(service)) };
    case 'reset':
      return { ...injected, faults, reset: rule.carriedOut ? 'after-call' : 'before-call' };
  }
}

/** CloudTrail records no parameters, because the call is refused before they are read. */
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
