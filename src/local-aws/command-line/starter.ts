import { fstatSync, readFileSync, readlinkSync } from 'node:fs';
import { isatty } from 'node:tty';

const pollMilliseconds = 500;

/** Set by npm, pnpm and yarn for the scripts that they run. */
const isScript = process.env.npm_lifecycle_event !== undefined;

const starters = startersNow();

/**
 * True if this process is to outlive its starter: `nohup` and a redirected background job leave it no terminal or pipe, and
 * `setsid` a session of its own. A script of npm's never does: npm itself outlives its starter then.
 */
export function isDetached(): boolean {
  if (isScript) return false;
  return statOf(process.pid).session === process.pid || !(isConnected(0) || isConnected(1));
}

/** Resolves when the process that started this one has ended. A killed process can't pass on a signal. */
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
 * The parent; and npm, where the parent is npm's shell: some shells pass no signal on. On POSIX systems the parent changes
 * when it ends. A container's first process has none, and systemd is not expected to end.
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

/** The 4th and 6th field of Linux's proc_pid_stat(5); none elsewhere. The 2nd, a name in parentheses, may have blanks. */
function statOf(id: number): { parent?: number; session?: number } {
  try {
    const stat = readFileSync(`/proc/${id}/stat`, 'utf8');
    const [, parent, , session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { parent: Number(parent), session: Number(session) };
  } catch {
    return {};
  }
}

/** True if a terminal, or another program by a pipe, is at a file descriptor. */
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
