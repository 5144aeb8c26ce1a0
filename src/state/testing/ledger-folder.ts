import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '../../settings/settings.ts';
import { makeOutputFolder } from '../output-folder.ts';
import { describeRun, outputFiles, type Run } from '../run.ts';

/** A process id that no process has: the largest that Linux gives is 2^22. */
export const nobody = 2 ** 30;

/** Moves this process to a new folder, where the ledger is then; gives a function that goes back. */
export function useNewFolder(): () => void {
  const before = process.cwd();
  const folder = mkdtempSync(join(tmpdir(), 'ledger-'));
  process.chdir(folder);
  return () => {
    process.chdir(before);
    rmSync(folder, { recursive: true, force: true });
  };
}

/** A run whose target is an endpoint, as it is before it has done anything. */
export function newRun(name: string): Run {
  const settings = readSettings('.', {
    WORKSHOP_RUN: name,
    WORKSHOP_TARGET: 'endpoint',
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
  });
  return describeRun(settings);
}

/** Writes the output files of a run, as its steps do. */
export function writeOutput(run: Run, files = outputFiles(run)): void {
  makeOutputFolder(run);
  for (const file of files) writeFileSync(file, `of ${run.name}`);
}
