import { z } from 'zod';
import type { KeySettings, RoleSessionSettings, UserSettings } from '../index.ts';
import { readJsonFile } from './json-file.ts';

const text = z.string({ error: 'must be a string' });

const credentials = z.strictObject(
  { accessKeyId: text, secretAccessKey: text, sessionToken: text.optional() },
  { error: 'must be { "accessKeyId": "…", "secretAccessKey": "…" }, with a "sessionToken" for a role' },
);

const shared = {
  policies: z.array(
    z.custom<object | string>((policy) => typeof policy === 'object' || typeof policy === 'string'),
    {
      error: 'must be a list of policy documents',
    },
  ),
  credentials,
};

const user = z.strictObject({ userName: text, ...shared });
const roleSession = z.strictObject({ roleName: text, sessionName: text, ...shared });

const key = z.strictObject({ keyId: text, material: text.optional(), aliasName: text.optional() });

/**
 * Reads principals from a file: users and role sessions. Each has its credentials in the file, so that none have to be printed,
 * and they are the same after every start.
 *
 * @throws {TypeError} with a line for each mistake; it never has the credentials
 */
export async function readPrincipals(path: string): Promise<(UserSettings | RoleSessionSettings)[]> {
  const schemaOf = (given: object) => ('userName' in given ? user : roleSession);
  return (await readList('principals', path, schemaOf)) as (UserSettings | RoleSessionSettings)[];
}

/**
 * Reads keys from a file.
 *
 * @throws {TypeError} with a line for each mistake; it never has the key material
 */
export async function readKeys(path: string): Promise<KeySettings[]> {
  return (await readList('keys', path, () => key)) as KeySettings[];
}

async function readList(
  name: 'principals' | 'keys',
  path: string,
  schemaOf: (given: object) => z.ZodType,
): Promise<unknown[]> {
  const list = await readJsonFile(`--${name}`, path);
  if (!Array.isArray(list)) throw new TypeError(`The file '${path}' of --${name} has to be a list.`);
  const mistakes = list.flatMap((given: unknown, index) => {
    const at = `${name}[${index}]`;
    if (typeof given !== 'object' || given === null) return [`  ${at} must be an object.`];
    return (schemaOf(given).safeParse(given).error?.issues ?? []).map((issue) => `  ${explain(issue, at)}`);
  });
  if (mistakes.length === 0) return list;
  throw new TypeError([`The file '${path}' of --${name} has mistakes:`, ...mistakes].join('\n'));
}

function explain(issue: z.core.$ZodIssue, at: string): string {
  const where = [at, ...issue.path].join('.');
  if (issue.code === 'unrecognized_keys') return `${where} has unknown members: ${issue.keys.join(', ')}.`;
  return `${where} ${issue.message}.`;
}
