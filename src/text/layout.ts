import { stripVTControlCharacters } from 'node:util';
import { eastAsianWidth } from 'get-east-asian-width';
import type picocolors from 'picocolors';

/** The terminal to write for: its colours, and its width in columns. */
export interface Page {
  colors: ReturnType<typeof picocolors.createColors>;
  width: number;
  /** True if somebody can press keys there. */
  hasKeyboard?: boolean;
}

/** Number of terminal columns that a text takes: none for a colour or an accent, two for 日 or 🔑. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of stripVTControlCharacters(text)) {
    if (!takesNoColumn.test(character)) columns += eastAsianWidth(character.codePointAt(0) ?? 0);
  }
  return columns;
}

/** Marks such as accents, which go onto the character before them, and characters without a look of their own. */
const takesNoColumn = /[\p{Mn}\p{Me}\p{Cf}]/u;

/**
 * Breaks a text between words into lines of at most `width` columns. A longer word, such as an ARN, has a line of its own,
 * so that it can be copied in one piece; the lines of an indented paragraph keep its indent.
 */
export function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const indent = /^ */.exec(paragraph)?.[0] ?? '';
    const lines: string[] = [];
    let line = '';
    for (const word of paragraph.trim().split(/ +/)) {
      if (line && columnsOf(indent + line) + 1 + columnsOf(word) > width) {
        lines.push(indent + line);
        line = word;
      } else {
        line = line ? `${line} ${word}` : word;
      }
    }
    return [...lines, line && indent + line];
  });
}

/** Shortens a text that is too long for a line. All of its colours stay, so that each one ends. */
export function truncate(text: string, width: number): string {
  if (columnsOf(text) <= width) return text;
  let columns = 0;
  let isCut = false;
  const kept = charactersOf(text).map((character) => {
    if (character.startsWith(escapeCode)) return character;
    if (isCut) return '';
    columns += columnsOf(character);
    isCut = columns >= width;
    return isCut ? '…' : character;
  });
  return kept.join('');
}

/** Fills up with spaces, colours left out. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columnsOf(text)));
}

const escapeCode = '\u001b';
const characterOrColor = new RegExp(`${escapeCode}\\[[\\d;]*m|.`, 'gsu');

/** The characters of a text; a colour's code is one of them, which takes no column. */
function charactersOf(text: string): string[] {
  return text.match(characterOrColor) ?? [];
}
