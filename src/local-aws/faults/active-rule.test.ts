import { expect, test } from 'vitest';
import { ActiveRule, type Call, draw } from './active-rule.ts';
import type { FaultRule } from './rules.ts';

const call = (operation: string, service = 'kms'): Call => ({ service, operation });

/** Decides `count` calls of an operation, with calls of other operations in between: true for each that gets the fault. */
function decisions(active: ActiveRule, operation: string, count: number, between: string[] = []): boolean[] {
  return Array.from({ length: count }, () => {
    for (const other of between) active.decide(call(other));
    return active.decide(call(operation)) !== undefined;
  });
}

const countOf = (decided: boolean[]) => decided.filter(Boolean).length;

test.each([
  [{ fault: 'throttle' }, true, true, true],
  [{ fault: 'throttle', service: 'kms' }, true, true, false],
  [{ fault: 'throttle', operation: 'Decrypt' }, true, false, false],
  [{ fault: 'throttle', service: 'kms', operation: 'Decrypt' }, true, false, false],
  [{ fault: 'throttle', service: 'sts', operation: 'Decrypt' }, false, false, false],
] satisfies [FaultRule, boolean, boolean, boolean][])(
  '%j matches the calls it names',
  (rule, ...expected) => {
    const calls = [call('Decrypt'), call('Encrypt'), call('LookupEvents', 'cloudtrail')];
    expect(calls.map((one) => new ActiveRule(rule, 1, 0).decide(one) !== undefined)).toEqual(expected);
  },
);

test('a sequence counts the calls that the rule matches, and no call after it gets the fault', () => {
  const active = new ActiveRule(
    { fault: 'throttle', operation: 'Decrypt', sequence: [false, true, true] },
    1,
    0,
  );
  expect(decisions(active, 'Decrypt', 5, ['Encrypt'])).toEqual([false, true, true, false, false]);
});

test('a rate is the share of calls that get the fault', () => {
  const faultsAt = (rate: number) =>
    countOf(decisions(new ActiveRule({ fault: 'throttle', rate }, 1, 0), 'Decrypt', 10_000));

  expect(faultsAt(0)).toBe(0);
  expect(faultsAt(0.01)).toBeGreaterThan(60);
  expect(faultsAt(0.01)).toBeLessThan(140);
  expect(faultsAt(0.3)).toBeGreaterThan(2800);
  expect(faultsAt(0.3)).toBeLessThan(3200);
  expect(faultsAt(1)).toBe(10_000);
});

test('the same seed repeats the random decisions, whatever other operations are called in between', () => {
  const rule: FaultRule = { fault: 'throttle', rate: 0.5 };
  const alone = decisions(new ActiveRule(rule, 7, 0), 'Decrypt', 100);

  expect(decisions(new ActiveRule(rule, 7, 0), 'Decrypt', 100)).toEqual(alone);
  expect(decisions(new ActiveRule(rule, 7, 0), 'Decrypt', 100, ['Encrypt', 'ListKeys'])).toEqual(alone);
});

test('the random decisions differ by seed, by place in the list, and by operation', () => {
  const rule: FaultRule = { fault: 'throttle', rate: 0.5 };
  const decided = [
    decisions(new ActiveRule(rule, 7, 0), 'Decrypt', 100),
    decisions(new ActiveRule(rule, 8, 0), 'Decrypt', 100),
    decisions(new ActiveRule(rule, 7, 1), 'Decrypt', 100),
    decisions(new ActiveRule(rule, 7, 0), 'Encrypt', 100),
  ];
  expect(new Set(decided.map(String)).size).toBe(decided.length);
});

test('an amount is the number given, or lies in the range given', () => {
  expect(draw(3, () => 0.5)).toBe(3);
  expect(draw([10, 20], () => 0)).toBe(10);
  expect(draw([10, 20], () => 0.5)).toBe(15);
});
