import type { z } from 'zod';
import { type AwsError, serializationError, validationError } from './errors.ts';

type Issue = z.core.$ZodIssue;

/**
 * Checks a request's members against an operation's schema.
 *
 * @throws {AwsError} `ValidationException` with AWS's text for every member that breaks a constraint, or
 *   `SerializationException` for a member of another type than the model's
 */
export function parseInput<Schema extends z.ZodType>(schema: Schema, members: object): z.output<Schema> {
  const result = schema.safeParse(withoutNulls(members));
  if (result.success) return result.data;
  throw asAwsError(result.error.issues, members);
}

/** In AWS JSON a member that is `null` is a member that isn't there. */
function withoutNulls(members: object): object {
  for (const name in members) {
    if (members[name as keyof typeof members] === null)
      return Object.fromEntries(Object.entries(members).filter(([, member]) => member !== null));
  }
  return members;
}

function asAwsError(issues: readonly Issue[], members: object): AwsError {
  for (const issue of issues) {
    const misfit = wrongType(issue, valueAt(members, issue.path));
    if (misfit) return serializationError(misfit);
  }
  const failures = issues.map((issue) => failureOf(issue, valueAt(members, issue.path)));
  const count = failures.length === 1 ? '1 validation error' : `${failures.length} validation errors`;
  return validationError(`${count} detected: ${failures.join('; ')}`);
}

/** Texts of recorded answers, such as `Value '0' at 'numberOfBytes' failed to satisfy constraint: Member must …`. */
function failureOf(issue: Issue, value: unknown): string {
  const at = `at '${memberPath(issue.path)}' failed to satisfy constraint:`;
  if (value === undefined || value === null) return `Value null ${at} Member must not be null`;
  if (issue.code === 'custom') return `Value ${at} ${blobConstraint(issue.params ?? {})}`;
  return `Value '${shown(value)}' ${at} ${constraintOf(issue)}`;
}

function constraintOf(issue: Issue): string {
  switch (issue.code) {
    case 'too_small':
      return atLeast(measureOf(issue.origin), Number(issue.minimum));
    case 'too_big':
      return atMost(measureOf(issue.origin), Number(issue.maximum));
    case 'invalid_value':
      return `Member must satisfy enum value set: [${issue.values.join(', ')}]`;
    case 'invalid_format':
      return `Member must satisfy regular expression pattern: ${patternText(issue.pattern)}`;
    default:
      throw new TypeError(`No AWS text for the schema issue '${issue.code}'.`);
  }
}

function blobConstraint(params: Record<string, unknown>): string {
  return 'blobMinimum' in params
    ? atLeast('length', Number(params.blobMinimum))
    : atMost('length', Number(params.blobMaximum));
}

const atLeast = (measure: string, limit: number) =>
  `Member must have ${measure} greater than or equal to ${limit}`;
const atMost = (measure: string, limit: number) =>
  `Member must have ${measure} less than or equal to ${limit}`;
const measureOf = (origin: string) => (origin === 'string' || origin === 'array' ? 'length' : 'value');

/** The model's pattern, which zod hands over as a regular expression's source between slashes. */
const patternText = (pattern = '') => pattern.replace(/^\/(.*)\/[a-z]*$/s, '$1').replaceAll('\\/', '/');

/** The text for a member of the wrong JSON type, or undefined if the type isn't what is wrong. */
function wrongType(issue: Issue, value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (issue.code === 'custom') {
    if (issue.params?.malformed === 'base64')
      return 'Unable to decode a member of type blob: it is not base64.';
    if (issue.params?.malformed === 'map')
      return `${wireType(value)} can not be converted to a map of strings`;
    return undefined;
  }
  return issue.code === 'invalid_type'
    ? `${wireType(value)} can not be converted to ${article(issue.expected)}`
    : undefined;
}

function wireType(value: unknown): string {
  if (Array.isArray(value)) return 'START_ARRAY';
  if (typeof value === 'boolean') return value ? 'TRUE_VALUE' : 'FALSE_VALUE';
  return (
    { string: 'STRING_VALUE', number: 'NUMBER_VALUE', object: 'START_OBJECT' }[typeof value as string] ??
    'VALUE'
  );
}

const article = (expected: string) =>
  ({ string: 'a String', int: 'an Integer', number: 'a Double', boolean: 'a Boolean', array: 'a List' })[
    expected
  ] ?? 'a Structure';

/** AWS names members in camelCase and counts from one: `tags.1.member.tagKey`. */
function memberPath(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `${part + 1}.member` : camelCase(String(part))))
    .join('.');
}

const camelCase = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);

function valueAt(members: unknown, path: readonly PropertyKey[]): unknown {
  let value = members;
  for (const part of path) value = (value as Record<PropertyKey, unknown> | null | undefined)?.[part];
  return value;
}

const shown = (value: unknown) =>
  Array.isArray(value) ? `[${value.map((one) => JSON.stringify(one)).join(', ')}]` : value;
