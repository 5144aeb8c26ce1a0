import { stripVTControlCharacters } from 'node:util';

/** How many columns a text takes in a terminal, colours left out. The workshop writes no wide characters. */
export function columnsOf(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}

/**
 * Breaks a text between words into lines of at most `width` columns. A longer word has a line of its own; the lines
 * of an indented paragraph keep its indent.
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

/** Cuts a text without colours that is too long for a line. */
export function truncate(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`;
}

/** Fills up with spaces, colours left out. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columnsOf(text)));
}
