import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { z } from 'zod';
import { stateFolder } from '../steps/state-folder.ts';
import { readText } from '../steps/step-files.ts';
import { identityOfProcess } from './process-identity.ts';
import { isRunName, type Run, requireRunName } from './run.ts';

const placeSchema = z.object({
  target: z.enum(['local', 'aws', 'endpoint']),
  region: z.string(),
  /** The URL of KMS where it isn't AWS's own. */
  endpoint: z.string().optional(),
  /** The number of the AWS account, where AWS said it. */
  account: z.string().optional(),
});

const entrySchema = z.object({
  /** The process that keeps the run: while it lives, the run does. */
  process: z.object({
    id: z.number(),
    started: z.string().optional(),
    namespace: z.string().optional(),
  }),
  place: placeSchema,
  aliasName: z.string(),
  tags: z.array(z.object({ TagKey: z.string(), TagValue: z.string() })),
  files: z.array(z.string()),
});

/** From here on, something may create keys, or remove them: who. */
const changingSchema = z.object({ changing: z.string() });
/** It has ended, and by so many the keys of the run have become more. */
const changedSchema = z.object({ more: z.number() });

const lineSchema = z.union([entrySchema, changingSchema, changedSchema]);

/** Where a run has its keys. */
export type Place = z.infer<typeof placeSchema>;

/** A key, its alias and its files that a run is about to create. */
export type LedgerEntry = z.infer<typeof entrySchema>;

/** What a run wrote down in one place. */
export interface Ledger {
  run: string;
  place: Place;
  entries: LedgerEntry[];
  /** How many keys of the run are there; unknown when it was killed while that may have changed. */
  keys: number | undefined;
  /** When the last line was written, or the run last showed that it is alive. */
  writtenAt: Date;
}

const folder = join(stateFolder, 'ledger');

/**
 * Writes down that a run is going to create a key with this alias, before it does: whatever happens then, the
 * ledger leads to it. On disk when this returns.
 *
 * @param processId the process that keeps the run
 */
export function enterInLedger(run: Run, aliasName: string, files: string[], processId: number): void {
  const place = placeOf(run);
  const process = identityOfProcess(processId);
  append(run.name, place, entrySchema.parse({ process, place, aliasName, tags: run.tags, files }));
}

/** Writes down that something is about to create keys of a run, or to remove them. On disk when this returns. */
export function enterChanging({ run, place }: Pick<Ledger, 'run' | 'place'>, by: string): void {
  append(run, place, { changing: by });
}

/**
 * Writes down that what was to create keys, or to remove them, has ended.
 *
 * @param more how many more keys of the run there are than before; less than 0 when there are fewer
 */
export function enterChanged({ run, place }: Pick<Ledger, 'run' | 'place'>, more: number): void {
  append(run, place, { more });
}

/** Shows those who can't see the process of a run that it is alive. */
export function showLife(run: Run): void {
  const now = new Date();
  try {
    utimesSync(join(folder, fileOf(run.name, placeOf(run))), now, now);
  } catch {
    // The ledger was closed, or can't be written: what matters is said when a line is added to it.
  }
}

/** The ledgers of the runs that weren't cleaned up. */
export function openLedgers(): Ledger[] {
  return ledgerFiles().flatMap((file) => readLedger(file) ?? []);
}

/** Files among the ledgers whose names name no run: one line each. */
export function misnamedLedgers(): string[] {
  return filesInFolder()
    .filter((file) => file.endsWith('.jsonl') && runOf(file) === undefined)
    .map(
      (file) =>
        `${inspect(join(folder, file))}: its name is not that of a ledger, <run>.<8 hex digits>.jsonl`,
    );
}

/** The ledger of a run; undefined when it wrote nothing down. */
export function ledgerOf(run: Run): Ledger | undefined {
  return readLedger(fileOf(run.name, placeOf(run)));
}

/** Forgets a run: nothing of it is left to clean up in that place. */
export function closeLedger({ run, place }: Pick<Ledger, 'run' | 'place'>): void {
  rmSync(join(folder, fileOf(run, place)), { force: true });
}

/** Forgets the runs that were killed before their first line was whole: it led to nothing yet. */
export function closeEmptyLedgers(): void {
  for (const file of ledgerFiles()) {
    if (readLedger(file)) continue;
    const path = join(folder, file);
    // A run that lives writes its first line right after it has made the file.
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (age > 60_000) rmSync(path, { force: true });
  }
}

export function placeOf({ target, region, endpoint, account }: Run): Place {
  return { target, region, ...(endpoint ? { endpoint } : {}), ...(account ? { account } : {}) };
}

/** Whether what is in one place can be reached from the other. An account that isn't known is no difference. */
export function isSamePlace(one: Place, other: Place): boolean {
  const isSameAccount = !one.account || !other.account || one.account === other.account;
  return (
    isSameAccount &&
    one.target === other.target &&
    one.region === other.region &&
    one.endpoint === other.endpoint
  );
}

/** Each line begins a new one: the line before may have been cut off. */
function append(run: string, place: Place, line: z.infer<typeof lineSchema>): void {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, fileOf(run, place));
  const isNew = !existsSync(path);
  const file = openSync(path, 'a');
  try {
    writeFileSync(file, `\n${JSON.stringify(line)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  if (isNew) for (const each of [folder, stateFolder, '.']) synchronizeFolder(each);
}

/** A new file is on disk only when the folder that names it is. Windows can't do that, and needn't. */
function synchronizeFolder(path: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Gives undefined when the file is not there any more, or has no whole entry yet. */
function readLedger(file: string): Ledger | undefined {
  const lines = (readText(folder, file) ?? '').split('\n').flatMap(readLine);
  const entries = lines.filter((line) => 'aliasName' in line);
  const [first] = entries;
  if (!first) return undefined;
  const changes = lines.filter((line) => 'more' in line);
  const isSettled = changes.at(-1) === lines.at(-1);
  return {
    run: requireRunName(runOf(file) ?? file),
    place: first.place,
    entries,
    writtenAt: statSync(join(folder, file), { throwIfNoEntry: false })?.mtime ?? new Date(0),
    keys: isSettled ? changes.reduce((sum, { more }) => sum + more, 0) : undefined,
  };
}

/** A line that was cut off by a crash led to nothing yet: what it announces comes after it. */
function readLine(text: string): z.infer<typeof lineSchema>[] {
  try {
    return [lineSchema.parse(JSON.parse(text))];
  } catch {
    return [];
  }
}

function ledgerFiles(): string[] {
  return filesInFolder().filter((name) => runOf(name) !== undefined);
}

/** The name of the run in the name of its ledger; undefined when there is none that a run can have. */
function runOf(file: string): string | undefined {
  const [, run = ''] = /^([^.]*)\.[0-9a-f]{8}\.jsonl$/.exec(file) ?? [];
  return isRunName(run) ? run : undefined;
}

function filesInFolder(): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** One file for each place: a run of the same name elsewhere has its own. */
function fileOf(run: string, { target, region, endpoint, account }: Place): string {
  const place = createHash('sha256').update(JSON.stringify([target, region, endpoint, account]));
  return `${requireRunName(run)}.${place.digest('hex').slice(0, 8)}.jsonl`;
}
