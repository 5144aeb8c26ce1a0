import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { type FixtureWorkshop, solution } from '../../test/learner/fixture-workshop.ts';
import {
  base,
  exercise,
  makeTwoVersions,
  merged,
  mine,
  savedTo,
  shipped,
  step,
  type TwoVersions,
  theirs,
  updateAll,
} from './testing/two-versions.ts';

let older: FixtureWorkshop;
let newer: FixtureWorkshop;
let versions: TwoVersions;
beforeEach(() => {
  versions = makeTwoVersions();
  ({ older, newer } = versions);
  return versions.remove;
});

describe('an exercise', () => {
  test('is merged with the changes of the new version, after a copy was saved', () => {
    const { isWell, ofStep } = updateAll(versions);

    expect(newer.read(exercise)).toBe(merged);
    expect(newer.read(savedTo)).toBe(mine);
    expect(ofStep).toBe(
      `your exercise, merged with the changes of this version.\n  Your version is in ${savedTo}`,
    );
    expect(isWell).toBe(true);
    expect(updateAll(versions)).toEqual(expect.objectContaining({ isWell, ofStep }));
  });

  test('that the learner had not changed is the new one', () => {
    older.write(exercise, base.replaceAll('\n', '\r\n'));

    expect(updateAll(versions)).toMatchObject({
      isWell: true,
      ofStep: 'the new exercise. You had not changed the older one.',
    });
    expect(newer.read(exercise)).toBe(theirs);
  });

  test('that the new version does not change is the learner’s, byte for byte', () => {
    const bytes = Buffer.from([0xe4, 0x0d, 0x0a, 0x0a, 0xff]);
    writeFileSync(join(older.root, exercise), bytes);
    for (const file of [exercise, shipped]) newer.write(file, base);

    expect(updateAll(versions).ofStep).toBe('your exercise. This version does not change it.');
    expect(readFileSync(join(newer.root, exercise))).toEqual(bytes);
  });

  test('that was the reference solution is the new one', () => {
    older.write(exercise, solution(step));
    newer.write(`workshop/${step}/solution.ts`, 'the new solution');

    expect(updateAll(versions).ofStep).toBe('the new reference solution. You had the older one.');
    expect(newer.read(exercise)).toBe('the new solution');
  });

  test.each([
    ['the same line', 'first, mine\n\nlast, mine\n', 'changes what you changed, at line 3 of yours'],
    [
      'the same lines',
      'mine\n2\n\n3\n\nmine\n',
      'changes what you changed, at lines 1, 6 of yours',
      '1\n2\n\n3\n\n4\n',
      'new\n2\n\n3\n\nnew\n',
    ],
    ['text that is not UTF-8', Buffer.from('first\n\nlast\xe4\n', 'latin1'), 'yours is not UTF-8 text'],
  ])(
    'with a conflict in %s stays as it is, beside the new one',
    (_, text, why, before = base, after = theirs) => {
      writeFileSync(join(older.root, exercise), text);
      older.write(shipped, before);
      for (const file of [exercise, shipped]) newer.write(file, after);

      const { isWell, ofStep } = updateAll(versions);

      expect(readFileSync(join(newer.root, exercise))).toEqual(Buffer.from(text));
      expect(newer.read(shipped)).toBe(after);
      const lines = ofStep.split('\n');
      expect(lines[0]).toContain(`your exercise as it was, because it can't be merged: `);
      expect(lines[0]).toContain(why);
      expect(lines.slice(1)).toEqual([
        `  The new exercise is beside it: ${shipped}`,
        `  Take its changes over into ${exercise} yourself.`,
      ]);
      expect(isWell).toBe(false);
      expect(updateAll(versions)).toEqual(expect.objectContaining({ isWell, ofStep }));
    },
  );

  test('without its shipped text can’t be merged', () => {
    rmSync(join(older.root, shipped));

    const { isWell, ofStep } = updateAll(versions);

    expect(ofStep).toContain(
      `it can't be merged: ${join(older.root, shipped)}, the text that you began with, is missing.`,
    );
    expect(newer.read(exercise)).toBe(mine);
    expect(isWell).toBe(false);
  });

  test('that was edited in the new version is left alone', () => {
    newer.write(exercise, 'begun here');

    const { isWell, ofStep } = updateAll(versions);

    expect(newer.read(exercise)).toBe('begun here');
    expect(newer.read(savedTo)).toBe(mine);
    expect(ofStep.split('\n')).toEqual([
      `${exercise} was edited in this folder, and was left as it is.`,
      `  Your version of the older folder is in ${savedTo}`,
      '  To use that one, run npm run reset -- 2, and then this again.',
    ]);
    expect(isWell).toBe(true);
  });

  test.each([
    ['Windows', '\r\n', true],
    ['Windows, without one at the end', '\r\n', false],
    ['Unix, without one at the end', '\n', false],
  ])('keeps line ends of %s', (_, lineEnd, hasFinalOne) => {
    const asEdited = (text: string) => {
      const ended = hasFinalOne ? text : text.slice(0, -1);
      return ended.replaceAll('\n', lineEnd);
    };
    older.write(shipped, `\n${base}`);
    older.write(exercise, asEdited(`\n${mine}`));
    newer.write(shipped, `new\n${base}`);
    newer.write(exercise, `new\n${base}`);

    updateAll(versions);

    expect(newer.read(exercise)).toBe(asEdited(`new\n${mine}`));
  });

  test('keeps the line end of each line when they are mixed', () => {
    older.write(exercise, 'first\r\nmine\n\nlast\n');

    updateAll(versions);

    expect(newer.read(exercise)).toBe('first\r\nmine\n\nlast, new\n');
  });

  test('that was deleted is reported, and the new one is left as it is', () => {
    rmSync(join(older.root, exercise));

    expect(updateAll(versions)).toMatchObject({
      isWell: true,
      ofStep: `left as it is. There is no ${join(older.root, exercise)} to bring over.`,
    });
    expect(newer.read(exercise)).toBe(theirs);
  });
});

describe.skipIf(process.platform === 'win32')('links', () => {
  test('to an exercise in another place are followed, and stay', () => {
    for (const [{ root, write }, text] of [
      [older, mine],
      [newer, theirs],
    ] as const) {
      write('elsewhere.ts', text);
      rmSync(join(root, exercise));
      symlinkSync(join(root, 'elsewhere.ts'), join(root, exercise));
    }

    updateAll(versions);

    expect(newer.read('elsewhere.ts')).toBe(merged);
    expect(newer.read(exercise)).toBe(merged);
    expect(older.read('elsewhere.ts')).toBe(mine);
  });

  test('from the new exercise to the older one leave that alone', () => {
    rmSync(join(newer.root, exercise));
    symlinkSync(join(older.root, exercise), join(newer.root, exercise));

    expect(updateAll(versions).ofStep).toContain('was edited in this folder, and was left as it is.');
    expect(older.read(exercise)).toBe(mine);
  });

  test('that lead nowhere, or to themselves, are reported', () => {
    for (const [name, target] of [
      ['01-dig-a-hole', 'nowhere.ts'],
      [step, 'exercise.ts'],
    ] as const) {
      const link = join(older.root, 'workshop', name, 'exercise.ts');
      rmSync(link);
      symlinkSync(target, link);
    }

    const { text, ofStep, isWell } = updateAll(versions);

    expect(text).toContain('Step 1, dig a hole: left as it is. There is no ');
    expect(ofStep).toMatch(/^not brought over: ELOOP: .*exercise\.ts'/);
    expect(isWell).toBe(false);
  });
});
