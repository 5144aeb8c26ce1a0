import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arnPattern, matchesArn } from './arn-pattern.ts';
import { literalPattern, matches, wildcardPattern } from './pattern.ts';

describe('a pattern', () => {
  test.each([
    ['', '', true],
    ['', 'a', false],
    ['*', '', true],
    ['*', 'anything', true],
    ['?', '', false],
    ['?', 'a', true],
    ['?', 'ab', false],
    ['kms:*', 'kms:Encrypt', true],
    ['kms:*', 'kms', false],
    ['kms:GenerateDataKey*', 'kms:GenerateDataKey', true],
    ['kms:GenerateDataKey*', 'kms:GenerateDataKeyWithoutPlaintext', true],
    ['kms:*Key', 'kms:GenerateDataKey', true],
    ['kms:*Key', 'kms:ListKeys', false],
    ['a*b*c', 'aXbXc', true],
    ['a*b*c', 'abcbc', true],
    ['a*b*c', 'ab', false],
    ['*a?', 'aaXab', true],
    ['a**', 'a', true],
    ['alias/app-?', 'alias/app-12', false],
    ['a.c', 'abc', false],
  ])('%j stands for %j: %j', (pattern, text, expected) => {
    expect(matches(wildcardPattern(pattern), text)).toBe(expected);
  });

  test('has no wildcards if it is a literal one', () => {
    expect(matches(literalPattern('a*'), 'ab')).toBe(false);
    expect(matches(literalPattern('a*'), 'a*')).toBe(true);
  });

  test('stands for the same texts as the regular expression that it could be', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 });
    fc.assert(
      fc.property(pattern, text, (written, given) => {
        const expression = new RegExp(`^${written.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
        expect(matches(wildcardPattern(written), given)).toBe(expression.test(given));
      }),
      { numRuns: 2000, seed: 42 },
    );
  });

  test('takes few steps, however many wildcards it has', () => {
    // A backtracking regular expression would not come to an end.
    const pattern = wildcardPattern(`${'*a'.repeat(40)}*b`);
    expect(matches(pattern, 'a'.repeat(4000))).toBe(false);
    expect(matches(pattern, `${'a'.repeat(4000)}b`)).toBe(true);
  });
});

describe('a pattern for ARNs', () => {
  const key = 'arn:aws:kms:us-east-1:111122223333:key/1234';

  test.each([
    ['*', true],
    [key, true],
    ['arn:aws:kms:us-east-1:111122223333:key/*', true],
    ['arn:aws:kms:*:111122223333:key/*', true],
    ['arn:aws:kms:*:*:key/12?4', true],
    ['arn:aws:kms:us-east-1:111122223333:alias/*', false],
    ['arn:aws:kms:eu-west-1:111122223333:key/*', false],
    // A wildcard stays within its part.
    ['arn:aws:kms:*:key/1234', false],
    ['arn:aws:*:us-east-1:111122223333:key/1234', true],
  ])('%s stands for the key: %j', (pattern, expected) => {
    expect(matchesArn(arnPattern(wildcardPattern(pattern), 'match-nothing'), key)).toBe(expected);
  });

  test('of too few parts is completed, or matches nothing', () => {
    const incomplete = wildcardPattern('arn:aws:kms');
    expect(matchesArn(arnPattern(incomplete, 'complete'), key)).toBe(true);
    expect(matchesArn(arnPattern(incomplete, 'match-nothing'), key)).toBe(false);
  });

  test('keeps the colons of the last part', () => {
    const arn = 'arn:aws:sns:us-east-1:111122223333:topic:with:colons';
    const patternOf = (text: string) => arnPattern(wildcardPattern(text), 'match-nothing');
    expect(matchesArn(patternOf('arn:aws:sns:us-east-1:111122223333:topic:*'), arn)).toBe(true);
    expect(matchesArn(patternOf(arn), arn)).toBe(true);
  });
});
