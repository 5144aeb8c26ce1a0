import { mkdirSync, mkdtempSync, rmdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Finding, ok, wrong } from './finding.ts';

const subject = 'Output folder';

/**
 * Tries whether the steps could write their files there. What this makes, it removes.
 *
 * @param folder WORKSHOP_OUTPUT_FOLDER: absolute, or from the project's folder
 */
export function checkOutputFolder(root: string, folder: string): Finding {
  const path = resolve(root, folder);
  try {
    const made = mkdirSync(path, { recursive: true });
    try {
      rmdirSync(mkdtempSync(join(path, '.doctor-')));
    } finally {
      if (made !== undefined) removeEmptyFolders(path, made);
    }
    return ok(subject, `${folder} can be written`);
  } catch (error) {
    return wrong(
      subject,
      `WORKSHOP_OUTPUT_FOLDER is ${folder}: ${(error as Error).message}.`,
      'Set WORKSHOP_OUTPUT_FOLDER in .env to a folder that you may write, or make this one writable.',
    );
  }
}

/** Removes a folder and those around it, up to one of them. A run that starts meanwhile may have put something into them. */
function removeEmptyFolders(path: string, last: string): void {
  try {
    rmdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTEMPTY') return;
    throw error;
  }
  if (path !== last) removeEmptyFolders(dirname(path), last);
}
