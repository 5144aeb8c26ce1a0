/// <reference types="vite/types/importMeta.d.ts" />

// What the specs import but the learner doesn't edit: the references, with the libraries that they use, and what the
// specs look with. See `StandbyPool`.
import.meta.glob(
  ['../../../workshop/*/solution.ts', '../../audit/*.ts', '../../lifecycle/{given,step}.ts', '!**/*.test.ts'],
  { eager: true },
);
