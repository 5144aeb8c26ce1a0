import { readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build } from 'vite';

// In plain JavaScript, because it makes what Node.js before 22.18 can read.

/**
 * Makes JavaScript modules of TypeScript files and of all that they import, packages too: `main.mjs` of `main.ts`. What they
 * share, and what they import only when they need it, is in files beside them.
 *
 * @param {string[]} entries the paths of the files
 * @param {string} directory where the modules are written; it is created
 * @param {import('vite').BuildEnvironmentOptions} [options] further options of Vite's build
 */
export async function bundle(entries, directory, options) {
  await build({
    configFile: false,
    logLevel: 'silent',
    publicDir: false,
    ssr: { noExternal: true },
    build: {
      ssr: true,
      target: 'node20',
      outDir: directory,
      emptyOutDir: false,
      rolldownOptions: {
        input: entries,
        output: { entryFileNames: '[name].mjs', chunkFileNames: '[name].mjs' },
      },
      ...options,
    },
  });
}

const hour = 60 * 60 * 1000;

/**
 * Bundles into a directory that appears at once and whole. Removes older bundles beside it, unless another start may still
 * use them.
 *
 * @param {string} entry the path of the file
 * @param {string} directory
 */
export async function keepBundle(entry, directory) {
  const unfinished = `${directory}.${process.pid}`;
  await bundle([entry], unfinished);
  try {
    await rename(unfinished, directory);
  } catch (error) {
    await rm(unfinished, { recursive: true });
    // Another start has been quicker.
    if (!['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(String(error.code))) throw error;
  }
  const bundles = dirname(directory);
  for (const name of await readdir(bundles)) {
    const other = join(bundles, name);
    if ((await stat(other)).mtimeMs < Date.now() - hour) await rm(other, { recursive: true, force: true });
  }
}
