import { pathToFileURL } from 'node:url';
import { keptBundle } from './kept-bundle.js';

// What index.ts exports, from its bundle. Which bundle that is changes with the sources, so it is found at each start; the
// path of this file stays the same, and others may keep it.

const bundle = await keptBundle('index.ts');
export const { ManualClock, readFaults, startLocalAws } = await import(pathToFileURL(bundle).href);
