import { describe, expect, test } from 'vitest';
import { compileCondition } from './condition.ts';

type Values = Readonly<Record<string, string | readonly string[]>>;

/** A request with these condition keys. */
const having = (values: Values) => (key: string) => {
  const found = Object.entries(values).find(([name]) => name.toLowerCase() === key)?.[1];
  return found === undefined || typeof found !== 'string' ? found : [found];
};

const holds = (operator: string, expected: string | readonly string[], values: Values) =>
  compileCondition(operator, 'k', typeof expected === 'string' ? [expected] : expected, true)(having(values));

describe('an operator with one value in the request', () => {
  test.each([
    ['StringEquals', 'a', 'a', true],
    ['StringEquals', 'a', 'A', false],
    ['StringEquals', 'a*', 'ab', false],
    ['StringEquals', ['a', 'b'], 'b', true],
    ['StringNotEquals', 'a', 'b', true],
    ['StringNotEquals', ['a', 'b'], 'b', false],
    ['StringEqualsIgnoreCase', 'Abc', 'aBC', true],
    ['StringNotEqualsIgnoreCase', 'Abc', 'aBC', false],
    ['StringLike', 'alias/app-*', 'alias/app-1', true],
    ['StringLike', 'alias/app-?', 'alias/app-12', false],
    ['StringLike', 'ALIAS/*', 'alias/app', false],
    ['StringNotLike', 'alias/*', 'alias/app', false],
    ['StringNotLike', 'alias/*', 'key/app', true],
    ['ArnEquals', 'arn:aws:iam::111122223333:user/*', 'arn:aws:iam::111122223333:user/alice', true],
    ['ArnLike', 'arn:aws:iam::*:user/alice', 'arn:aws:iam::111122223333:user/alice', true],
    ['ArnLike', 'arn:aws:iam:*:user/alice', 'arn:aws:iam::111122223333:user/alice', false],
    ['ArnNotEquals', 'arn:aws:iam::111122223333:user/*', 'arn:aws:iam::111122223333:role/app', true],
    ['ArnNotLike', 'arn:aws:iam::*:user/alice', 'arn:aws:iam::111122223333:user/alice', false],
    ['Bool', 'true', 'true', true],
    ['Bool', 'True', 'true', true],
    ['Bool', 'false', 'true', false],
    ['BinaryEquals', 'QmluYXJ5', 'QmluYXJ5', true],
    ['NumericEquals', '7', '7.0', true],
    ['NumericEquals', '7', 'seven', false],
    ['NumericNotEquals', '7', '8', true],
    ['NumericLessThan', '7', '7', false],
    ['NumericLessThanEquals', '7', '7', true],
    ['NumericGreaterThan', '7', '10', true],
    ['NumericGreaterThanEquals', '7', '6', false],
    ['DateEquals', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', true],
    ['DateEquals', '2026-01-01T00:00:00Z', '2026-01-01T01:00:00+01:00', true],
    ['DateNotEquals', '2026-01-01', '2026-01-02T00:00:00Z', true],
    ['DateLessThan', '1767225600', '2025-12-31T23:59:59Z', true],
    ['DateLessThanEquals', '2026-01-01T00:00:00Z', '2026-01-01T00:00:01Z', false],
    ['DateGreaterThan', '2026-01-01T00:00:00Z', '2026-01-01T00:00:01Z', true],
    ['DateGreaterThanEquals', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', true],
    ['IpAddress', '203.0.113.0/24', '203.0.113.9', true],
    ['IpAddress', '203.0.113.0/24', '203.0.114.9', false],
    ['IpAddress', '127.0.0.1', '127.0.0.1', true],
    ['IpAddress', '127.0.0.1', '::ffff:127.0.0.1', true],
    ['IpAddress', '2001:db8::/32', '2001:db8:1::1', true],
    ['IpAddress', '203.0.113.0/24', 'AWS Internal', false],
    ['NotIpAddress', '203.0.113.0/24', '127.0.0.1', true],
    ['NotIpAddress', '127.0.0.0/8', '127.0.0.1', false],
  ])('%s %j of %j: %j', (operator, expected, actual, outcome) => {
    expect(holds(operator, expected, { k: actual })).toBe(outcome);
    expect(holds(`${operator}IfExists`, expected, { k: actual })).toBe(outcome);
  });
});

test('Null asks whether the key is there', () => {
  expect(holds('Null', 'true', {})).toBe(true);
  expect(holds('Null', 'false', {})).toBe(false);
  expect(holds('Null', 'true', { k: 'a' })).toBe(false);
  expect(holds('Null', 'false', { k: 'a' })).toBe(true);
});

describe('without the key in the request', () => {
  test.each([
    ['StringEquals', 'a', false],
    ['StringNotEquals', 'a', true],
    ['StringEqualsIfExists', 'a', true],
    ['StringNotEqualsIfExists', 'a', true],
    ['StringLike', '*', false],
    ['ArnNotLike', '*', true],
    ['Bool', 'false', false],
    ['BoolIfExists', 'false', true],
    ['NumericLessThan', '1', false],
    ['NumericNotEquals', '1', true],
    ['DateLessThan', '2026-01-01', false],
    ['IpAddress', '0.0.0.0/0', false],
    ['NotIpAddress', '0.0.0.0/0', true],
    ['ForAnyValue:StringEquals', 'a', false],
    ['ForAnyValue:StringNotEquals', 'a', false],
    ['ForAnyValue:StringEqualsIfExists', 'a', false],
    ['ForAllValues:StringEquals', 'a', true],
    ['ForAllValues:StringNotEquals', 'a', true],
  ])('%s %j: %j', (operator, expected, outcome) => {
    expect(holds(operator, expected, {})).toBe(outcome);
  });
});

describe('with several values in the request', () => {
  test.each([
    ['ForAnyValue:StringEquals', ['a', 'b'], ['b', 'c'], true],
    ['ForAnyValue:StringEquals', ['a', 'b'], ['c', 'd'], false],
    ['ForAnyValue:StringNotEquals', ['a', 'b'], ['b', 'c'], true],
    ['ForAnyValue:StringNotEquals', ['a', 'b'], ['a', 'b'], false],
    ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'b'], true],
    ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'c'], false],
    ['ForAllValues:StringLike', ['alias/*'], ['alias/a', 'alias/b'], true],
    ['ForAllValues:StringNotEquals', ['a', 'b'], ['c', 'd'], true],
    ['ForAllValues:StringNotEquals', ['a', 'b'], ['b', 'c'], false],
    ['ForAllValues:StringEqualsIfExists', ['a'], ['a', 'b'], false],
    ['StringEquals', ['a'], ['a', 'b'], true],
    ['StringNotEquals', ['a'], ['a', 'b'], false],
  ])('%s %j of %j: %j', (operator, expected, actual, outcome) => {
    expect(holds(operator, expected, { k: actual })).toBe(outcome);
  });
});

