import { expect, test } from 'vitest';
import { printable } from './printable.ts';

const esc = '\u001b';

test.each([
  ['text, in several lines\n\tand any script: ü, 日本語, 🔑, עברית', undefined],
  [`${esc}[31mred${esc}[0m`, 'red'],
  [`${esc}[2J${esc}[Hcleared`, 'cleared'],
  [`${esc}]0;title\u0007told`, 'told'],
  [`\u009b31mred`, 'red'],
  ['rung\u0007', 'rung<U+0007>'],
  ['done\rover', 'done<U+000D>over'],
  ['done\b\b\b\bover', 'done<U+0008><U+0008><U+0008><U+0008>over'],
  ['Windows\r\nlines', 'Windows\nlines'],
  ['txt.\u202Eexe', 'txt.<U+202E>exe'],
  ['WORKSHOP\u200B_RUN', 'WORKSHOP<U+200B>_RUN'],
])('%j is printed without what a terminal obeys or hides', (text, printed = text) => {
  expect(printable(text)).toBe(printed);
});

test('no sequence, whole or cut off, leaves a control character', () => {
  for (const body of [
    '',
    '[',
    '[31',
    ']8;;https://a.example',
    'P1$r',
    '_x',
    '(0',
    'c',
    '[?25l',
    `${esc}[31m`,
  ]) {
    for (const end of ['', 'm', '\u0007', `${esc}\\`, '\u009c']) {
      expect(printable(`a${esc}${body}${end}z`)).not.toMatch(/\p{Cc}/u);
    }
  }
});
