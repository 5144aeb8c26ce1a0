import { join } from 'node:path';
import { isatty } from 'node:tty';
import type { PoolOptions, TestProject } from 'vitest/node';

/**
 * Predicts the options that Vitest will ask of the pool for its first run. Vitest makes them in `resolveOptions` and
 * `executeTests` in its `node/pool.ts`. If it asks for other options, the process that was started is not used, and only
 * time is lost.
 */
export function foreseeOptions(project: TestProject): PoolOptions {
  const { vitest, config } = project;
  return {
    project,
    distPath: vitest.distPath,
    method: 'run',
    cacheFs: true,
    environment: { name: 'node', options: null },
    execArgv: [
      '--experimental-import-meta-resolve',
      '--require',
      join(vitest.distPath, '../suppress-warnings.cjs'),
      ...conditionsOf(project).flatMap((condition) => ['--conditions', condition]),
      ...config.execArgv,
    ],
    env: {
      ...process.env,
      TEST: 'true',
      VITEST: 'true',
      NODE_ENV: process.env.NODE_ENV || 'test',
      VITEST_MODE: vitest.config.watch ? 'WATCH' : 'RUN',
      FORCE_TTY: isatty(1) ? 'true' : '',
      ...vitest.config.env,
      ...config.env,
    },
  };
}

/** The conditions by which Node chooses among a package's exports. Vite has one that stands for either of two. */
function conditionsOf({ vite: { config } }: TestProject): string[] {
  const [mode, otherMode] = config.isProduction
    ? ['production', 'development']
    : ['development', 'production'];
  const conditions = new Set(config.ssr.resolve?.conditions);
  conditions.delete(otherMode);
  return [...conditions].map((condition) => (condition === 'development|production' ? mode : condition));
}
