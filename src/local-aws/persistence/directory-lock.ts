import { readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The right to use a directory, as long as this process lives. */
export interface DirectoryLock {
  release(): void;
}

/** The lock files of this process: a lock with its process id that isn't among them was left by another one with that id. */
const held = new Set<string>();

/**
 * Locks a directory by a file that holds the process id. A lock whose process is dead is taken over.
 *
 * @throws if a living process has it locked
 */
export function lockDirectory(directory: string): DirectoryLock {
  const file = join(realpathSync(directory), 'lock');
  while (!createLock(file)) removeIfStale(file, directory);
  held.add(file);
  return {
    release() {
      held.delete(file);
      rmSync(file, { force: true });
    },
  };
}

/** @returns false if there is a lock already */
function createLock(file: string): boolean {
  try {
    writeFileSync(file, `${process.pid}\n`, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function removeIfStale(file: string, directory: string): void {
  const owner = ownerOf(file);
  if (owner !== undefined && isAlive(owner, file)) {
    throw new Error(
      `The data directory '${directory}' is in use by process ${owner}. Stop that process, or take another directory. ` +
        `If it isn't a local AWS, remove '${file}'.`,
    );
  }
  // Out of the way first, and then looked at again: it may be a new lock by now, of another process that takes over.
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (ownerOf(aside) === owner) rmSync(aside);
  else renameSync(aside, file);
}

/** @returns undefined if there is no lock, or it doesn't say whose it is: its process died while it made the lock */
function ownerOf(file: string): number | undefined {
  try {
    const owner = Number.parseInt(readFileSync(file, 'utf8'), 10);
    return owner > 0 ? owner : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function isAlive(pid: number, file: string): boolean {
  if (pid === process.pid) return held.has(file);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is alive, and another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
