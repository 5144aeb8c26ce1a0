import { expect, test } from 'vitest';
import { ActiveRule, type Call, draw } from './active-rule.ts';
import type { WeatherRule } from './rules.ts';

const call = (operation: string, service = 'kms'): Call => ({ service, operation });

/** Which of so many calls of an operation a rule strikes, when calls of other operations come in between. */
function strikes(active: ActiveRule, operation: string, count: number, between: string[] = []): boolean[] {
  return Array.from({ length: count }, () => {
    for (const other of between) active.strike(call(other));
    return active.strike(call(operation)) !== undefined;
  });
}

const countOf = (struck: boolean[]) => struck.filter(Boolean).length;

test.each([
  [{ fault: 'throttle' }, true, true, true],
  [{ fault: 'throttle', service: 'kms' }, true, true, false],
  [{ fault: 'throttle', operation: 'Decrypt' }, true, false, false],
  [{ fault: 'throttle', service: 'kms', operation: 'Decrypt' }, true, false, false],
  [{ fault: 'throttle', service: 'sts', operation: 'Decrypt' }, false, false, false],
] satisfies [WeatherRule, boolean, boolean, boolean][])(
  '%j is about the calls it names',
  (rule, ...expected) => {
    const calls = [call('Decrypt'), call('Encrypt'), call('LookupEvents', 'cloudtrail')];
    expect(calls.map((one) => new ActiveRule(rule, 1, 0).strike(one) !== undefined)).toEqual(expected);
  },
);

test('a sequence counts the calls that the rule is about, and ends', () => {
  const active = new ActiveRule(
    { fault: 'throttle', operation: 'Decrypt', sequence: [false, true, true] },
    1,
    0,
  );
  expect(strikes(active, 'Decrypt', 5, ['Encrypt'])).toEqual([false, true, true, false, false]);
});

test('a rate is the share of the calls', () => {
  const struckAt = (rate: number) =>
    countOf(strikes(new ActiveRule({ fault: 'throttle', rate }, 1, 0), 'Decrypt', 10_000));

  expect(struckAt(0)).toBe(0);
  expect(struckAt(0.01)).toBeGreaterThan(60);
  expect(struckAt(0.01)).toBeLessThan(140);
  expect(struckAt(0.3)).toBeGreaterThan(2800);
  expect(struckAt(0.3)).toBeLessThan(3200);
  expect(struckAt(1)).toBe(10_000);
});

test('chance is repeated by the seed, whatever other operations are called in between', () => {
  const rule: WeatherRule = { fault: 'throttle', rate: 0.5 };
  const alone = strikes(new ActiveRule(rule, 7, 0), 'Decrypt', 100);

  expect(strikes(new ActiveRule(rule, 7, 0), 'Decrypt', 100)).toEqual(alone);
  expect(strikes(new ActiveRule(rule, 7, 0), 'Decrypt', 100, ['Encrypt', 'ListKeys'])).toEqual(alone);
});

test('chance differs by seed, by place in the list, and by operation', () => {
  const rule: WeatherRule = { fault: 'throttle', rate: 0.5 };
  const struck = [
    strikes(new ActiveRule(rule, 7, 0), 'Decrypt', 100),
    strikes(new ActiveRule(rule, 8, 0), 'Decrypt', 100),
    strikes(new ActiveRule(rule, 7, 1), 'Decrypt', 100),
    strikes(new ActiveRule(rule, 7, 0), 'Encrypt', 100),
  ];
  expect(new Set(struck.map(String)).size).toBe(struck.length);
});

test('an amount is itself, or lies in its range', () => {
  expect(draw(3, () => 0.5)).toBe(3);
  expect(draw([10, 20], () => 0)).toBe(10);
  expect(draw([10, 20], () => 0.5)).toBe(15);
});
