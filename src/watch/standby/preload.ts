/// <reference types="vite/types/importMeta.d.ts" />

import { writeCompiled } from './compile-cache.ts';

// What the specs import but the learner doesn't edit: the references, with the libraries that they use, and what the
// specs look with. See `StandbyPool`.
const modules = import.meta.glob([
  '../../../workshop/{given,*/solution}.ts',
  '../../evidence/*.ts',
  '../../steps/lack.ts',
  '../../run/{clean-up/created-keys,step,tampering,todo}.ts',
  '../../state/{ledger,passed-in-run,process-identity,progress-record,run}.ts',
  '../../steps/{step-files,step-needs}.ts',
  '../../run/target.ts',
  '!**/*.test.ts',
]);

// All at once: while one library is being loaded, Vite can look for the next module.
await Promise.all([import('zod'), ...Object.values(modules).map((load) => load())]);
writeCompiled();
