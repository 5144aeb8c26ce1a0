import { lstatSync, mkdirSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { LearnerError } from '../text/learner-error.ts';
import { removeInside } from './remove-inside.ts';
import { outputFileNames, type Run, requireRunName } from './run.ts';

/** The workshop made a folder that has this file. What else is called like a file of its own isn't its own. */
const marker = '.made-by-the-workshop';

/** The output of a run that is there. */
export interface Output {
  files: string[];
  /** Folders in the places of files: no run makes them, and none removes them. */
  folders: string[];
}

/** The output of a run that left none, or whose output isn't to be touched. */
export const noOutput: Output = { files: [], folders: [] };

/** Something in a run's output folder isn't a run's. */
export class OutputFolderError extends LearnerError {
  override name = 'OutputFolderError';
}

/** The folder in which each run has its output folder. */
export function outputParent({ outputFolder }: Run): string {
  return dirname(outputFolder);
}

/** WORKSHOP_OUTPUT_FOLDER of a run, from the project's folder. */
export function outputSetting(run: Run): string {
  return relative(run.root, outputParent(run));
}

/**
 * Makes a run's output folder, which may have files of an earlier run of its name. A run doesn't write over files that no run
 * wrote, and not through a link.
 *
 * @throws OutputFolderError that says what is in the way
 */
export function makeOutputFolder({ outputFolder }: Run): void {
  attempt(`it can't make the folder ${shown(outputFolder)}`, () =>
    mkdirSync(outputFolder, { recursive: true }),
  );
  if (!lstatSync(outputFolder).isDirectory())
    throw inTheWay(`${shown(outputFolder)} is a link, and no folder`);
  for (const file of findOutput(outputFolder).files)
    attempt(`it can't remove ${shown(file)}, of an earlier run`, () => removeInside(outputFolder, file));
  const [present] = outputFileNames.map((name) => join(outputFolder, name)).filter(isThere);
  if (present) throw inTheWay(`${shown(present)} is there, and no run wrote it`);
  if (isWorkshops(outputFolder)) return;
  const path = join(outputFolder, marker);
  const text = 'The workshop created this folder, and removes its files from it.\n';
  attempt(`it can't write ${shown(path)}`, () => writeFileSync(path, text, { flag: 'wx' }));
}

function attempt(what: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    throw inTheWay(`${what}: ${(error as Error).message}`);
  }
}

function inTheWay(what: string): OutputFolderError {
  return new OutputFolderError(
    `The run can't write its files, because ${what}. ` +
      'Move it away, or set another WORKSHOP_OUTPUT_FOLDER or WORKSHOP_RUN.',
  );
}

/**
 * Finds the output of a run that is over.
 *
 * @param parent the folder in which each run has its output folder
 */
export function outputOf(parent: string, runName: string): Output {
  return findOutput(join(parent, requireRunName(runName)));
}

function findOutput(folder: string): Output {
  const paths = isWorkshops(folder) ? outputFileNames.map((name) => join(folder, name)).filter(isThere) : [];
  const isFolder = (path: string) => lstatSync(path).isDirectory();
  return { files: paths.filter((path) => !isFolder(path)), folders: paths.filter(isFolder) };
}

/** True for a folder that the workshop made, and not for a link to one. */
function isWorkshops(folder: string): boolean {
  const isFolder = lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
  return isFolder && (lstatSync(join(folder, marker), { throwIfNoEntry: false })?.isFile() ?? false);
}

/**
 * Removes the output folder of a run, once its files are gone. What somebody else put into it stays, and the folder with it.
 *
 * @param parent the folder in which each run has its output folder
 */
export function removeOutputFolder(parent: string, runName: string): void {
  const folder = join(parent, requireRunName(runName));
  if (!isWorkshops(folder)) return;
  removeInside(parent, join(folder, marker));
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}

/** Removes the output of a run. */
export function removeOutput(run: Run): void {
  for (const file of findOutput(run.outputFolder).files) removeInside(run.outputFolder, file);
  removeOutputFolder(outputParent(run), run.name);
}

/** A link that leads nowhere is there, too. */
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** A path as the reader would type it. */
export function shown(path: string): string {
  return relative('', path) || path;
}
