import { stripVTControlCharacters } from 'node:util';
import { type FixtureWorkshop, makeFixtureWorkshop } from '../../../test/learner/fixture-workshop.ts';
import { update } from '../update.ts';

export const step = '02-plant-a-tree';
export const exercise = `workshop/${step}/exercise.ts`;
export const shipped = `${exercise}.shipped`;
export const at = new Date('2026-11-24T22:20:55.123Z');
/** File to which an update saves the learner's exercise. */
export const savedTo = `.workshop/saved/${step}/2026-11-24T22-20-55Z.ts`;

/** Texts of the exercise. */
export const base = 'first\n\nlast\n';
export const mine = 'first\nmine\n\nlast\n';
export const theirs = 'first\n\nlast, new\n';
export const merged = 'first\nmine\n\nlast, new\n';

/** An older version of the workshop, in which the learner has edited step 2, and a new one, which changes this step too. */
export interface TwoVersions {
  older: FixtureWorkshop;
  newer: FixtureWorkshop;
  remove(): void;
}

export function makeTwoVersions(): TwoVersions {
  const [older, newer] = [makeFixtureWorkshop(), makeFixtureWorkshop()];
  older.write(shipped, base);
  older.write(exercise, mine);
  newer.write(shipped, theirs);
  newer.write(exercise, theirs);
  const remove = () => {
    older.remove();
    newer.remove();
  };
  return { older, newer, remove };
}

/** Runs the update. Returns whether all is well, what it says, and what of that is about step 2. */
export function updateAll({ older, newer }: TwoVersions): { isWell: boolean; text: string; ofStep: string } {
  let text = '';
  const isWell = update(newer.root, [older.root], at, (printed) => {
    text += `${stripVTControlCharacters(printed)}\n`;
  });
  const [, ofStep = ''] = /Step 2, plant a tree: (.*(?:\n {2}.*)*)/.exec(text) ?? [];
  return { isWell, text, ofStep };
}
