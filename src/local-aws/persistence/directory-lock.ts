import {
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** The right to use a directory, as long as this process lives. */
export interface DirectoryLock {
  /** @throws if the lock is gone, or another process took it over while this one was stopped */
  requireHeld(): void;
  release(): void;
}

/** How often the owner of a lock shows that it lives. */
const signMilliseconds = 1000;

/** An owner in another namespace that gives no sign for so long is dead. */
const silenceMilliseconds = 5 * signMilliseconds;

/** The lock files of this process. An earlier process with its id left the others that hold the id. */
const held = new Set<string>();

/**
 * Locks a directory by a file with the process id. The lock of a dead process is taken over. The id of a process in another
 * container or on another machine says nothing here: such an owner is dead if it doesn't touch the file for five seconds.
 *
 * @throws if a living process has it locked
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const file = join(realpathSync(directory), 'lock');
  const content = `${process.pid}\n${ownNamespace()}\n`;
  while (!createLock(file, content)) await removeIfStale(file, directory);
  held.add(file);
  let isLost = false;
  let lastSign = performance.now();
  const giveSign = () => {
    try {
      isLost ||= read(file) !== content;
      if (!isLost) utimesSync(file, new Date(), new Date());
      lastSign = performance.now();
    } catch {
      // The file can't be read or touched now, such as on a network that is down: the next sign looks again.
    }
  };
  const signs = setInterval(giveSign, signMilliseconds).unref();
  return {
    requireHeld() {
      if (performance.now() - lastSign > 2 * signMilliseconds) giveSign();
      if (!isLost) return;
      throw new Error(
        `The lock of the data directory '${directory}' is gone, or another process took it over while this one was ` +
          'stopped. Every call fails until a restart.',
      );
    },
    release() {
      clearInterval(signs);
      held.delete(file);
      if (read(file) === content) rmSync(file, { force: true });
    },
  };
}

/** Within what a process id is unique: a start of the machine and a PID namespace on Linux, else the machine. */
function ownNamespace(): string {
  try {
    // proc(5), pid_namespaces(7)
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}

/** @returns false if there is a lock already */
function createLock(file: string, content: string): boolean {
  try {
    writeFileSync(file, content, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function removeIfStale(file: string, directory: string): Promise<void> {
  const content = read(file);
  if (content === undefined) return;
  const [id = '', namespace] = content.split('\n');
  // Version 1.0 wrote the id alone.
  const isElsewhere = namespace ? namespace !== ownNamespace() : false;
  if (isElsewhere ? await showsLife(file) : isAlive(Number(id), file)) {
    throw new Error(
      `The data directory '${directory}' is in use by process ${id}${isElsewhere ? ' of another container or machine' : ''}. ` +
        `Stop that process, or choose another directory. If that process is no local AWS, remove '${file}'.`,
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
  if (read(aside) === content) rmSync(aside);
  else renameSync(aside, file);
}

/** @returns undefined if there is no lock */
function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Compares the times of one file only: the clocks of two machines may differ. */
async function showsLife(file: string): Promise<boolean> {
  const timeOf = () => statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  const before = timeOf();
  for (let waited = 0; waited < silenceMilliseconds; waited += signMilliseconds) {
    await new Promise((resolve) => setTimeout(resolve, signMilliseconds));
    const now = timeOf();
    if (now !== before) return now !== undefined;
  }
  return false;
}

/** @param id 0 if its process died before it wrote it */
function isAlive(id: number, file: string): boolean {
  if (id === process.pid) return held.has(file);
  if (!(id > 0)) return false;
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    // EPERM: it is alive, and another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
