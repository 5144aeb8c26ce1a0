import { beforeEach, expect, test } from 'vitest';
import { hintsShown } from '../state/hints-shown.ts';
import { KeysUnderTest, show } from './testing/keys-under-test.ts';

let keys: KeysUnderTest;
beforeEach(() => {
  keys = new KeysUnderTest();
  return () => keys.remove();
});

test('the key i gives one more hint of the step that is shown as the next, and remembers it as npm run hint does', async () => {
  keys.start();
  show('02-plant-a-tree');

  const first = await keys.answerTo('i');
  expect(first).toMatch(/^ Step 2, plant a tree {2}hint 1 of 2: A nudge\n\n {3}Think of a \*spade\*\./);
  expect(first).toMatch(/\n 1 more: press i\n$/);
  expect(hintsShown(keys.workshop.root, '02-plant-a-tree')).toBe(1);
  expect((await keys.workshop.run(['hint', '2'])).stdout).toContain('hint 2 of 2');
  expect(await keys.answerTo('i')).toContain('All 2 hints of step 2 were shown.');
});

test('before a step is shown, the keys mean the first that is not done', async () => {
  keys.start();
  keys.finish('01-dig-a-hole', '2026-11-24T10:00:00.000Z');
  expect(await keys.answerTo('i')).toContain('Step 2, plant a tree  hint 1');

  keys.finish('02-plant-a-tree', '2026-11-24T11:00:00.000Z');
  expect(await keys.answerTo('l')).toContain('Step 3, water the tree');
  keys.finish('03-water-the-tree', '2026-11-24T12:00:00.000Z');
  expect(await keys.answerTo('i')).toContain('Every step is done.');
  expect(await keys.answerTo('l')).toContain('Nothing is left to do.');
});

test('the key l shows the lesson without the answer to its question', async () => {
  keys.start();
  show('01-dig-a-hole');
  keys.workshop.write(
    'workshop/01-dig-a-hole/README.md',
    '# dig a hole\n\nA **spade** digs.\n\n## The question\n\nHow deep?\n\n## What you learned\n\nTwo feet.\n',
  );

  expect(await keys.answerTo('l')).toBe(` Step 1, dig a hole  lesson

   A spade digs.

   The question

   How deep?

 To read it in an editor, open workshop/01-dig-a-hole/README.md
`);
});

test('the key d compares the step that turned green last, or else the one that was done last', async () => {
  keys.start();
  expect(await keys.answerTo('d')).toContain('No step is done yet.');

  // Progress of an earlier day. The steps may be done in any order.
  keys.finish('03-water-the-tree', '2026-11-24T10:00:00.000Z');
  keys.finish('01-dig-a-hole', '2026-11-24T11:00:00.000Z');
  expect(await keys.answerTo('d')).toMatch(/^ Step 1, dig a hole\n - .*\n \+ .*\n\n(.*\n)* -\/\/ my own\n/);

  keys.finish('03-water-the-tree', '2026-11-24T12:00:00.000Z');
  show('02-plant-a-tree', '03-water-the-tree');
  show('02-plant-a-tree');
  expect(await keys.answerTo('d')).toContain(' Step 3, water the tree\n');

  keys.workshop.write(
    'workshop/03-water-the-tree/exercise.ts',
    keys.workshop.read('workshop/03-water-the-tree/exercise.ts.shipped'),
  );
  expect(await keys.answerTo('d')).toContain(
    ' Step 3 is not done yet, and the difference shows the solution.',
  );
});

test('a key that has no answer says why', async () => {
  keys.start();
  show('01-dig-a-hole');
  keys.workshop.write('workshop/01-dig-a-hole/hints.md', '');

  expect(await keys.answerTo('i')).toBe(
    ' ✘ Step 1 has no hints: workshop/01-dig-a-hole/hints.md has no section "## ...".\n',
  );
});
