import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
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
      rmSync(mkdtempSync(join(path, '.doctor-')), { recursive: true });
    } finally {
      if (made !== undefined) rmSync(made, { recursive: true });
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
