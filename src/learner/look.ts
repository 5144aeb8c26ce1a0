import pc from 'picocolors';

/** The colours of everything a learner sees: picocolors, which keeps to NO_COLOR. */
export const paint = pc;

/** What stands in front of a line. */
export const marks = {
  ok: pc.green('✔'),
  wrong: pc.red('✘'),
  skipped: pc.cyan('↷'),
  unsure: pc.yellow('~'),
  toDo: pc.yellow('○'),
  notPossible: pc.magenta('∅'),
  none: pc.dim('·'),
};

/** Shows the few marks of Markdown that lessons and hints use as a terminal can: headings, code and bold. */
export function renderMarkdown(text: string): string {
  let inCode = false;
  return text
    .split(/\r?\n/)
    .flatMap((line) => {
      if (/^\s*```/.test(line)) {
        inCode = !inCode;
        return [];
      }
      if (inCode) return [`    ${pc.cyan(line)}`];
      if (/^#+ /.test(line)) return [pc.bold(line.replace(/^#+ /, ''))];
      return [renderSpans(line)];
    })
    .join('\n');
}

function renderSpans(line: string): string {
  return line
    .replace(/`([^`]+)`/g, (_, code: string) => pc.cyan(code))
    .replace(/\*\*([^*]+)\*\*/g, (_, words: string) => pc.bold(words))
    .replace(
      /\[([^\]]+)\]\((https?:[^)]+)\)/g,
      (_, words: string, url: string) => `${words} (${pc.underline(url)})`,
    );
}

/** Puts a few blanks in front of every line that isn't empty. */
export function indent(text: string, blanks = 2): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(blanks));
}
