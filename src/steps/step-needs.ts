import { join } from 'node:path';
import { z } from 'zod';
import { readText } from './step-files.ts';

/**
 * The needs that a step can have of the account it runs in: operations, named by their permissions, and that a key
 * keeps the tags that it was created with. Calls to a local AWS that a spec starts are not included.
 */
export const needs = [
  'kms:CreateKey',
  'kms:CreateKey (Tags)',
  'kms:CreateAlias',
  'kms:DescribeKey',
  'kms:ListKeys',
  'kms:ListAliases',
  'kms:ListResourceTags',
  'kms:GenerateDataKey',
  'kms:Decrypt',
  'kms:ScheduleKeyDeletion',
  'kms:DeleteAlias',
  'cloudtrail:LookupEvents',
] as const;

export type Need = (typeof needs)[number];

const schema = z.array(z.enum(needs));

/**
 * Reads what a step needs: its `needs.json`.
 *
 * @throws Error when the file says something else
 */
export function readNeeds(root: string, step: string): Need[] {
  const file = needsFile(step);
  const text = readText(root, file);
  if (text === undefined) return [];
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new Error(`${join(root, file)} has to be a list of needs, such as "kms:Decrypt".\n${reason}`);
  }
}

function needsFile(step: string): string {
  return `workshop/${step}/needs.json`;
}
