import picocolors from 'picocolors';
import { wrap } from './layout.ts';

// On Windows and in CI, picocolors also writes colours to a file or a pipe.
const pc = picocolors.createColors(
  picocolors.isColorSupported && (process.stdout.isTTY || Boolean(process.env.FORCE_COLOR)),
);

/** The colours of the commands: picocolors, which respects NO_COLOR. None in a file or a pipe, except with FORCE_COLOR. */
export const paint = pc;

/** The marks in front of a line. */
export const marks = {
  ok: pc.green('✔'),
  wrong: pc.red('✘'),
  skipped: pc.cyan('↷'),
  unsure: pc.yellow('~'),
  toDo: pc.yellow('○'),
  notPossible: pc.magenta('∅'),
  none: pc.dim('·'),
};

/**
 * Shows the few marks of Markdown that lessons and hints use as a terminal can: headings, lists, quotations, tables, code, bold
 * and italic. Its lines are those of the terminal, not those of the file; code and the rows of tables keep their own.
 */
export function renderMarkdown(text: string, width: number): string {
  let inCode = false;
  let paragraph = '';
  const lines: string[] = [];
  const endParagraph = () => {
    if (paragraph) lines.push(...renderParagraph(paragraph, width));
    paragraph = '';
  };
  for (const line of text.split(/\r?\n/)) {
    const isFence = /^\s*```/.test(line);
    const isHeading = !inCode && /^#+ /.test(line);
    const isQuoted = line.startsWith(quoteMark) && paragraph.startsWith(quoteMark);
    const isItem = itemMark.test(line) && !isQuoted;
    if (inCode || isFence || isHeading || !line.trim() || isItem) endParagraph();
    if (isFence) inCode = !inCode;
    else if (inCode) lines.push(line && `    ${pc.cyan(line)}`);
    else if (/^\|[-: |]+$/.test(line)) continue;
    else if (isQuoted) paragraph += ` ${line.slice(quoteMark.length)}`;
    else if (isHeading) lines.push(pc.bold(line.replace(/^#+ /, '')));
    else if (!line.trim()) lines.push('');
    else paragraph = paragraph ? `${paragraph} ${line.trim()}` : line;
  }
  endParagraph();
  return lines.join('\n');
}

const quoteMark = '> ';

/** The beginning of a line that starts a paragraph of its own: an item of a list, a quotation, a row of a table. */
const itemMark = /^\s*([-*]|\d+\.|>|\|) /;

/** Indents the continuation of a list item to its text. */
function renderParagraph(paragraph: string, width: number): string[] {
  const mark = itemMark.exec(paragraph)?.[0] ?? '';
  const lines = wrap(renderSpans(paragraph.slice(mark.length)), width - mark.length);
  return lines.map((line, index) => (index === 0 ? mark : ' '.repeat(mark.length)) + line);
}

function renderSpans(line: string): string {
  return line
    .replace(/`([^`]+)`/g, (_, code: string) => pc.cyan(code))
    .replace(/\*\*([^*]+)\*\*/g, (_, words: string) => pc.bold(words))
    .replace(/(?<!\w)_([^_]+)_(?!\w)/g, (_, words: string) => pc.italic(words))
    .replace(
      /\[([^\]]+)\]\((https?:[^)]+)\)/g,
      (_, words: string, url: string) => `${words} (${pc.underline(url)})`,
    );
}

/** Puts a few blanks in front of every line that isn't empty. */
export function indent(text: string, blanks = 2): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(blanks));
}
