import { realpathSync, rmSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';

/**
 * Removes a file, or a folder with all that is in it, after proving that it lies inside a folder, with all links on the way
 * resolved. A link itself is removed, and what it leads to stays. Does nothing when there is nothing at the path.
 *
 * @throws OutsideError when the path leads out of the folder, or to the folder itself
 */
export function removeInside(folder: string, path: string, options: { recursive?: boolean } = {}): void {
  const target = whereItIs(path);
  if (target === undefined) return;
  const fromFolder = relative(realpathSync(folder), target);
  const isOutside = fromFolder === '..' || fromFolder.startsWith(`..${sep}`) || isAbsolute(fromFolder);
  if (fromFolder === '' || isOutside) throw new OutsideError(path, folder);
  rmSync(target, { ...options, force: true });
}

/** A removal was refused, because its target isn't where it belongs. */
export class OutsideError extends Error {
  override name = 'OutsideError';

  constructor(path: string, folder: string) {
    super(`${JSON.stringify(path)} is not inside ${folder}, and was left alone.`);
  }
}

/** Resolves the links in the folders that lead to a path; undefined when one of them is missing. */
function whereItIs(path: string): string | undefined {
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
