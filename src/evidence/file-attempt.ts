import {
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  truncateSync,
} from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { type Outcome, outcomeOf } from './outcome.ts';

/** The paths that work reads from and writes to, in a folder of their own. */
export interface Files {
  folder: string;
  input: string;
  output: string;
}

/** The content of a file, or that there is a folder in its place, which nobody can read or replace as a file. */
export type Content = Buffer | 'a folder';

/** How work on files ended, and the files that are there afterwards. */
export interface FileAttempt extends Outcome {
  files: Files;
  /** The content of the output as soon as the work was over. Undefined if there was no such file. */
  output: Buffer | undefined;
  /** The files that were not there before, by their path in the folder. */
  created: string[];
}

/**
 * Runs work that reads one file and writes another.
 *
 * @param parent the folder in which a new one is made
 * @param earlierOutput what is in the place of the output before: by default, nothing
 */
export async function attemptOnFiles(
  parent: string,
  input: Content,
  work: (files: Files) => Promise<void>,
  earlierOutput?: Content,
): Promise<FileAttempt> {
  const folder = await mkdtemp(join(parent, 'files-'));
  const files = { folder, input: join(folder, 'input'), output: join(folder, 'output') };
  await put(files.input, input);
  if (earlierOutput) await put(files.output, earlierOutput);
  const before = lengthsIn(folder);
  const readOutput = () => (lengthsIn(folder).has('output') ? readFileSync(files.output) : undefined);
  let output: Buffer | undefined;
  const outcome = await outcomeOf(async () => {
    try {
      await work(files);
    } finally {
      output = readOutput();
    }
  });
  const isOver = outcome.ended === 'returned' || outcome.ended === 'threw';
  return {
    ...outcome,
    files,
    output: isOver ? output : readOutput(),
    created: [...lengthsIn(folder).keys()].filter((name) => !before.has(name)),
  };
}

/**
 * Waits for work, and acts once: as soon as the output, or a temporary file beside it, is longer than the given length.
 * Does not act if the work is over before.
 */
export async function actWhenWritten(
  { folder }: Files,
  length: number,
  work: Promise<void>,
  act: () => void,
): Promise<void> {
  let isOver = false;
  const working = work.finally(() => {
    isOver = true;
  });
  // Until it is awaited below.
  working.catch(() => {});
  const isWritten = () =>
    [...lengthsIn(folder)].some(([name, written]) => name !== 'input' && written > length);
  while (!isOver && !isWritten()) await setImmediate();
  if (!isOver) act();
  await working;
}

/** Waits for work, and shortens the input once the output, or a temporary file beside it, is longer than a length. */
export function truncateWhenWritten(
  files: Files,
  length: number,
  inputLength: number,
  work: Promise<void>,
): Promise<void> {
  return actWhenWritten(files, length, work, () => truncateSync(files.input, inputLength));
}

/** Waits for work, and aborts it once the output, or a temporary file beside it, is longer than the given length. */
export function abortWhenWritten(
  files: Files,
  length: number,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const controller = new AbortController();
  return actWhenWritten(files, length, work(controller.signal), () => controller.abort());
}

/**
 * Makes a file that can be opened, and fails as on a full disk when something is written to it. Does nothing where the
 * system has no device for that: Linux has one, macOS and Windows have none.
 */
export function fillDisk(file: string): undefined {
  const device = '/dev/full';
  if (process.platform === 'linux' && existsSync(device)) symlinkSync(device, file);
}

/**
 * True if this process has the file open, and keeps it open for as long as we wait. Always false where the system does
 * not list open files: only Linux does.
 */
export async function staysOpen(file: string, patienceMilliseconds = 2_000): Promise<boolean> {
  const end = Date.now() + patienceMilliseconds;
  while (openFiles().includes(file)) {
    if (Date.now() > end) return true;
    await setTimeout(1);
  }
  return false;
}

function put(path: string, content: Content): Promise<unknown> {
  return content === 'a folder' ? mkdir(path) : writeFile(path, content);
}

function openFiles(): string[] {
  const descriptors = '/proc/self/fd';
  if (!existsSync(descriptors)) return [];
  return readdirSync(descriptors).map((descriptor) => {
    try {
      return readlinkSync(join(descriptors, descriptor));
    } catch {
      // It was closed meanwhile.
      return '';
    }
  });
}

/** The lengths of the files in a folder and the folders in it, by their path there. */
function lengthsIn(folder: string): Map<string, number> {
  const lengths = new Map<string, number>();
  for (const name of readdirSync(folder, { encoding: 'utf8', recursive: true })) {
    // It may have been renamed meanwhile.
    const stats = statSync(join(folder, name), { throwIfNoEntry: false });
    if (stats?.isFile()) lengths.set(name, stats.size);
  }
  return lengths;
}
