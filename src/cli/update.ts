import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { stateFolder } from '../state/state-folder.ts';
import { writeWhole } from '../state/write-whole.ts';
import { filesOf, readText } from '../steps/step-files.ts';
import { type StepFolder, stepNames } from '../steps/step-folders.ts';
import { LearnerError } from '../text/learner-error.ts';
import { marks, paint } from '../text/look.ts';
import { printable } from '../text/printable.ts';
import { requireSteps } from './step-by-name.ts';
import { saveExercise, type UpdatedExercise, updateExercise } from './update-exercise.ts';

/**
 * Brings the learner's work from the folder of an older version of the workshop into this one: the exercises, and what the
 * commands keep. It only reads the older folder. If the process is killed, another call completes the work.
 *
 * @param typed the older folder
 * @param at when, for the names of the saved files
 * @param print takes the outcome of each step
 * @returns false if an exercise could not be brought over, or not merged
 * @throws LearnerError when no folder is named, or one that isn't another folder with a workshop
 */
export function update(root: string, typed: string[], at: Date, print: (text: string) => void): boolean {
  const steps = requireSteps(root);
  const older = olderFolder(root, typed);
  const report = (heading: string, step: string, bringOver: () => Outcome): boolean => {
    const [mark, ...lines] = outcomeOf(step, bringOver);
    print(`${mark} ${paint.bold(printable(heading))}: ${lines.map(printable).join('\n  ')}`);
    return mark !== marks.wrong;
  };
  const removed = stepNames(older).filter((name) => !steps.some((step) => step.name === name));
  const isWell = [
    ...steps.map((step) =>
      report(`Step ${step.number}, ${step.title}`, step.name, () =>
        describe(older, step, updateExercise(older, root, step.name, at)),
      ),
    ),
    ...removed.map((name) =>
      report(`Step ${name}`, name, () => describeRemoved(saveExercise(older, root, name, at))),
    ),
  ].every(Boolean);
  copyKept(older, root);
  if (isWell && stepNames(older).every((step) => isAsShipped(older, step))) {
    print(
      `\nEvery exercise in ${printable(older)} is as shipped. If that is not your older folder: ${howTo}`,
    );
  } else {
    print(`\n${printable(older)} is as it was. Go on in this folder: npx vitest`);
  }
  return isWell;
}

const howTo =
  'Run this in the folder of the new version, and name your older one: npm run update -- ../older-folder';

function isAsShipped(root: string, step: string): boolean {
  const { exercise, shipped } = filesOf(step);
  return readText(root, exercise) === readText(root, shipped);
}

function olderFolder(root: string, [folder, ...more]: string[]): string {
  if (folder === undefined || more.length > 0) throw new LearnerError(`Name one folder. ${howTo}`);
  const older = resolve(root, folder);
  if (!existsSync(older)) throw new LearnerError(`There is no folder ${older}. ${howTo}`);
  if (realpathSync(older) === realpathSync(root)) {
    throw new LearnerError(`${older} is the folder of this version itself. ${howTo}`);
  }
  if (stepNames(older).length === 0) {
    throw new LearnerError(
      `${older} has no workshop: no folder of workshop/ in it has a step.spec.ts. ${howTo}`,
    );
  }
  return older;
}

/** A mark, and the lines that follow the step's name. */
type Outcome = [mark: string, ...lines: string[]];

/** A file that can't be read or written concerns only its own step. */
function outcomeOf(step: string, bringOver: () => Outcome): Outcome {
  try {
    return bringOver();
  } catch (error) {
    const { message, syscall } = error as NodeJS.ErrnoException;
    if (error instanceof LearnerError) return [marks.wrong, message];
    if (syscall === undefined) throw error;
    return [
      marks.wrong,
      `not brought over: ${message}`,
      `Look at workshop/${step} in both folders, and run this again.`,
    ];
  }
}

function describeRemoved(savedTo: string | undefined): Outcome {
  if (savedTo === undefined) return [marks.none, 'not in this version. You had not changed it.'];
  return [marks.unsure, 'not in this version.', `Your exercise is in ${savedTo}`];
}

function describe(
  older: string,
  { number, name }: StepFolder,
  { exercise, whyNotMerged, savedTo }: UpdatedExercise,
): Outcome {
  const files = filesOf(name);
  switch (exercise) {
    case 'shipped':
      return [marks.ok, 'the new exercise. You had not changed the older one.'];
    case 'solution':
      return [marks.ok, 'the new reference solution. You had the older one.'];
    case 'merged':
      return [
        marks.ok,
        'your exercise, merged with the changes of this version.',
        `Your version is in ${savedTo}`,
      ];
    case 'kept':
      if (whyNotMerged === undefined) return [marks.ok, 'your exercise. This version does not change it.'];
      return [
        marks.wrong,
        `your exercise as it was, because it can't be merged: ${whyNotMerged}.`,
        `The new exercise is beside it: ${files.shipped}`,
        `Take its changes over into ${files.exercise} yourself.`,
      ];
    case 'edited here':
      return [
        marks.unsure,
        `${files.exercise} was edited in this folder, and was left as it is.`,
        ...(savedTo
          ? [
              `Your version of the older folder is in ${savedTo}`,
              `To use that one, run npm run reset -- ${number}, and then this again.`,
            ]
          : []),
      ];
    case 'missing':
      if (!existsSync(join(older, 'workshop', name))) return [marks.ok, 'a new step.'];
      return [marks.unsure, `left as it is. There is no ${join(older, files.exercise)} to bring over.`];
  }
}

/** The folders of `.workshop/` that are about the learner, and not about runs that may still have to be cleaned up. */
const keptFolders = ['saved', 'hints', 'progress'];

/** Copies what the commands keep. Where this version has a file, that one stays. */
function copyKept(older: string, root: string): void {
  for (const folder of keptFolders) {
    const from = join(older, stateFolder, folder);
    if (!existsSync(from)) continue;
    for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
      const file = join(entry.parentPath, entry.name);
      const copy = join(root, relative(older, file));
      // A name with a dot in front is of a file that somebody was writing.
      if (!entry.isFile() || entry.name.startsWith('.') || existsSync(copy)) continue;
      writeWhole(copy, readFileSync(file));
    }
  }
}
