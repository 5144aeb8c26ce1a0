import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

/**
 * Lets whoever imports `local-aws/index.ts` have it as one file: Vite would ask for a hundred, one after the other. Vite
 * and Vitest keep the path that this gives in caches of their own, so it must not depend on the sources.
 */
export function bundledLocalAws(): Plugin {
  const id = fileURLToPath(new URL('./from-bundle.js', import.meta.url));
  return {
    name: 'bundled-local-aws',
    enforce: 'pre',
    resolveId(source, importer) {
      const isWanted = source.endsWith('/local-aws/index.ts') && importer !== undefined;
      return isWanted ? { id, external: true } : undefined;
    },
  };
}
