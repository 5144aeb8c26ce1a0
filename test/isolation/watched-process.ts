import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Observations of socket-watch.js, by process. */
export type Observation = { process: number } & (
  | { kind: 'process'; isMainThread: boolean }
  /** A TCP connection that was asked for; a host that isn't this machine was refused. */
  | { kind: 'connection'; host: string; port: number }
  | { kind: 'datagram'; host: string }
  /** The name of another machine was looked up, which was refused. */
  | { kind: 'look-up'; host: string }
  /** A request was signed with this access key. */
  | { kind: 'signature'; accessKeyId: string }
  /** The word that must not be sent was sent, even if only to this machine. */
  | { kind: 'leak'; host: string }
  /** A program was started that can't be watched. */
  | { kind: 'program'; file: string }
);

export interface WatchedProcess {
  code: number;
  output: string;
  observations: Observation[];
}

const watch = new URL('socket-watch.js', import.meta.url).href;

/**
 * Runs Node.js with every socket watched: its own, and those of its workers and of the processes that it starts.
 *
 * @param args as for `node`
 * @param word what must not be sent, not even to this machine
 */
export async function runWatched(
  args: string[],
  { cwd, environment, word }: { cwd: string; environment: Record<string, string | undefined>; word: string },
): Promise<WatchedProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'socket-watch-'));
  const SOCKET_WATCH_FILE = join(folder, 'observations.jsonl');
  const env = {
    ...environment,
    NODE_OPTIONS: `--import=${watch}`,
    SOCKET_WATCH_FILE,
    SOCKET_WATCH_WORD: word,
  };
  try {
    const { code, output } = await run(args, { cwd, env });
    return { code, output, observations: readObservations(SOCKET_WATCH_FILE) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The hosts that are not this machine, to which something was about to be sent, or whose names were looked up. */
export function hostsElsewhere(observations: Observation[]): string[] {
  const hosts = observations.flatMap((observation) => ('host' in observation ? [observation.host] : []));
  return [...new Set(hosts)].filter((host) => !/^(127\.\d+\.\d+\.\d+|::1|localhost)$/.test(host)).sort();
}

/** All observations of a kind. */
export function ofKind<Kind extends Observation['kind']>(
  observations: Observation[],
  kind: Kind,
): Extract<Observation, { kind: Kind }>[] {
  return observations.filter(
    (observation): observation is Extract<Observation, { kind: Kind }> => observation.kind === kind,
  );
}

function run(
  args: string[],
  options: { cwd: string; env: Record<string, string | undefined> },
): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, options, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, output: stdout + stderr }),
    );
  });
}

function readObservations(file: string): Observation[] {
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Observation);
}
