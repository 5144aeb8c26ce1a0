/** How much: a number, or a range out of which chance picks. */
export type Amount = number | readonly [from: number, to: number];

export type ServiceName = 'kms' | 'cloudtrail' | 'sts';

/** Which calls a rule is about. Without either, all calls. */
interface Scope {
  readonly service?: ServiceName | undefined;
  /** Such as `GenerateDataKey`. */
  readonly operation?: string | undefined;
}

/** Which of those calls it strikes. Without either, each of them. */
type Occurrence =
  | {
      /** The share of the calls, at random: 0 to 1. */
      readonly rate?: number | undefined;
      readonly sequence?: undefined;
    }
  | {
      readonly rate?: undefined;
      /** Exactly these: `[false, true]` strikes the second call, and no other. */
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
 * What the call changes takes a while to be seen: until then, operations that change nothing (cryptographic ones are among
 * them) see the key or the alias as it was before.
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

/** A rule about what becomes of a call, and of its answer. */
export type CallRule = Scope & Occurrence & CallFault;
/** A rule about what is seen of a change to a key or an alias. */
export type ChangeRule = Scope & Occurrence & LateChange;
/** A rule about how CloudTrail delivers the event of a call. */
export type EventRule = Scope & Occurrence & EventFault;

/** A fault that the local AWS makes on purpose, and when. */
export type WeatherRule = CallRule | ChangeRule | EventRule;
