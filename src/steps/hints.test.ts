import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFixtureWorkshop } from '../../test/learner/fixture-workshop.ts';
import { readHints } from './hints.ts';

test('each section of hints.md is a hint, in its order', ({ onTestFinished }) => {
  const workshop = makeFixtureWorkshop();
  onTestFinished(workshop.remove);
  workshop.write(
    'workshop/01-dig-a-hole/hints.md',
    'An introduction.\n\n## 1 A nudge\n\nDig.\n\n### Where?\n\nHere.\n\n## 2. The tool\n\nA spade.\n\n## No number\nx\n',
  );

  expect(readHints(workshop.root, '01-dig-a-hole')).toEqual([
    { title: 'A nudge', text: 'Dig.\n\n### Where?\n\nHere.' },
    { title: 'The tool', text: 'A spade.' },
    { title: 'No number', text: 'x' },
  ]);
});

test('a heading inside code belongs to the code', ({ onTestFinished }) => {
  const workshop = makeFixtureWorkshop();
  onTestFinished(workshop.remove);
  workshop.write('workshop/01-dig-a-hole/hints.md', '## 1 Code\r\n\r\n```md\r\n## inside\r\n```\r\n');

  expect(readHints(workshop.root, '01-dig-a-hole')).toEqual([
    { title: 'Code', text: '```md\n## inside\n```' },
  ]);
});

test('a step without hints.md has no hints', ({ onTestFinished }) => {
  const workshop = makeFixtureWorkshop();
  onTestFinished(workshop.remove);
  const step = '02-plant-a-tree';

  expect(readHints(workshop.root, step)).not.toEqual([]);
  rmSync(join(workshop.root, 'workshop', step, 'hints.md'));
  expect(readHints(workshop.root, step)).toEqual([]);
});
