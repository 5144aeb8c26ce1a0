import { fstatSync, readFileSync, readlinkSync } from 'node:fs';
import { isatty } from 'node:tty';

const pollMilliseconds = 500;

/** Set by npm, pnpm and yarn for the scripts that they run. */
const isScript = process.env.npm_lifecycle_event !== undefined;

const starters = startersNow();

/**
 * True if this process should outlive its starter: after `nohup` or as a redirected background job it has no terminal or pipe,
 * and after `setsid` a session of its own. An npm script never should: npm itself outlives its starter then.
 */
export function isDetached(): boolean {
  if (isScript) return false;
  return statOf(process.pid).session === process.pid || !(isConnected(0) || isConnected(1));
}

/** Resolves when the process that started this one has ended. A killed process can't forward a signal. */
export function whenStarterEnds(): Promise<void> {
  return new Promise((resolve) => {
    const poll = setInterval(() => {
      if (startersNow().join() === starters.join() && exists(process.ppid)) return;
      clearInterval(poll);
      resolve();
    }, pollMilliseconds).unref();
  });
}

/**
 * Returns the parent's id; and npm's, if the parent is npm's shell, because some shells forward no signals. On POSIX systems
 * the parent's id changes when it ends. A container's first process has none, and systemd is not expected to end.
 */
function startersNow(): (number | undefined)[] {
  const { ppid } = process;
  return isScript && isShell(ppid) ? [ppid, statOf(ppid).parent] : [ppid];
}

function isShell(id: number): boolean {
  try {
    return /(sh|busybox)$/.test(readlinkSync(`/proc/${id}/exe`));
  } catch {
    return false;
  }
}

/** Reads the 4th and 6th field of Linux's proc_pid_stat(5); empty elsewhere. The 2nd, a name in parentheses, may have blanks. */
function statOf(id: number): { parent?: number; session?: number } {
  try {
    const stat = readFileSync(`/proc/${id}/stat`, 'utf8');
    const [, parent, , session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { parent: Number(parent), session: Number(session) };
  } catch {
    return {};
  }
}

/** True if a file descriptor leads to a terminal, or through a pipe or socket to another program. */
function isConnected(fd: number): boolean {
  try {
    const stats = fstatSync(fd);
    return isatty(fd) || stats.isFIFO() || stats.isSocket();
  } catch {
    return false;
  }
}

/** On Windows, the parent's id stays the same when it has ended. */
function exists(id: number): boolean {
  if (process.platform !== 'win32') return true;
  try {
    return process.kill(id, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
