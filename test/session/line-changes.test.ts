import { expect, test } from 'vitest';
import { lineChanges } from './line-changes.ts';

test('removed and new lines, with the line before', () => {
  const before = 'a\nb\nc\n\nd\ne';
  const after = 'a\nB\nc\n\nnew\nd\ne';

  expect(lineChanges(before, after)).toEqual(['  a', '- b', '+ B', '+ new']);
});

test('moved lines are no change', () => {
  expect(lineChanges('a\nb\nc', 'new\na\nb\nc')).toEqual(['+ new']);
  expect(lineChanges('a\nb\nc', 'a\nb')).toEqual(['  b', '- c']);
});

test('the same text has no changes', () => {
  expect(lineChanges('a\nb', 'a\nb')).toEqual([]);
});
