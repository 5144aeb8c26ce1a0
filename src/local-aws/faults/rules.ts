/** A number, or a range from which a random number is taken. */
export type Amount = number | readonly [from: number, to: number];

export type ServiceName = 'kms' | 'cloudtrail' | 'sts';

/** The calls that a rule matches. Without either member, it matches all calls. */
interface Scope {
  readonly service?: ServiceName | undefined;
  /** Such as `GenerateDataKey`. */
  readonly operation?: string | undefined;
}

/** The matching calls that get the fault. Without either member, all of them. */
type Occurrence =
  | {
      /** The share of the calls, at random: 0 to 1. */
      readonly rate?: number | undefined;
      readonly sequence?: undefined;
    }
  | {
      readonly rate?: undefined;
      /** Exactly these: `[false, true]` is the second call, and no other. */
      readonly sequence?: readonly boolean[] | undefined;
    };

/** The call isn't carried out, but answered with AWS's `ThrottlingException`. */
interface Throttle {
  readonly fault: 'throttle';
}

/** The call isn't carried out, but answered with status 500. */
interface ServerError {
  readonly fault: 'server-error';
}

/** The connection is reset instead of an answer. */
interface Reset {
  readonly fault: 'reset';
  /** True: the call is carried out, though the client never hears of it. Default false. */
  readonly carriedOut?: boolean | undefined;
}

/** The answer takes longer. The call is carried out at once. */
interface Latency {
  readonly fault: 'latency';
  readonly milliseconds: Amount;
}

/**
 * The call's change takes a while to be seen. Until then, operations that change nothing, including the cryptographic ones,
 * see the key or the alias as it was before.
 */
interface LateChange {
  readonly service?: 'kms' | undefined;
  readonly fault: 'late-change';
  readonly seconds: Amount;
}

/** CloudTrail delivers the event of the call later than others. */
interface LateEvent {
  readonly fault: 'late-event';
  /** On top of CloudTrail's own delay. */
  readonly seconds: Amount;
}

/** CloudTrail delivers the event of the call twice, under the same event id. */
interface DoubledEvent {
  readonly fault: 'doubled-event';
  /** How much later the second delivery is. Default 0. */
  readonly secondsApart?: Amount | undefined;
}

type CallFault = Throttle | ServerError | Reset | Latency;
type EventFault = LateEvent | DoubledEvent;

/** A rule that affects a call or its answer. */
export type CallRule = Scope & Occurrence & CallFault;
/** A rule that delays a change to a key or an alias. */
export type ChangeRule = Scope & Occurrence & LateChange;
/** A rule that affects how CloudTrail delivers the event of a call. */
export type EventRule = Scope & Occurrence & EventFault;

/** A fault that the local AWS injects on purpose, and the calls that get it. */
export type FaultRule = CallRule | ChangeRule | EventRule;
