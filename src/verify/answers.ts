/** An answer to a step: its solution with some lines replaced. */
export interface Answer {
  name: string;
  /** Its name and where it is written, for a message. */
  place: string;
  source: string;
}

/** A plausible mistake. */
export interface WrongAnswer extends Answer {
  /** Part of the first message that the learner must read. */
  says: string;
}

export interface Answers {
  wrongAnswers: WrongAnswer[];
  /** Answers that differ from the solution and are right. */
  validVariants: Answer[];
  /** Errors in the file. An answer with an error is not among the answers. */
  complaints: string[];
}

interface Section {
  title: string;
  /** Number of its heading's line, from 1. */
  number: number;
  lines: string[];
}

/**
 * Reads the answers of a step. CONTRIBUTING.md describes the format.
 *
 * @param file its path, for messages
 * @param text of the file
 * @param solution the text that the answers change
 */
export function readAnswers(file: string, text: string, solution: string): Answers {
  const whole = { title: '', number: 0, lines: text.split('\n') };
  const answers: Answers = { wrongAnswers: [], validVariants: [], complaints: [] };
  for (const section of sectionsOf(whole, '## ')) {
    const isWrong = section.title === 'Wrong answers';
    if (!isWrong && section.title !== 'Valid variants') {
      answers.complaints.push(`${file}:${section.number}: unknown section "${section.title}".`);
      continue;
    }
    for (const { title, number, lines } of sectionsOf(section, '### ')) {
      const [, name] = /^([a-z0-9-]+): \S/.exec(title) ?? [];
      const place = `${name ?? title} (${file}:${number})`;
      const fields = isWrong ? ['Says'] : [];
      const errors = [
        ...(name ? [] : ['begin its heading with a name, a colon and how it differs from the solution']),
        ...fields.filter((field) => !fieldOf(lines, field)).map((field) => `it lacks a line "${field}: …"`),
        ...unknownLines(lines, fields).map((line) => `this line is unknown: ${line}`),
      ];
      const edited = applyDiff(lines, solution);
      if ('error' in edited) errors.push(edited.error);
      const others = [...answers.wrongAnswers, ...answers.validVariants];
      if (others.some((other) => other.name === name)) errors.push('another answer has its name');
      answers.complaints.push(...errors.map((error) => `${place}: ${error}.`));
      if (!name || errors.length > 0 || 'error' in edited) continue;
      const answer = { name, place, source: edited.source };
      if (isWrong) answers.wrongAnswers.push({ ...answer, says: fieldOf(lines, 'Says') ?? '' });
      else answers.validVariants.push(answer);
    }
  }
  return answers;
}

/** The sections of a text whose headings begin with a mark. */
function sectionsOf({ number, lines }: Section, mark: '## ' | '### '): Section[] {
  const sections: Section[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.startsWith(mark))
      sections.push({ title: line.slice(mark.length).trim(), number: number + index + 1, lines: [] });
    else sections.at(-1)?.lines.push(line);
  }
  return sections;
}

function fieldOf(lines: string[], field: string): string | undefined {
  const start = `${field}: `;
  return lines
    .find((line) => line.startsWith(start))
    ?.slice(start.length)
    .trim();
}

/** The lines that are neither blank, nor a field, nor in the diff. */
function unknownLines(lines: string[], fields: string[]): string[] {
  const [start, end] = diffOf(lines);
  return lines.filter(
    (line, index) =>
      line.trim() && (index < start || index > end) && !fields.some((field) => line.startsWith(`${field}: `)),
  );
}

/** Indexes of the fences around the diff. Without a diff, both are after the last line. */
function diffOf(lines: string[]): [start: number, end: number] {
  const start = lines.indexOf('```diff');
  const end = lines.indexOf('```', start);
  return start < 0 || end < 0 ? [lines.length, lines.length] : [start, end];
}

/**
 * Replaces lines of a solution as a diff without line numbers says: lines that begin with a blank stay, those with `-`
 * go, and those with `+` come. `@@` stands between two places.
 */
function applyDiff(lines: string[], solution: string): { source: string } | { error: string } {
  const [start, end] = diffOf(lines);
  const hunks = lines
    .slice(start + 1, end)
    .join('\n')
    .split(/^@@\n/m)
    .map((hunk) => hunk.replace(/\n$/, '').split('\n'));
  let source = `\n${solution}`;
  for (const hunk of hunks) {
    const odd = hunk.find((line) => !/^[ +-]|^$/.test(line));
    if (odd) return { error: `this line of its diff begins with none of "-", "+" and a blank: ${odd}` };
    const before = textOf(hunk, '+');
    const after = textOf(hunk, '-');
    if (before === after) return { error: 'a part of its diff changes nothing' };
    const place = source.indexOf(before);
    if (place < 0)
      return { error: `its edit no longer applies, because solution.ts has no such lines:${before}` };
    if (place !== source.lastIndexOf(before))
      return { error: `add lines around its edit, because solution.ts has these more than once:${before}` };
    source = source.slice(0, place) + after + source.slice(place + before.length);
  }
  return { source: source.slice(1) };
}

/** The lines of a part of a diff that don't begin with a mark, between line ends. */
function textOf(hunk: string[], without: '+' | '-'): string {
  const lines = hunk.filter((line) => !line.startsWith(without)).map((line) => line.slice(1));
  return ['', ...lines, ''].join('\n');
}
