import { pathToFileURL } from 'node:url';
import { keptBundle } from './kept-bundle.js';

// Starts the command line, from its bundle.

const program = await keptBundle('main.ts', async () => {
  await import('@oxc-node/core/register');
  return import('./bundle.ts');
});
await import(pathToFileURL(program).href);
