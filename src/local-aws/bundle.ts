import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build, type Rolldown } from 'vite';

/**
 * Makes one JavaScript module of a TypeScript file and of all that it imports, packages too.
 *
 * @returns its code
 */
export async function bundle(entry: string): Promise<string> {
  const { output } = (await build({
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: entry,
      target: 'node20',
      write: false,
      rolldownOptions: { output: { codeSplitting: false } },
    },
  })) as Rolldown.RolldownOutput;
  return output[0].code;
}

const hour = 60 * 60 * 1000;

/** Writes a file, at once and whole, and removes what else is in its directory, unless it may be wanted by another start. */
export async function keep(file: string, content: string): Promise<void> {
  const directory = dirname(file);
  await mkdir(directory, { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  await writeFile(unfinished, content);
  await rename(unfinished, file);
  for (const name of await readdir(directory)) {
    const other = join(directory, name);
    if ((await stat(other)).mtimeMs < Date.now() - hour) await rm(other);
  }
}
