import fc from 'fast-check';
import { expect, test } from 'vitest';
import { columnsOf, pad, truncate, wrap } from './layout.ts';

test('a text wraps between words, and no line is too wide', () => {
  expect(wrap('Two messages need one data key.', 12)).toEqual(['Two messages', 'need one', 'data key.']);
});

test('a word that is too long has a line of its own, so that it can be copied', () => {
  expect(wrap('see workshop/02-encrypt-with-cache/exercise.ts for it', 12)).toEqual([
    'see',
    'workshop/02-encrypt-with-cache/exercise.ts',
    'for it',
  ]);
});

test('paragraphs stay apart, and keep their indent', () => {
  expect(wrap('These are wrong:\n  ONE is "x"; it has to be y.\n\nEnd.', 16)).toEqual([
    'These are wrong:',
    '  ONE is "x"; it',
    '  has to be y.',
    '',
    'End.',
  ]);
});

test('no word is lost, and none is put on a line without room for it', () => {
  const words = fc.array(fc.stringMatching(/^[a-zé✔]{1,12}$/), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(words, fc.integer({ min: 12, max: 40 }), (list, width) => {
      const lines = wrap(list.join(' '), width);
      expect(lines.join(' ')).toBe(list.join(' '));
      for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(width);
    }),
    { seed: 3 },
  );
});

test('colours take no columns', () => {
  const red = '\u001b[31mwrong\u001b[39m';
  expect(columnsOf(red)).toBe(5);
  expect(pad(red, 7)).toBe(`${red}  `);
});

test('a text that is too long ends with an ellipsis', () => {
  expect(truncate('Encrypt', 7)).toBe('Encrypt');
  expect(truncate('Encrypt twice', 7)).toBe('Encryp…');
});

test('a text that is too long keeps its colours, and ends each', () => {
  expect(truncate('\u001b[31mwrong\u001b[39m', 5)).toBe('\u001b[31mwrong\u001b[39m');
  expect(truncate('\u001b[31mwrong\u001b[39m answer', 4)).toBe('\u001b[31mwro…\u001b[39m');
});

test('a text is as wide as the terminal shows it, whatever its script', () => {
  expect(columnsOf('日本 🔑')).toBe(7);
  expect(columnsOf('e\u0301')).toBe(1);
  expect(pad('日本', 6)).toBe('日本  ');
  expect(truncate('日本語です', 6)).toBe('日本…');
  expect(truncate('e\u0301e\u0301e\u0301', 2)).toBe('e\u0301…');
});
