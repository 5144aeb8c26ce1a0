import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { membersOf, weatherSchema } from './rule-schema.ts';
import type { WeatherRule } from './rules.ts';

const example = '[{ "fault": "throttle", "operation": "GenerateDataKey", "rate": 0.1 }]';

/**
 * Reads rules from JSON, such as a command line gives.
 *
 * @param given the list of rules, or the path of a file that holds it
 * @throws {TypeError} that says what is wrong with the file, the JSON, or each rule
 */
export async function readWeather(given: string): Promise<WeatherRule[]> {
  const isJson = /^\s*[[{]/.test(given);
  const json = isJson ? given : await weatherFile(given);
  let rules: unknown;
  try {
    rules = JSON.parse(json);
  } catch (error) {
    const what = isJson ? 'The weather' : `The weather file '${given}'`;
    throw new TypeError(`${what} is not JSON: ${(error as Error).message}. It has to be like ${example}`);
  }
  return checkWeather(rules);
}

/**
 * Checks a list of rules.
 *
 * @throws {TypeError} with a line for each mistake: where it is, the value, and what is possible there
 */
export function checkWeather(rules: unknown): WeatherRule[] {
  const result = weatherSchema.safeParse(rules);
  if (result.success) return result.data;
  const mistakes = result.error.issues.map((issue) => `  ${explain(issue, rules)}`);
  throw new TypeError(['The weather has rules that are none:', ...mistakes].join('\n'));
}

async function weatherFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new TypeError(
      `The weather file '${path}' can't be read: ${(error as Error).message}. Name another one, or give the rules themselves, like ${example}`,
    );
  }
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
