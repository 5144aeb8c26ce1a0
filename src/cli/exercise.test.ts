import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  type FixtureWorkshop,
  makeFixtureWorkshop,
  shippedExercise,
  solution,
} from '../../test/learner/fixture-workshop.ts';
import { replaceExercise } from './exercise.ts';

const step = '02-plant-a-tree';
const exercise = `workshop/${step}/exercise.ts`;
const at = new Date('2026-11-24T22:20:55.123Z');

let workshop: FixtureWorkshop;
beforeEach(() => {
  workshop = makeFixtureWorkshop();
  return workshop.remove;
});

describe.each([
  ['shipped', shippedExercise(step)],
  ['solution', solution(step)],
] as const)('putting the %s text in place', (by, text) => {
  test("saves the learner's version first, and says where", () => {
    workshop.write(exercise, 'my work');

    const { changed, savedTo } = replaceExercise(workshop.root, step, by, at);

    expect(changed).toBe(true);
    expect(savedTo).toBe(`.workshop/saved/${step}/2026-11-24T22-20-55Z.ts`);
    expect(workshop.read(savedTo ?? '')).toBe('my work');
    expect(workshop.read(exercise)).toBe(text);
  });

  test('never overwrites an earlier saved version', () => {
    const saved = ['first', 'second', 'third'].map((version) => {
      workshop.write(exercise, version);
      return replaceExercise(workshop.root, step, by, at).savedTo ?? '';
    });

    expect(new Set(saved).size).toBe(3);
    expect(saved.map(workshop.read)).toEqual(['first', 'second', 'third']);
  });

  test('saves a version that comes back only once', () => {
    const [first, again] = [1, 2].map(() => {
      workshop.write(exercise, 'my work');
      return replaceExercise(workshop.root, step, by, at).savedTo;
    });

    expect(again).toBe(first);
  });

  test.each([
    ['line ends of Windows', Buffer.from('my\r\nwork')],
    ['bytes that are not UTF-8', Buffer.from([0x6d, 0xe4, 0x0a])],
  ])('saves %s as they are', (_, bytes) => {
    writeFileSync(join(workshop.root, exercise), bytes);

    const { savedTo = '' } = replaceExercise(workshop.root, step, by, at);

    expect(readFileSync(join(workshop.root, savedTo))).toEqual(bytes);
  });

  test('saves nothing when there is nothing of the learner’s', () => {
    workshop.write(exercise, by === 'shipped' ? solution(step) : shippedExercise(step));

    expect(replaceExercise(workshop.root, step, by, at)).toEqual({ changed: true, savedTo: undefined });
    expect(workshop.read(exercise)).toBe(text);
  });

  test('does nothing when the text is in place already', () => {
    workshop.write(exercise, text);

    expect(replaceExercise(workshop.root, step, by, at)).toEqual({ changed: false });
  });

  test('knows its own texts after an editor has written line ends of Windows', () => {
    const other = by === 'shipped' ? solution(step) : shippedExercise(step);
    const withCrlf = (lines: string) => lines.replaceAll('\n', '\r\n');

    workshop.write(exercise, withCrlf(text));
    expect(replaceExercise(workshop.root, step, by, at)).toEqual({ changed: false });
    workshop.write(exercise, withCrlf(other));
    expect(replaceExercise(workshop.root, step, by, at)).toEqual({ changed: true, savedTo: undefined });
    workshop.write(exercise, withCrlf(`${text}// Mine.\n`));
    expect(replaceExercise(workshop.root, step, by, at).savedTo).toBeDefined();
  });

  test('brings back an exercise that was deleted', () => {
    rmSync(join(workshop.root, exercise));

    expect(replaceExercise(workshop.root, step, by, at)).toEqual({ changed: true, savedTo: undefined });
    expect(workshop.read(exercise)).toBe(text);
  });

  test('leaves the exercise alone when the text is missing, and names it', () => {
    workshop.write(exercise, 'my work');
    const file = `workshop/${step}/${by === 'shipped' ? 'exercise.ts.shipped' : 'solution.ts'}`;
    rmSync(join(workshop.root, file));

    expect(() => replaceExercise(workshop.root, step, by, at)).toThrow(`${file} is missing`);
    expect(workshop.read(exercise)).toBe('my work');
  });
});
