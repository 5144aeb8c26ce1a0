import type { z } from 'zod';
import { faultsSchema, membersOf } from './rule-schema.ts';
import type { FaultRule } from './rules.ts';

/**
 * Checks a list of rules.
 *
 * @throws {TypeError} with a line for each mistake: where it is, the value, and what is possible there
 */
export function checkFaults(rules: unknown): FaultRule[] {
  const result = faultsSchema.safeParse(rules);
  if (result.success) return result.data;
  const mistakes = result.error.issues.map((issue) => `  ${explain(issue, rules)}`);
  throw new TypeError(['Invalid fault rules:', ...mistakes].join('\n'));
}

function explain(issue: z.core.$ZodIssue, rules: unknown): string {
  const where = `faults${issue.path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('')}`;
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
