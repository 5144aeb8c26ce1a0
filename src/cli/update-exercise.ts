import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { diff3Merge } from 'node-diff3';
import { writeWhole } from '../state/write-whole.ts';
import { filesOf, readText } from '../steps/step-files.ts';
import { LearnerError } from '../text/learner-error.ts';
import { saveVersion } from './exercise.ts';

/** The outcome of bringing an exercise from an older version of the workshop into this one. */
export interface UpdatedExercise {
  /**
   * The exercise that is now in this version:
   * - `shipped`: the new one, because the learner had not changed the older one;
   * - `solution`: the new reference solution, because the older one was in the exercise's place;
   * - `kept`: the learner's, byte for byte;
   * - `merged`: the learner's, with the changes of this version;
   * - `edited here`: another one, which somebody wrote in this version. It was left alone;
   * - `missing`: the one that was there. The older version has no exercise.
   */
  exercise: 'shipped' | 'solution' | 'kept' | 'merged' | 'edited here' | 'missing';
  /** Reason why the learner's exercise was kept and not merged, although this version changes it. */
  whyNotMerged?: string;
  /** File of this version that has the learner's exercise, byte for byte. Undefined if the exercise itself has it. */
  savedTo?: string;
}

/** An exercise to put in place, and what it is. */
type Wanted = Pick<UpdatedExercise, 'exercise' | 'whyNotMerged'> & { content: Buffer };

/**
 * Brings the learner's exercise of a step from an older version of the workshop into this one. Where this version changes
 * the exercise, it makes a three-way merge, whose base is the text that the older version shipped.
 *
 * It only reads the older version, and replaces an exercise of this version only if that is as shipped. If the process is
 * killed, another call completes the work.
 *
 * @param older the folder of the older version
 * @param root the folder of this version
 * @param at when, for the name of the saved file
 * @throws LearnerError when the shipped exercise of this version is missing; what reading or writing a file throws
 */
export function updateExercise(older: string, root: string, step: string, at: Date): UpdatedExercise {
  const files = filesOf(step);
  const shipped = readText(root, files.shipped);
  if (shipped === undefined) {
    throw new LearnerError(
      `${files.shipped} is missing, so ${files.exercise} was left as it is. Get the file again from where you got this version.`,
    );
  }
  const mine = readBytes(join(older, files.exercise));
  if (mine === undefined) return { exercise: 'missing' };
  const { exercise, whyNotMerged, content } = wantedExercise(older, root, step, mine, shipped);

  const current = readBytes(join(root, files.exercise));
  const isInPlace = current?.equals(content);
  const isLeftAlone = current && !isInPlace && withLineFeeds(current) !== shipped;
  const isLearners = exercise !== 'shipped' && exercise !== 'solution';
  const isWhole = !isLeftAlone && content.equals(mine);
  const savedTo = isLearners && !isWhole ? saveVersion(root, step, mine, at) : undefined;
  if (isLeftAlone) return { exercise: 'edited here', savedTo };
  if (!isInPlace) writeWhole(join(root, files.exercise), content);
  return { exercise, whyNotMerged, savedTo };
}

/**
 * Saves the learner's exercise of a step that this version doesn't have.
 *
 * @returns the saved file, relative to the repository; undefined if the older version has nothing of the learner's
 */
export function saveExercise(older: string, root: string, step: string, at: Date): string | undefined {
  const { exercise, shipped, solution } = filesOf(step);
  const mine = readBytes(join(older, exercise));
  if (mine === undefined) return undefined;
  const isLearners = ![readText(older, shipped), readText(older, solution)].includes(withLineFeeds(mine));
  return isLearners ? saveVersion(root, step, mine, at) : undefined;
}

function wantedExercise(older: string, root: string, step: string, mine: Buffer, shipped: string): Wanted {
  const files = filesOf(step);
  const base = readText(older, files.shipped);
  const text = withLineFeeds(mine);
  if (text === base) return { exercise: 'shipped', content: Buffer.from(shipped) };
  const solution = readText(root, files.solution);
  if (text === readText(older, files.solution) && solution !== undefined) {
    return { exercise: 'solution', content: Buffer.from(solution) };
  }
  const kept = { exercise: 'kept', content: mine } as const;
  if (base === shipped) return kept;
  if (base === undefined) {
    return {
      ...kept,
      whyNotMerged: `${join(older, files.shipped)}, the text that you began with, is missing`,
    };
  }
  if (!isUtf8(mine)) return { ...kept, whyNotMerged: 'yours is not UTF-8 text' };
  return merge(mine, base, shipped);
}

/** The learner's lines keep their line ends, and the lines of this version get those that most of the learner's have. */
function merge(mine: Buffer, base: string, shipped: string): Wanted {
  const text = mine.toString();
  const lines = text.split('\n');
  const isOfWindows = lines.filter((line) => line.endsWith('\r')).length > (lines.length - 1) / 2;
  const linesOf = (other: string) => (isOfWindows ? other.replaceAll('\n', '\r\n') : other).split('\n');
  const regions = diff3Merge(lines, linesOf(base), linesOf(shipped));
  const conflicts = regions.flatMap(({ conflict }) => (conflict ? [conflict.aIndex + 1] : []));
  if (conflicts.length > 0) {
    const whyNotMerged = `this version changes what you changed, at ${conflicts.length === 1 ? 'line' : 'lines'} ${conflicts.join(', ')} of yours`;
    return { exercise: 'kept', content: mine, whyNotMerged };
  }
  return { exercise: 'merged', content: Buffer.from(regions.flatMap(({ ok = [] }) => ok).join('\n')) };
}

function readBytes(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function withLineFeeds(bytes: Buffer): string {
  return bytes.toString().replaceAll('\r\n', '\n');
}
