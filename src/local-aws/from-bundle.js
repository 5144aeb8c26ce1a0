import { pathToFileURL } from 'node:url';
import { keptBundle } from './kept-bundle.js';

// The exports of index.ts, from its bundle. The bundle's path changes with the sources, so it is looked up at each start; the
// path of this file stays the same, and others may keep it.

const bundle = await keptBundle('index.ts');
export const { ManualClock, readFaults, startLocalAws } = await import(pathToFileURL(bundle).href);
