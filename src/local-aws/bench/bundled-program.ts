import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from '../bundle.js';

/** A program as JavaScript, bundled as `npm run local-aws` is. */
export interface BundledProgram {
  readonly path: string;
  remove(): Promise<void>;
}

/** @param file beside this one */
export async function bundledProgram(file: string): Promise<BundledProgram> {
  const directory = await mkdtemp(join(tmpdir(), 'local-aws-bench-'));
  await bundle([fileURLToPath(new URL(file, import.meta.url))], directory);
  return {
    path: join(directory, `${basename(file, '.ts')}.mjs`),
    remove: () => rm(directory, { recursive: true }),
  };
}

/** Runs a program to its end, in a process of its own, which prints for itself. */
export async function runProgram(file: string, nodeOptions: readonly string[] = []): Promise<void> {
  const program = await bundledProgram(file);
  try {
    const [code] = await once(fork(program.path, { execArgv: [...nodeOptions] }), 'exit');
    if (code !== 0) throw new Error(`${file} stopped with exit code ${code}.`);
  } finally {
    await program.remove();
  }
}
