import { readFileSync } from 'node:fs';

/** A process, told apart from a later one that got the same id. */
export interface ProcessIdentity {
  id: number;
  /** When it started, in a unit of the system's; absent where the system doesn't tell. */
  started?: string;
}

/**
 * Says which process has an id now. In a container, whose processes have small numbers, and after a restart of the
 * machine, the id of a process that was killed is soon another one's.
 */
export function identityOfProcess(id: number): ProcessIdentity {
  const started = startOf(id);
  return started === undefined ? { id } : { id, started };
}

export function isAlive({ id, started }: ProcessIdentity): boolean {
  return exists(id) && (started === undefined || started === startOf(id));
}

/** The time from the start of the machine, which is named too: fields of Linux's proc(5). */
function startOf(id: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${id}/stat`, 'utf8');
    // The second field, a name in parentheses, may have blanks; the time is the 22nd.
    const time = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${time}`;
  } catch {
    return undefined;
  }
}

function exists(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch (error) {
    // It is alive, and another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
