import type { InputReading } from './input-reading.ts';
import { type MemberShape, type MemberShapes, Shape, type StructureValue } from './shape.ts';

/*
 * The shapes of which every operation's input is made, named as AWS's Smithy models name them. They are not made with a
 * validation library, because what is asked of them is AWS's own: its texts, its order, its wire types. They are also made
 * anew at each start, and read with each request, and take little time for both.
 */

interface Limits {
  readonly min?: number;
  readonly max?: number;
}

class TextShape extends Shape<string> {
  readonly kind = 'string';
  readonly #limits: Limits;
  readonly #pattern: RegExp | undefined;

  constructor({ pattern, ...limits }: Limits & { pattern?: RegExp }) {
    super();
    this.#limits = limits;
    this.#pattern = pattern;
  }

  read(given: unknown, reading: InputReading): string {
    if (typeof given !== 'string') {
      reading.doesNotFit(given, 'a String');
      return '';
    }
    checkLimits(this.#limits, given.length, 'length', given, reading);
    if (this.#pattern && !isWholeMatch(this.#pattern, given)) {
      const pattern = this.#pattern.source.replaceAll('\\/', '/');
      reading.breaks(`Member must satisfy regular expression pattern: ${pattern}`, given);
    }
    return given;
  }
}

class IntegerShape extends Shape<number> {
  readonly kind = 'number';
  readonly #limits: Limits;

  constructor(limits: Limits) {
    super();
    this.#limits = limits;
  }

  read(given: unknown, reading: InputReading): number {
    if (!Number.isInteger(given)) {
      reading.doesNotFit(given, 'an Integer');
      return 0;
    }
    checkLimits(this.#limits, given as number, 'value', given, reading);
    return given as number;
  }
}

export class EnumShape<Value extends string> extends Shape<Value> {
  readonly kind = 'enum';
  readonly values: readonly Value[];

  constructor(values: readonly Value[]) {
    super();
    this.values = values;
  }

  read(given: unknown, reading: InputReading): Value {
    if (typeof given !== 'string') reading.doesNotFit(given, 'a String');
    else if (!(this.values as readonly string[]).includes(given)) {
      reading.breaks(`Member must satisfy enum value set: [${this.values.join(', ')}]`, given);
    }
    return given as Value;
  }
}

class BooleanShape extends Shape<boolean> {
  readonly kind = 'boolean';

  read(given: unknown, reading: InputReading): boolean {
    if (typeof given !== 'boolean') reading.doesNotFit(given, 'a Boolean');
    return given as boolean;
  }
}

class TimestampShape extends Shape<number> {
  readonly kind = 'timestamp';

  read(given: unknown, reading: InputReading): number {
    if (typeof given !== 'number') reading.doesNotFit(given, 'a Double');
    return Math.round((given as number) * 1000);
  }
}

class BlobShape extends Shape<Buffer> {
  readonly kind = 'blob';
  readonly #limits: { readonly min: number; readonly max: number };

  constructor(limits: { min: number; max: number }) {
    super();
    this.#limits = limits;
  }

  read(given: unknown, reading: InputReading): Buffer {
    if (typeof given !== 'string') {
      reading.doesNotFit(given, 'a Blob');
      return Buffer.alloc(0);
    }
    const bytes = Buffer.from(given, 'base64');
    const { min, max } = this.#limits;
    if (!isBase64(given, bytes)) {
      reading.isUnreadable('Unable to decode a member of type blob: it is not base64.');
    } else if (bytes.length < min) {
      reading.breaksUnshown(atLeast('length', min));
    } else if (bytes.length > max) {
      reading.breaksUnshown(atMost('length', max));
    }
    return bytes;
  }
}

class StringMapShape extends Shape<Readonly<Record<string, string>>> {
  readonly kind = 'map';

  read(given: unknown, reading: InputReading): Readonly<Record<string, string>> {
    if (!isMap(given)) {
      reading.doesNotFit(given, 'map');
      return {};
    }
    let hasScalars = false;
    for (const value of Object.values(given)) {
      if (typeof value === 'string') continue;
      if (typeof value === 'number' || typeof value === 'boolean') hasScalars = true;
      else reading.doesNotFit(value, 'a String');
    }
    return hasScalars ? texts(reading.withNumbersAsText()) : (given as Readonly<Record<string, string>>);
  }
}

export class ListShape<Item> extends Shape<Item[]> {
  readonly kind = 'list';
  readonly item: Shape<Item>;
  readonly #limits: Limits;

