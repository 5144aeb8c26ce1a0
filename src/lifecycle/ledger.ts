import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { stateFolder } from '../steps/state-folder.ts';
import type { Run } from './run.ts';

const entrySchema = z.object({
  /** The process that wrote the entry: while it lives, the run does. */
  process: z.number(),
  target: z.enum(['local', 'aws', 'endpoint']),
  region: z.string(),
  aliasName: z.string(),
  tags: z.array(z.object({ TagKey: z.string(), TagValue: z.string() })),
  files: z.array(z.string()),
});

/** A key, its alias and its files that a run is about to create. */
export type LedgerEntry = z.infer<typeof entrySchema>;

const folder = join(stateFolder, 'ledger');

/**
 * Writes down that a run is going to create a key with this alias, before it does: whatever happens then, the
 * ledger leads to it. On disk when this returns.
 */
export function enterInLedger(run: Run, aliasName: string, files: string[], process: number): void {
  const { target, region, tags } = run;
  mkdirSync(folder, { recursive: true });
  const file = openSync(fileOf(run.name), 'a');
  try {
    writeSync(file, `${JSON.stringify({ process, target, region, aliasName, tags, files })}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** The names of the runs that still have a ledger. */
export function runsInLedger(): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.jsonl'))
      .map((name) => name.slice(0, -'.jsonl'.length));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/**
 * The entries of a run; none when it wrote nothing down. A line that was cut off by a crash led to nothing yet, and is
 * left out.
 */
export function readLedger(runName: string): LedgerEntry[] {
  if (!existsSync(fileOf(runName))) return [];
  return readFileSync(fileOf(runName), 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return [entrySchema.parse(JSON.parse(line))];
      } catch {
        return [];
      }
    });
}

/** Forgets a run: nothing of it is left to clean up. */
export function closeLedger(runName: string): void {
  rmSync(fileOf(runName), { force: true });
}

function fileOf(runName: string): string {
  return join(folder, `${runName}.jsonl`);
}
