import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../testing/temporary-directory.ts';
import { readKeys, readPrincipals } from './settings-files.ts';

async function fileWith(text: string): Promise<string> {
  const path = join(await temporaryDirectory(), 'settings.json');
  await writeFile(path, text);
  return path;
}

const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'not-to-be-shown' };
const allowed = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 'kms:*', Resource: '*' } };

test('reads users, role sessions and keys', async () => {
  const principals = [
    { userName: 'alice', policies: [allowed], credentials },
    {
      roleName: 'reader',
      sessionName: 'job',
      policies: [JSON.stringify(allowed)],
      credentials: { ...credentials, sessionToken: 'token' },
    },
  ];
  expect(await readPrincipals(await fileWith(JSON.stringify(principals)))).toEqual(principals);
  const keys = [{ keyId: 'any' }, { keyId: 'other', material: 'bytes', aliasName: 'alias/mine' }];
  expect(await readKeys(await fileWith(JSON.stringify(keys)))).toEqual(keys);
});

/** Returns the error's message, with `<path>` in place of the path. */
async function messageOf(read: (path: string) => Promise<unknown>, path: string): Promise<string> {
  const error = await read(path).then(
    () => new Error('It was read.'),
    (error: Error) => error,
  );
  return error.message.replaceAll(path, '<path>');
}

test.for<[string, (path: string) => Promise<unknown>, unknown, string[]]>([
  ['not a list', readKeys, {}, ["The file '<path>' of --keys has to be a list."]],
  ['an entry that is not an object', readKeys, [null], ['keys[0] must be an object.']],
  [
    'mistakes in several keys',
    readKeys,
    [{ keyId: 1 }, { keyId: 'x', materail: 'not-to-be-shown' }],
    ['keys[0].keyId must be a string.', 'keys[1] has unknown members: materail.'],
  ],
  [
    'a user without credentials and policies',
    readPrincipals,
    [{ userName: 'alice' }],
    [
      'principals[0].policies must be a list of policy documents.',
      'principals[0].credentials must be { "accessKeyId": "…", "secretAccessKey": "…" }, with a "sessionToken" for a role.',
    ],
  ],
  [
    'neither user nor role',
    readPrincipals,
    [{ policies: [], credentials: { ...credentials, accessKeyId: 7 } }],
    [
      'principals[0].roleName must be a string.',
      'principals[0].sessionName must be a string.',
      'principals[0].credentials.accessKeyId must be a string.',
    ],
  ],
])('names each mistake, and shows no secret: %s', async ([, read, given, lines]) => {
  const message = await messageOf(read, await fileWith(JSON.stringify(given)));
  for (const line of lines) expect(message).toContain(line);
  expect(message).not.toContain('not-to-be-shown');
});

test('reports the position where a file is not JSON, without quoting the file', async () => {
  const path = await fileWith('[{ "keyId": "x", "material": not-to-be-shown }]');
  expect(await messageOf(readKeys, path)).toMatch(
    /^The file '<path>' of --keys is not JSON.*\. Correct it\.$/,
  );
  expect(await messageOf(readKeys, path)).not.toContain('not-to');
});

test('reports why a file could not be read', async () => {
  const path = join(await temporaryDirectory(), 'none.json');
  expect(await messageOf(readPrincipals, path)).toBe(
    "Could not read the file '<path>' of --principals: ENOENT. Name another file.",
  );
});
