import { BlockList, isIP } from 'node:net';
import { arnPattern, matchesArn } from './arn-pattern.ts';
import { matches } from './pattern.ts';
import { InvalidPolicy } from './policy-document.ts';
import { type ContextReader, policyText } from './policy-text.ts';

/** True if a value of the request matches a value of the policy. */
type ValueTest = (actual: string) => boolean;

/** Undefined if a variable in the policy's value has no value in this request. */
type PreparedTest = (read: ContextReader) => ValueTest | undefined;

export interface ConditionOperator {
  /** Of the operators with `Not`: none of the policy's values may fit. */
  readonly negated: boolean;
  /** @throws {InvalidPolicy} for a value that the operator can't compare with */
  readonly prepare: (value: string, withVariables: boolean) => PreparedTest;
}

type Prepare = ConditionOperator['prepare'];

/** Compares with the text as it stands. */
const text =
  (isSame: (actual: string, expected: string) => boolean): Prepare =>
  (value, withVariables) => {
    const expected = policyText(value, withVariables);
    return (read) => {
      const literal = expected.literal(read);
      return literal === undefined ? undefined : (actual) => isSame(actual, literal);
    };
  };

const like: Prepare = (value, withVariables) => {
  const expected = policyText(value, withVariables);
  return (read) => {
    const pattern = expected.pattern(read);
    return pattern && ((actual) => matches(pattern, actual));
  };
};

const arnLike: Prepare = (value, withVariables) => {
  const expected = policyText(value, withVariables);
  return (read) => {
    const pattern = expected.pattern(read);
    if (!pattern) return undefined;
    const arn = arnPattern(pattern, 'match-nothing');
    return (actual) => matchesArn(arn, actual);
  };
};

/** Compares with a value that the policy has to give in a certain form. What the request has in another form fits never. */
const value =
  <Value>(
    what: string,
    parse: (text: string) => Value | undefined,
    holds: (actual: Value, expected: Value) => boolean,
  ): Prepare =>
  (written) => {
    const expected = parse(written);
    if (expected === undefined) throw new InvalidPolicy(`'${written}' must be ${what}`);
    const test: ValueTest = (given) => {
      const actual = parse(given);
      return actual !== undefined && holds(actual, expected);
    };
    return () => test;
  };

const numeric = (holds: (actual: number, expected: number) => boolean) =>
  value('a number', (written) => (isNumber(written) ? Number(written) : undefined), holds);

const isNumber = (written: string) => written.trim() !== '' && Number.isFinite(Number(written));

const date = (holds: (actual: number, expected: number) => boolean) =>
  value('a date, such as 2026-01-31T12:00:00Z, or seconds since the epoch', milliseconds, holds);

function milliseconds(written: string): number | undefined {
  const parsed = isNumber(written) ? Number(written) * 1000 : Date.parse(written);
  return Number.isNaN(parsed) ? undefined : parsed;
}

/** Undefined for what is neither true nor false, in any case. */
export function truthValue(written: string): boolean | undefined {
  const lower = written.toLowerCase();
  return lower === 'true' || lower === 'false' ? lower === 'true' : undefined;
}

const boolean = value('true or false', truthValue, (actual, expected) => actual === expected);

const ipAddress: Prepare = (written) => {
  const [address = '', prefix] = written.split('/');
  const version = isIP(address);
  const bits = Number(prefix ?? (version === 4 ? 32 : 128));
  if (!version || !Number.isInteger(bits) || bits < 0 || bits > (version === 4 ? 32 : 128)) {
    throw new InvalidPolicy(`'${written}' must be an IP address, or a range such as 203.0.113.0/24`);
  }
  const range = new BlockList();
  range.addSubnet(address, bits, version === 4 ? 'ipv4' : 'ipv6');
  return () => (actual) => {
    // IPv4 that came in over an IPv6 socket.
    const plain = actual.replace(/^::ffff:/i, '');
    return isIP(plain) !== 0 && range.check(plain, isIP(plain) === 4 ? 'ipv4' : 'ipv6');
  };
};

const plain = (prepare: Prepare): ConditionOperator => ({ negated: false, prepare });
const negated = (prepare: Prepare): ConditionOperator => ({ negated: true, prepare });

const equals = text((actual, expected) => actual === expected);
const equalsIgnoringCase = text((actual, expected) => actual.toLowerCase() === expected.toLowerCase());
const numericEquals = numeric((actual, expected) => actual === expected);
const dateEquals = date((actual, expected) => actual === expected);

/** IAM user guide, reference_policies_elements_condition_operators.html. `Null` is not one of these: see `condition.ts`. */
export const conditionOperators: ReadonlyMap<string, ConditionOperator> = new Map([
  ['StringEquals', plain(equals)],
  ['StringNotEquals', negated(equals)],
  ['StringEqualsIgnoreCase', plain(equalsIgnoringCase)],
  ['StringNotEqualsIgnoreCase', negated(equalsIgnoringCase)],
  ['StringLike', plain(like)],
  ['StringNotLike', negated(like)],
  ['ArnEquals', plain(arnLike)],
  ['ArnLike', plain(arnLike)],
  ['ArnNotEquals', negated(arnLike)],
  ['ArnNotLike', negated(arnLike)],
  ['Bool', plain(boolean)],
  ['BinaryEquals', plain(equals)],
  ['NumericEquals', plain(numericEquals)],
  ['NumericNotEquals', negated(numericEquals)],
  ['NumericLessThan', plain(numeric((actual, expected) => actual < expected))],
  ['NumericLessThanEquals', plain(numeric((actual, expected) => actual <= expected))],
  ['NumericGreaterThan', plain(numeric((actual, expected) => actual > expected))],
  ['NumericGreaterThanEquals', plain(numeric((actual, expected) => actual >= expected))],
  ['DateEquals', plain(dateEquals)],
  ['DateNotEquals', negated(dateEquals)],
  ['DateLessThan', plain(date((actual, expected) => actual < expected))],
  ['DateLessThanEquals', plain(date((actual, expected) => actual <= expected))],
  ['DateGreaterThan', plain(date((actual, expected) => actual > expected))],
  ['DateGreaterThanEquals', plain(date((actual, expected) => actual >= expected))],
  ['IpAddress', plain(ipAddress)],
  ['NotIpAddress', negated(ipAddress)],
]);
