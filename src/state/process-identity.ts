import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process, told apart from a later one that got the same id, and from one of another container or machine. */
export interface ProcessIdentity {
  id: number;
  /** When it started, in a unit of the system's; absent where the system doesn't tell. */
  started?: string;
  /** Within what the id is unique: a start of the machine and a PID namespace on Linux, else the name of the machine. */
  namespace?: string;
}

/** How long after its last sign of life a process of another namespace counts as alive. */
const silenceMilliseconds = 10 * 60_000;

/** How often a process has to give a sign of life. */
export const signOfLifeMilliseconds = 30_000;

/**
 * Returns the process that has an id now. The id of a killed process is soon another one's in a container, whose processes
 * have small numbers, and after a restart of the machine.
 */
export function identityOfProcess(id: number): ProcessIdentity {
  const started = startOf(id);
  return { id, ...(started === undefined ? {} : { started }), namespace: ownNamespace };
}

/**
 * True if a process may be alive. Its id says nothing in another namespace, such as that of a container which has the same
 * folder: there, it counts as alive until it has been silent for ten minutes.
 *
 * @param lastSign when the process last gave a sign of life
 */
export function isAlive({ id, started, namespace }: ProcessIdentity, lastSign: Date): boolean {
  if (namespace !== ownNamespace) return Date.now() - lastSign.getTime() < silenceMilliseconds;
  return exists(id) && (started === undefined || started === startOf(id));
}

/** The process as a message names it. */
export function describeProcess({ id, namespace }: ProcessIdentity): string {
  return namespace === ownNamespace ? `process ${id}` : `process ${id} of another container or machine`;
}

const ownNamespace = namespaceOfThisProcess();

/** See pid_namespaces(7) and proc(5). */
function namespaceOfThisProcess(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}

/** The time from the start of the machine, in clock ticks: Linux, proc(5). */
function startOf(id: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${id}/stat`, 'utf8');
    // The second field, a name in parentheses, may have blanks; the time is the 22nd.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
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
