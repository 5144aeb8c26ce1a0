import type { InputReading } from './input-reading.ts';

/** The kinds of members that AWS's models have. */
export type ShapeKind =
  | 'string'
  | 'enum'
  | 'number'
  | 'boolean'
  | 'timestamp'
  | 'blob'
  | 'map'
  | 'list'
  | 'structure';

/** Type and constraints of a request's member. `members.ts` has one function for each kind. */
export abstract class Shape<Value> {
  abstract readonly kind: ShapeKind;

  /**
   * Gives the value as operations work with it. What is wrong with it is said to the reading, and then what comes back isn't
   * to be used.
   *
   * @param given what the request has; neither undefined nor null
   */
  abstract read(given: unknown, reading: InputReading): Value;

  optional(): OptionalShape<Value> {
    return new OptionalShape(this);
  }

  /** @param value what takes the place of a member that isn't there */
  default<const Default extends Value>(value: Default): DefaultShape<Value> {
    return new DefaultShape(this, value);
  }
}

/** A member that may be left away. */
export class OptionalShape<Value> {
  readonly shape: Shape<Value>;
  readonly absent: undefined;

  constructor(shape: Shape<Value>) {
    this.shape = shape;
  }
}

/** A member that has a value even if it is left away. */
export class DefaultShape<Value> {
  readonly shape: Shape<Value>;
  readonly absent: Value;

  constructor(shape: Shape<Value>, absent: Value) {
    this.shape = shape;
    this.absent = absent;
  }
}

export type MemberShape = Shape<unknown> | OptionalShape<unknown> | DefaultShape<unknown>;

/** The members of a structure. */
export type MemberShapes = Readonly<Record<string, MemberShape>>;

/** Type of a shape's values. */
export type ValueOf<Of> =
  Of extends Shape<infer Value>
    ? Value
    : Of extends OptionalShape<infer Value>
      ? Value | undefined
      : Of extends DefaultShape<infer Value>
        ? Value
        : never;

type OptionalNames<Members> = {
  [Name in keyof Members]: Members[Name] extends OptionalShape<unknown> ? Name : never;
}[keyof Members];

/** Type of the values of a structure with these members. */
export type StructureValue<Members> = {
  [Name in Exclude<keyof Members, OptionalNames<Members>>]: ValueOf<Members[Name]>;
} & { [Name in OptionalNames<Members>]?: ValueOf<Members[Name]> };
