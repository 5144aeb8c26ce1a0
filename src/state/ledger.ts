import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { readText } from '../steps/step-files.ts';
import { formatLine, type LedgerEntry, type LedgerLine, type Place, readLines } from './ledger-lines.ts';
import { outputSetting } from './output-folder.ts';
import { identityOfProcess } from './process-identity.ts';
import { removeInside } from './remove-inside.ts';
import { aliasPrefix, isRunName, type Run, requireRunName } from './run.ts';
import { stateFolder } from './state-folder.ts';

export type { LedgerEntry, Place } from './ledger-lines.ts';

/** The entries of a run in one place. */
export interface Ledger {
  /** The project's folder. */
  root: string;
  run: string;
  place: Place;
  entries: LedgerEntry[];
  /** Number of the run's keys. Undefined if the run was killed while the number may have changed. */
  keys: number | undefined;
  /** When the last line was written, or the run last showed that it is alive. */
  writtenAt: Date;
}

/** Identifies a ledger: its file name is made of these. */
type LedgerName = Pick<Ledger, 'root' | 'run' | 'place'>;

const folder = join(stateFolder, 'ledger');

/**
 * Writes down that a run is going to create a key with this alias, before it does: whatever happens then, the
 * ledger leads to it. On disk when this returns.
 *
 * @param processId the process that keeps the run
 */
export function enterInLedger(run: Run, aliasName: string, processId: number): void {
  const name = ledgerName(run);
  const process = identityOfProcess(processId);
  const tags = run.tags.map(({ TagKey = '', TagValue = '' }) => ({ TagKey, TagValue }));
  append(name, { process, place: name.place, aliasName, tags, outputFolder: outputSetting(run) });
}

/** Writes down that something is about to create keys of a run, or to remove them. On disk when this returns. */
export function enterChanging(name: LedgerName, by: string): void {
  append(name, { changing: by });
}

/**
 * Writes down that what was to create keys, or to remove them, has ended.
 *
 * @param more how many more keys of the run there are than before; less than 0 when there are fewer
 */
export function enterChanged(name: LedgerName, more: number): void {
  append(name, { more });
}

/** Shows those who can't see the process of a run that it is alive. */
export function showLife(run: Run): void {
  const now = new Date();
  try {
    utimesSync(join(run.root, fileOf(ledgerName(run))), now, now);
  } catch {
    // The ledger was closed, or can't be written: what matters is said when a line is added to it.
  }
}

/**
 * The ledgers of the runs that weren't cleaned up.
 *
 * @param root the project's folder
 */
export function openLedgers(root: string): Ledger[] {
  return ledgerFiles(root).flatMap((file) => readLedger(root, file).ledger ?? []);
}

/** Ledgers and lines that can't be read, and are left alone: one line each. */
export function unreadableLedgers(root: string): string[] {
  const misnamed = filesInFolder(root).filter((file) => file.endsWith('.jsonl') && runOf(file) === undefined);
  return [
    ...misnamed.map(
      (file) =>
        `${inspect(join(folder, file))}: no ledger has such a name. Delete the file if you don't need it.`,
    ),
    ...ledgerFiles(root).flatMap((file) => {
      const { unreadable } = readLedger(root, file);
      if (unreadable.length === 0) return [];
      const which = unreadable.map((each) => `${join(folder, file)}${each}`).join('; ');
      return `${which}. The run ${runOf(file)} may still have keys. With the target of that run, npm run clean-up -- --run ${runOf(file)} removes them by their tags. Delete the file then.`;
    }),
  ];
}

/** The ledger of a run; undefined when it wrote nothing down. */
export function ledgerOf(run: Run): Ledger | undefined {
  return readLedger(run.root, fileNameOf(ledgerName(run))).ledger;
}

/** Forgets a run: nothing of it is left to clean up in that place. A ledger with a line that can't be read stays. */
export function closeLedger(name: LedgerName): void {
  if (readLedger(name.root, fileNameOf(name)).unreadable.length > 0) return;
  removeInside(join(name.root, stateFolder), join(name.root, fileOf(name)));
}

