import { pathToFileURL } from 'node:url';
import { keptBundle } from './kept-bundle.js';

// Starts the command line, from its bundle.

if (import.meta.dirname.includes('?')) {
  console.error(
    `local-aws: It can't run in ${import.meta.dirname}: Vite can't read files below a folder with a "?".`,
  );
  process.exit(1);
}

const program = await keptBundle('main.ts');
await import(pathToFileURL(program).href);