describe('a variable in a value', () => {
  const alice = { k: 'alice', 'aws:username': 'alice' };

  test("is replaced by the request's value", () => {
    const variable = `\${aws:username}`;
    expect(holds('StringEquals', variable, alice)).toBe(true);
    expect(holds('StringEquals', variable.toUpperCase(), alice)).toBe(true);
    expect(holds('StringEquals', variable, { ...alice, k: 'bob' })).toBe(false);
    expect(holds('StringLike', `*/${variable}`, { ...alice, k: 'team/alice' })).toBe(true);
  });

  test('is text: wildcards in it stand for themselves', () => {
    const values = { 'aws:username': 'a*' };
    expect(holds('StringLike', `\${aws:username}`, { ...values, k: 'alice' })).toBe(false);
    expect(holds('StringLike', `\${aws:username}`, { ...values, k: 'a*' })).toBe(true);
  });

  test('without a value matches nothing, in positive and negative operators', () => {
    const variable = `\${aws:username}`;
    expect(holds('StringEquals', variable, { k: 'alice' })).toBe(false);
    expect(holds('StringNotEquals', variable, { k: 'alice' })).toBe(false);
    expect(holds('StringEquals', [variable, 'alice'], { k: 'alice' })).toBe(true);
  });

  test('may have a default', () => {
    expect(holds('StringEquals', `\${aws:username, 'nobody'}`, { k: 'nobody' })).toBe(true);
    expect(holds('StringEquals', `\${aws:username, 'nobody'}`, alice)).toBe(true);
  });

  test('can stand for a literal wildcard', () => {
    expect(holds('StringLike', `a\${*}`, { k: 'a*' })).toBe(true);
    expect(holds('StringLike', `a\${*}`, { k: 'ab' })).toBe(false);
    expect(holds('StringEquals', `\${$}{x}`, { k: `\${x}` })).toBe(true);
  });

  test('is nothing special in a policy of the older version', () => {
    const literal = compileCondition('StringEquals', 'k', [`\${aws:username}`], false);
    expect(literal(having(alice))).toBe(false);
    expect(literal(having({ k: `\${aws:username}` }))).toBe(true);
  });
});

test('condition keys are case-insensitive', () => {
  const condition = compileCondition('StringEquals', 'KMS:encryptioncontext:Purpose', ['test'], true);
  expect(condition(having({ 'kms:EncryptionContext:purpose': 'test' }))).toBe(true);
});

test.each([
  ['StringEqual', 'a', "'StringEqual' is not a condition operator"],
  ['NullIfExists', 'true', "'NullIfExists' is not a condition operator"],
  ['Null', 'maybe', "'maybe' must be true or false for Null"],
  ['Bool', 'yes', "'yes' must be true or false"],
  ['NumericEquals', 'seven', "'seven' must be a number"],
  ['DateLessThan', 'tomorrow', "'tomorrow' must be a date"],
  ['IpAddress', '203.0.113.0/33', "'203.0.113.0/33' must be an IP address"],
  ['IpAddress', 'localhost', "'localhost' must be an IP address"],
])('%s %j is no condition', (operator, value, message) => {
  expect(() => compileCondition(operator, 'k', [value], true)).toThrow(message);
});