/** Forgets the runs that were killed before their first line was whole: it led to nothing yet. */
export function closeEmptyLedgers(root: string): void {
  for (const file of ledgerFiles(root)) {
    const { ledger, unreadable } = readLedger(root, file);
    if (ledger || unreadable.length > 0) continue;
    const path = join(root, folder, file);
    // A run that lives writes its first line right after it has made the file.
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (age > 60_000) removeInside(join(root, stateFolder), path);
  }
}

export function placeOf({ target, region, endpoint, account }: Run): Place {
  return { target, region, ...(endpoint ? { endpoint } : {}), ...(account ? { account } : {}) };
}

/** Identifies the ledger of a run in its current place. */
export function ledgerName(run: Run): LedgerName {
  return { root: run.root, run: run.name, place: placeOf(run) };
}

/** True if both name the same place. An unknown account matches any. */
export function isSamePlace(one: Place, other: Place): boolean {
  const isSameAccount = !one.account || !other.account || one.account === other.account;
  return (
    isSameAccount &&
    one.target === other.target &&
    one.region === other.region &&
    one.endpoint === other.endpoint
  );
}

function append(name: LedgerName, line: LedgerLine): void {
  const { root } = name;
  mkdirSync(join(root, folder), { recursive: true });
  const path = join(root, fileOf(name));
  const isNew = !existsSync(path);
  const file = openSync(path, 'a');
  try {
    writeFileSync(file, formatLine(line));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  if (isNew) for (const each of [folder, stateFolder, '.']) synchronizeFolder(join(root, each));
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

/** Reads a ledger. There is none when the file isn't there any more, or has no whole entry. */
function readLedger(root: string, file: string): { ledger?: Ledger; unreadable: string[] } {
  const run = requireRunName(runOf(file) ?? file);
  const text = readOrSayWhyNot(root, file);
  if (text instanceof Error) return { unreadable: [`: ${text.message}`] };
  const isOfRun = (aliasName: string) => `${aliasName}_`.startsWith(`${aliasPrefix}${run}_`);
  const read = readLines(text, isOfRun);
  const unreadable = read.unreadable.map(({ number, why }) => `, line ${number}: ${why}`);
  const entries = read.lines.filter((line) => 'aliasName' in line);
  const [first] = entries;
  if (!first) return { unreadable };
  const changes = read.lines.filter((line) => 'more' in line);
  const isSettled = unreadable.length === 0 && changes.at(-1) === read.lines.at(-1);
  const ledger: Ledger = {
    root,
    run,
    place: first.place,
    entries,
    writtenAt: statSync(join(root, folder, file), { throwIfNoEntry: false })?.mtime ?? new Date(0),
    keys: isSettled ? changes.reduce((sum, { more }) => sum + more, 0) : undefined,
  };
  return { ledger, unreadable };
}

/** Another user's file, or a folder, is no reason to overlook the other ledgers. */
function readOrSayWhyNot(root: string, file: string): string | Error {
  try {
    return readText(root, join(folder, file)) ?? '';
  } catch (error) {
    // The system's own words about a folder: the report names the file already.
    return ((error as Error).cause ?? error) as Error;
  }
}

function ledgerFiles(root: string): string[] {
  return filesInFolder(root).filter((name) => runOf(name) !== undefined);
}

/** The name of the run in the name of its ledger; undefined when there is none that a run can have. */
function runOf(file: string): string | undefined {
  const [, run = ''] = /^([^.]*)\.[0-9a-f]{8}\.jsonl$/.exec(file) ?? [];
  return isRunName(run) ? run : undefined;
}

function filesInFolder(root: string): string[] {
  try {
    return readdirSync(join(root, folder));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function fileOf(name: LedgerName): string {
  return join(folder, fileNameOf(name));
}

/** One file for each place: a run of the same name elsewhere has its own. */
function fileNameOf({ run, place: { target, region, endpoint, account } }: LedgerName): string {
  const place = createHash('sha256').update(JSON.stringify([target, region, endpoint, account]));
  return `${requireRunName(run)}.${place.digest('hex').slice(0, 8)}.jsonl`;
}
