import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// To read a hundred TypeScript files takes most of a second, to read one JavaScript file a tenth of that.
// In plain JavaScript, because Node.js before 22.18 can't read TypeScript without help.

const sources = fileURLToPath(new URL('.', import.meta.url));
const repository = fileURLToPath(new URL('../../', import.meta.url));

/**
 * The path of a file of the local AWS as one JavaScript module: made at the first start, kept, and made again when a
 * source file or a package is another one.
 *
 * @param {string} entry the file, such as `main.ts`
 * @returns {Promise<string>} where nothing can be kept, a path that is gone when this process ends
 */
export async function keptBundle(entry) {
  const name = basename(entry, '.ts');
  const directory = `${repository}node_modules/.cache/local-aws/${name}-${fingerprint()}`;
  const bundled = `${directory}/${name}.mjs`;
  if (existsSync(bundled)) return bundled;
  const { bundle, keepBundle } = await import('./bundle.js');
  try {
    await keepBundle(sources + entry, directory);
    return bundled;
  } catch {
    // The failure may concern only the removal of an older bundle.
    if (existsSync(bundled)) return bundled;
    // Packages that somebody else has installed, for example.
    const temporary = mkdtempSync(join(tmpdir(), 'local-aws-'));
    process.on('exit', () => rmSync(temporary, { recursive: true, force: true }));
    await bundle([sources + entry], temporary);
    return join(temporary, `${name}.mjs`);
  }
}

/** Another one after any change to a source file, or to the versions of the packages. */
function fingerprint() {
  const versions = [...sourcesIn(sources), `${repository}package-lock.json`].map((path) => {
    const { size, ctimeMs } = statSync(path);
    return `${path} ${size} ${ctimeMs}\n`;
  });
  return createHash('sha256').update(versions.sort().join('')).digest('hex');
}

/** Directory by directory: to list them all at once takes Node.js 20 three times as long, at each start. */
function sourcesIn(directory) {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = directory + entry.name;
    if (entry.isDirectory()) return sourcesIn(`${path}/`);
    return path.endsWith('.ts') && !/\.(test|d)\.ts$/.test(path) ? [path] : [];
  });
}