  constructor(item: Shape<Item>, limits: Limits) {
    super();
    this.item = item;
    this.#limits = limits;
  }

  read(given: unknown, reading: InputReading): Item[] {
    if (!Array.isArray(given)) {
      reading.doesNotFit(given, 'list');
      return [];
    }
    const items = given.map((item: unknown, index) => readMember(this.item, index, item, reading) as Item);
    checkLimits(this.#limits, given.length, 'length', given, reading);
    return items;
  }
}

export class StructureShape<Members extends MemberShapes> extends Shape<StructureValue<Members>> {
  readonly kind = 'structure';
  readonly members: Members;

  constructor(members: Members) {
    super();
    this.members = members;
  }

  read(given: unknown, reading: InputReading): StructureValue<Members> {
    const output: Record<string, unknown> = {};
    if (!isMap(given)) {
      reading.doesNotFit(given, 'structure');
      return output as StructureValue<Members>;
    }
    for (const name in this.members) {
      // In AWS JSON a member that is `null` is a member that isn't there.
      const member = Object.hasOwn(given, name) ? (given as Record<string, unknown>)[name] : undefined;
      const value = readMember(this.members[name] as MemberShape, name, member, reading);
      if (value !== undefined) output[name] = value;
    }
    return output as StructureValue<Members>;
  }
}

/** A member of a structure, or an item of a list. */
function readMember(
  member: MemberShape,
  at: string | number,
  given: unknown,
  reading: InputReading,
): unknown {
  const isAbsent = given === undefined || given === null;
  const isRequired = member instanceof Shape;
  if (isAbsent && !isRequired) return member.absent;
  reading.path.push(at);
  let value: unknown;
  if (isAbsent) reading.isMissing();
  else value = (isRequired ? member : member.shape).read(given, reading);
  reading.path.pop();
  return value;
}

function checkLimits(
  { min, max }: Limits,
  size: number,
  measure: 'length' | 'value',
  given: unknown,
  reading: InputReading,
): void {
  if (min !== undefined && size < min) reading.breaks(atLeast(measure, min), given);
  if (max !== undefined && size > max) reading.breaks(atMost(measure, max), given);
}

const atLeast = (measure: string, limit: number) =>
  `Member must have ${measure} greater than or equal to ${limit}`;
const atMost = (measure: string, limit: number) =>
  `Member must have ${measure} less than or equal to ${limit}`;

/**
 * True if a text is base64 with padding. Node's decoder also accepts the URL alphabet and skips characters of neither:
 * then there are fewer bytes than there should be.
 *
 * @param bytes what the decoder makes of the text
 */
export function isBase64(encoded: string, bytes: Uint8Array): boolean {
  const padding = encoded.endsWith('==') ? 2 : encoded.endsWith('=') ? 1 : 0;
  return (
    bytes.length === (encoded.length / 4) * 3 - padding && !encoded.includes('-') && !encoded.includes('_')
  );
}

/** Made out of entries, because an assignment would drop a name such as `__proto__`. */
const texts = (map: unknown): Record<string, string> =>
  Object.fromEntries(Object.entries(map as object).map(([name, value]) => [name, String(value)]));

/** AWS holds a pattern against the whole text, whether it says `^` and `$` or not. */
const isWholeMatch = (pattern: RegExp, given: string): boolean => pattern.exec(given)?.[0] === given;

const isMap = (given: unknown): given is object =>
  typeof given === 'object' && given !== null && !Array.isArray(given);

/** @param limits and a pattern, written as AWS prints it: with or without `^` and `$` */
export const text = (limits: Limits & { pattern?: RegExp } = {}) => new TextShape(limits);

export const integer = (limits: { min: number; max: number }) => new IntegerShape(limits);

export const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  new EnumShape<Values[number]>(values);

export const boolean = () => new BooleanShape();

/** A timestamp of AWS JSON 1.1: seconds since the epoch, with a fraction. Gives milliseconds. */
export const timestamp = () => new TimestampShape();

/** Bytes, which are base64 on the wire. AWS names the constraint that failed, but doesn't repeat the value. */
export const blob = (limits: { min: number; max: number }) => new BlobShape(limits);

/**
 * A map of strings, such as an encryption context. A number or a boolean in it is taken as its text in the request, as KMS
 * was seen to do; so `10.0` is another value than `10`.
 */
export const stringMap = () => new StringMapShape();

export const list = <Item>(item: Shape<Item>, limits: Limits = {}) => new ListShape(item, limits);

/** Members that it doesn't have are passed over. */
export const structure = <Members extends MemberShapes>(members: Members) => new StructureShape(members);
