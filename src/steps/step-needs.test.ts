import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readStepFolders } from './step-folders.ts';
import { needs, readNeeds } from './step-needs.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'needs-'));
  mkdirSync(join(root, 'workshop/01-a'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

function needsOf(text: string) {
  writeFileSync(join(root, 'workshop/01-a/needs.json'), text);
  return readNeeds(root, '01-a');
}

test('a step needs the operations in its file, and none without a file', () => {
  expect(readNeeds(root, '01-a')).toEqual([]);
  expect(needsOf('["kms:Decrypt", "kms:CreateKey"]')).toEqual(['kms:Decrypt', 'kms:CreateKey']);
});

test.each(['["kms:Decript"]', '{}', 'kms:Decrypt'])('%s is refused', (text) => {
  expect(() => needsOf(text)).toThrow(
    /01-a[\\/]needs\.json has to be a list of needs, such as "kms:Decrypt"\./,
  );
});

test('every need is one of a step, and of the table in docs/running-on-aws.md', () => {
  const steps = readStepFolders(repository);
  const rows = readFileSync(join(repository, 'docs/running-on-aws.md'), 'utf8').matchAll(
    /^\| `([a-z]+:\w+)`( with tags)? \| ([\d, ]+) \|/gm,
  );
  const documented = [...rows].map(([, operation, tags, numbers]) => [
    tags ? `${operation} (Tags)` : operation,
    numbers,
  ]);
  const inFiles = needs.map((need) => {
    const needing = steps.filter(({ name }) => readNeeds(repository, name).includes(need));
    return [need, needing.map(({ number }) => number).join(', ')];
  });

  expect(documented).toEqual(inFiles);
});
