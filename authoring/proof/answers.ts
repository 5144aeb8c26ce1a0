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
  /** The request or the parameter that this answer alone breaks, or both. */
  breaks: string[];
}

/** Something that the lesson or the exercise asks for. */
export interface Request {
  name: string;
  /** Parts of the lesson, or of the exercise's comments, that ask for it. */
  quotes: string[];
}

export interface Answers {
  requests: Request[];
  /** Requests and parameters that no wrong answer can break, and why. */
  uncovered: { name: string; reason: string }[];
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
  const answers: Answers = {
    requests: [],
    uncovered: [],
    wrongAnswers: [],
    validVariants: [],
    complaints: [],
  };
  const complain = (number: number, error: string) => answers.complaints.push(`${file}:${number}: ${error}.`);
  for (const section of sectionsOf({ title: '', number: 0, lines: text.split('\n') }, '## ')) {
    const { title, number } = section;
    if (title === 'Requests') {
      const items = itemsOf(section, complain);
      answers.requests.push(...items.map(({ name, text }) => ({ name, quotes: quotesOf(text) })));
    } else if (title === 'Without a wrong answer') {
      const items = itemsOf(section, complain);
      answers.uncovered.push(...items.map(({ name, text }) => ({ name, reason: text })));
    } else if (title === 'Wrong answers' || title === 'Valid variants') {
      for (const part of sectionsOf(section, '### ')) readAnswer(part, title, file, solution, answers);
    } else {
      complain(number, `unknown section "${title}"`);
    }
  }
  return answers;
}

/** Adds an answer, or says what is wrong with it. */
function readAnswer(
  { title, number, lines }: Section,
  kind: 'Wrong answers' | 'Valid variants',
  file: string,
  solution: string,
  answers: Answers,
): void {
  const isWrong = kind === 'Wrong answers';
  const [, name] = /^([a-z0-9-]+): \S/.exec(title) ?? [];
  const place = `${name ?? title} (${file}:${number})`;
  const says = fieldOf(lines, 'Says');
  const edited = applyDiff(lines, solution);
  const others = [...answers.wrongAnswers, ...answers.validVariants];
  const errors = [
    ...(name ? [] : ['begin its heading with a name, a colon and how it differs from the solution']),
    ...(others.some((other) => other.name === name) ? ['another answer has its name'] : []),
    ...(isWrong && !says ? ['it lacks a line "Says: …"'] : []),
    ...unknownLines(lines, isWrong ? ['Says', 'Breaks'] : []).map((line) => `this line is unknown: ${line}`),
    ...('error' in edited ? [edited.error] : []),
  ];
  answers.complaints.push(...errors.map((error) => `${place}: ${error}.`));
  if (errors.length > 0 || !name || 'error' in edited) return;
  const answer = { name, place, source: edited.source };
  if (!isWrong) answers.validVariants.push(answer);
  else if (says)
    answers.wrongAnswers.push({ ...answer, says, breaks: fieldOf(lines, 'Breaks')?.split(/, */) ?? [] });
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

/** The items of a list: `- name: text`, which may go on in the next line. */
function itemsOf({ number, lines }: Section, complain: (number: number, error: string) => void) {
  const items: { name: string; text: string }[] = [];
  for (const [index, line] of lines.entries()) {
    const [, name = '', text = ''] = /^- ([^:"]+): (.+)$/.exec(line) ?? [];
    const last = items.at(-1);
    if (name) items.push({ name, text });
    else if (last && line.startsWith('  ')) last.text += ` ${line.trim()}`;
    else if (line.trim()) complain(number + index + 1, `write "- name: …" instead of: ${line}`);
  }
  return items;
}

function quotesOf(text: string): string[] {
  return [...text.matchAll(/"([^"]+)"/g)].map(([, quote = '']) => quote);
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
