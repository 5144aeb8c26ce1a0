import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { type Lack, lacking } from '../steps/lack.ts';
import { readText } from '../steps/step-files.ts';
import { needs, readNeeds } from '../steps/step-needs.ts';
import { stateFolder } from './state-folder.ts';

const file = `${stateFolder}/lacks.json`;

const schema = z.array(z.object({ need: z.enum(needs), why: z.string() }));

/** Remembers what was lacking where the last run was, for the commands that tell what is next. */
export function rememberLacks(root: string, lacks: Lack[]): void {
  if (lacks.length === 0) {
    rmSync(join(root, file), { force: true });
    return;
  }
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), `${JSON.stringify(lacks)}\n`);
}

/** True if the step was possible at the target of the last run. A damaged record counts as no record. */
export function wasPossible(root: string, step: string): boolean {
  return lacking(readNeeds(root, step), readLacks(root)).length === 0;
}

function readLacks(root: string): Lack[] {
  try {
    return schema.parse(JSON.parse(readText(root, file) ?? '[]'));
  } catch {
    return [];
  }
}
