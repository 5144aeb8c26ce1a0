import { stripVTControlCharacters } from 'node:util';

/** Characters that a terminal obeys or hides: control characters, and those that change the direction of text. */
const unseen = /(?![\n\t])[\p{Cc}\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/gu;

/**
 * Makes text that came from outside fit for a terminal: from an endpoint, a tag, a file name, or the learner's code. It loses
 * its colours and other escape sequences; of what is left, each character that a terminal obeys or hides is shown by its code
 * point, such as `<U+0007>`.
 */
export function printable(text: string): string {
  const plain = stripVTControlCharacters(text).replaceAll('\r\n', '\n');
  return plain.replace(unseen, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
    return `<U+${code.padStart(4, '0')}>`;
  });
}
