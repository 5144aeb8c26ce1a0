import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Finding, ok, wrong } from './finding.ts';

const packageSchema = z.object({ engines: z.object({ node: z.string().regex(/^>=\d+\.\d+\.\d+$/) }) });

/**
 * Holds Node.js against what package.json asks for.
 *
 * @param version as `process.versions.node`
 */
export function checkNodeVersion(root: string, version: string): Finding {
  const { engines } = packageSchema.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
  const needed = engines.node.slice('>='.length);
  if (isAtLeast(version, needed)) return ok('Node.js', version);
  return wrong(
    'Node.js',
    `${version} is older than ${needed}.`,
    `Install Node.js ${needed} or newer, best the newest LTS: https://nodejs.org`,
  );
}

function isAtLeast(version: string, needed: string): boolean {
  const [have, want] = [version, needed].map((text) => text.split('.').map(Number.parseFloat));
  for (const [index, number] of (want ?? []).entries()) {
    const own = have?.[index] ?? 0;
    if (own !== number) return own > number;
  }
  return true;
}
