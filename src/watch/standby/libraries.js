import module from 'node:module';

// The libraries that the specs import, and nothing that somebody edits. See `StandbyPool`.
await Promise.all([
  import('@aws-crypto/client-node'),
  import('@aws-crypto/serialize'),
  import('@aws-sdk/client-cloudtrail'),
  import('@aws-sdk/client-kms'),
  import('p-retry'),
  import('vitest'),
  import('zod'),
]);
// A process that is killed at its end, as workers are, doesn't come to it later.
module.flushCompileCache?.();
