import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from '../../bundle.js';

/**
 * Makes JavaScript of the victim and all that it imports: that starts five times as fast as its sources.
 *
 * @returns its path
 */
export async function bundleVictim(directory: string): Promise<string> {
  await bundle([fileURLToPath(new URL('victim.ts', import.meta.url))], directory);
  return join(directory, 'victim.mjs');
}

export interface Victim {
  readonly endpoint: string;
  /** Kills it with SIGKILL; gives when it is dead. */
  kill(): Promise<void>;
}

/** @throws with what it wrote to stderr, if it doesn't start, or says anything there */
export async function startVictim(bundle: string, dataDirectory: string): Promise<Victim> {
  const child = spawn(process.execPath, [bundle, dataDirectory], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const endpoint = await Promise.race([firstLine(child), exited.then(() => undefined)]);
  if (endpoint === undefined) throw new Error('The local AWS that was to be killed did not start.');
  return {
    endpoint,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

async function firstLine({ stdout }: ChildProcess): Promise<string | undefined> {
  let text = '';
  for await (const chunk of stdout ?? []) {
    text += chunk;
    const [line, ...rest] = text.split('\n');
    if (rest.length > 0) return line;
  }
  return undefined;
}
