/// <reference types="vite/types/importMeta.d.ts" />

import { writeCompiled } from './compile-cache.ts';

// What the specs import but the learner doesn't edit: the references, with the libraries that they use, and what the
// specs look with. See `StandbyPool`.
const modules = import.meta.glob([
  '../../../workshop/*/solution.ts',
  '../../audit/*.ts',
  '../../lifecycle/{given,step,tampering}.ts',
  '!**/*.test.ts',
]);

// All at once: while one library is being loaded, Vite can look for the next module.
await Promise.all(Object.values(modules).map((load) => load()));
writeCompiled();
