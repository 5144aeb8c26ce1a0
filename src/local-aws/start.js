import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

// Starts the command line. To read a hundred TypeScript files takes most of a second, to read one JavaScript file a tenth
// of that. So they are bundled at the first start, and again when a source file or a package is another one.
// In plain JavaScript, because Node.js before 22.18 can't read TypeScript without help.

const sources = fileURLToPath(new URL('.', import.meta.url));
const repository = fileURLToPath(new URL('../../', import.meta.url));
const main = `${sources}main.ts`;
const directory = `${repository}node_modules/.cache/local-aws/${fingerprint()}`;
const bundled = `${directory}/main.mjs`;

const program = existsSync(bundled) ? bundled : await newBundle();
await import(pathToFileURL(program).href);

async function newBundle() {
  await import('@oxc-node/core/register');
  const { keepBundle } = await import('./bundle.ts');
  try {
    await keepBundle(main, directory);
    return bundled;
  } catch {
    // Where nothing can be kept, the sources are read each time.
    return main;
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
    return path.endsWith('.ts') && !path.endsWith('.test.ts') ? [path] : [];
  });
}
