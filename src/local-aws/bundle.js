import { readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build } from 'vite';

// In plain JavaScript, because it makes what Node.js before 22.18 can read.

/**
 * Makes one JavaScript module of a TypeScript file and of all that it imports, packages too. What it imports later, if at
 * all, stands in files beside it, and takes no time before.
 *
 * @param {string} entry the path of the file
 * @param {string} directory where to; it is made
 * @returns {Promise<string>} the module's path
 */
export async function bundle(entry, directory) {
  await build({
    configFile: false,
    logLevel: 'silent',
    publicDir: false,
    ssr: { noExternal: true },
    build: {
      ssr: entry,
      target: 'node20',
      outDir: directory,
      emptyOutDir: false,
      rolldownOptions: { output: { entryFileNames: 'main.mjs', chunkFileNames: '[name].mjs' } },
    },
  });
  return join(directory, 'main.mjs');
}

const hour = 60 * 60 * 1000;

/**
 * Bundles into a directory that is there at once and whole, and removes what else is beside it, unless it may be wanted by
 * another start.
 *
 * @param {string} entry the path of the file
 * @param {string} directory
 */
export async function keepBundle(entry, directory) {
  const unfinished = `${directory}.${process.pid}`;
  await bundle(entry, unfinished);
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
