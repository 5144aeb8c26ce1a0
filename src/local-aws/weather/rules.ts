/** How much: a number, or a range out of which chance picks. */
export type Amount = number | readonly [from: number, to: number];

/** Which calls a rule is about. Without either, all calls. */
interface Scope {
  readonly service?: 'kms' | 'cloudtrail' | 'sts' | undefined;
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

export type EventFault = LateEvent | DoubledEvent;

/** A fault that the local AWS makes on purpose, and when. */
export type WeatherRule = Scope & Occurrence & EventFault;
