import type { z } from 'zod';
import { membersOf, weatherSchema } from './rule-schema.ts';
import type { WeatherRule } from './rules.ts';

/**
 * Checks a list of rules.
 *
 * @throws {TypeError} with a line for each mistake: where it is, the value, and what is possible there
 */
export function checkWeather(rules: unknown): WeatherRule[] {
  const result = weatherSchema.safeParse(rules);
  if (result.success) return result.data;
  const mistakes = result.error.issues.map((issue) => `  ${explain(issue, rules)}`);
  throw new TypeError(['Invalid rules of the weather:', ...mistakes].join('\n'));
}

function explain(issue: z.core.$ZodIssue, rules: unknown): string {
  const where = `weather${issue.path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('')}`;
  const value = issue.path.reduce<unknown>(memberOf, rules);
  if (issue.code === 'unrecognized_keys') {
    const fault = memberOf(value, 'fault');
    return `${where} has ${issue.keys.join(', ')}, but a rule of ${fault} takes only ${membersOf(fault).join(', ')}.`;
  }
  const found = value === undefined ? 'is missing' : `is ${JSON.stringify(value)}`;
  return `${where} ${found}; it ${issue.message}.`;
}

const memberOf = (value: unknown, name: PropertyKey): unknown =>
  (value as Record<PropertyKey, unknown> | null | undefined)?.[name];
