/// <reference types="vite/types/importMeta.d.ts" />

import { writeCompiled } from './compile-cache.ts';

// What the specs import but the learner doesn't edit: the references, with the libraries that they use, and what the
// specs look with. See `StandbyPool`.
const modules = import.meta.glob([
  '../../../workshop/*/solution.ts',
  '../../audit/*.ts',
  '../../endpoint/lack.ts',
  '../../lifecycle/{created-keys,given,ledger,process-identity,progress,run,step,tampering,todo}.ts',
  '../../steps/{progress-record,state-folder,step-files,step-needs}.ts',
  '../../target.ts',
  '!**/*.test.ts',
]);

// All at once: while one library is being loaded, Vite can look for the next module.
await Promise.all([import('zod'), ...Object.values(modules).map((load) => load())]);
writeCompiled();
