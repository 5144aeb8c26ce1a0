import { lstat, readdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';

/** A file in the folder for the output of runs. */
export interface OutputFile {
  /** Its path from that folder, with slashes. */
  path: string;
  /** Number of bytes. */
  size: number;
}

/** A message that is longer is not read: it would be held in memory as a whole. */
export const mostBytes = 64 * 1024 * 1024;

/**
 * Lists the encrypted files of all runs: those in the folder, and in each folder of a run. Links are left out, wherever they
 * lead, and so are decrypted files, which the steps name `plaintext_…`.
 */
export async function listOutputFiles(folder: string): Promise<OutputFile[]> {
  const files: OutputFile[] = [];
  for (const parent of ['', ...(await entriesOf(folder, 'folders'))]) {
    for (const name of await entriesOf(join(folder, parent), 'files')) {
      const path = parent ? `${parent}/${name}` : name;
      // Not opened: a run may be about to remove it, and on Windows that has to wait then.
      const size = await ifInside(folder, path, async (file) => (await lstat(file)).size);
      if (size !== undefined) files.push({ path, size });
    }
  }
  return files;
}

/**
 * Reads a file of the list. A path that isn't in the list leads nowhere: no path is ever made from what a request says.
 *
 * @returns undefined if there is no such file
 */
export async function readOutputFile(folder: string, path: string): Promise<Uint8Array | undefined> {
  const listed = (await listOutputFiles(folder)).find((file) => file.path === path);
  if (!listed || listed.size > mostBytes) return undefined;
  return ifInside(folder, listed.path, (file) => readFile(file));
}

async function entriesOf(folder: string, kind: 'files' | 'folders'): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() === (kind === 'files') && !/^(\.|plaintext)/.test(entry.name))
    .map(({ name }) => name)
    .sort();
}

/** Does something with a file that lies in the folder, with all links resolved: what looks like a folder in it may be a link. */
async function ifInside<Result>(
  folder: string,
  path: string,
  action: (file: string) => Promise<Result>,
): Promise<Result | undefined> {
  try {
    const file = await realpath(join(folder, path));
    return file === join(await realpath(folder), path) ? await action(file) : undefined;
  } catch {
    // It was removed meanwhile, or can't be read.
    return undefined;
  }
}
