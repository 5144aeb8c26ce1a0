import { cpSync, mkdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Everything the workshop and its conformance suite need to run. */
const parts = [
  'fixtures',
  'package.json',
  'package-lock.json',
  'src',
  'test',
  'vitest.config.ts',
  'vitest.project.config.ts',
  'workshop',
];

/** A copy of the project in which the proof may try what it likes. */
export interface ProjectCopy {
  /** Its folder. */
  root: string;
  remove(): void;
}

/** Copies the project without its installed packages, to which the copy has a link. */
export function copyProject(root: string): ProjectCopy {
  const copy = makeNumberedFolder('workshop-copy');
  for (const part of parts) cpSync(join(root, part), join(copy, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');
  return { root: copy, remove: () => rmSync(copy, { recursive: true, force: true, maxRetries: 10 }) };
}

/**
 * Makes a temporary folder, which has the first number that isn't in use. Vitest keeps transformed modules by their path, so
 * a workshop in the same place as an earlier one starts in half the time.
 */
export function makeNumberedFolder(name: string): string {
  for (let number = 1; ; number++) {
    const folder = join(realpathSync(tmpdir()), `${name}-${number}`);
    try {
      mkdirSync(folder);
      return folder;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
