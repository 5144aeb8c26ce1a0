import type { Plugin } from 'vite';
import { keptBundle } from './kept-bundle.js';

/** Lets whoever imports `local-aws/index.ts` have it as one file: Vite would ask for a hundred, one after the other. */
export function bundledLocalAws(): Plugin {
  let bundled: string;
  return {
    name: 'bundled-local-aws',
    enforce: 'pre',
    async configResolved() {
      bundled = await keptBundle('index.ts', () => import('./bundle.ts'));
    },
    resolveId(source, importer) {
      const isWanted = source.endsWith('/local-aws/index.ts') && importer !== undefined;
      return isWanted ? { id: bundled, external: bundled.endsWith('.mjs') } : undefined;
    },
  };
}
