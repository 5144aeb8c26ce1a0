/** A numbered part of a solution, or of an exercise: whole lines, from its comment on. */
export interface Block {
  number: number;
  /** Index of its first line, the comment that has the number. */
  start: number;
  /** Index of the line after its last. */
  end: number;
}

const todoImport = "import { todo } from '#todo';";
const headings = {
  solution: /^(\s*)\/\/ (\d+)\. \S/,
  exercise: /^(\s*)\/\/ TODO (\d+): \S/,
};

/**
 * Finds the numbered blocks. A block begins with its comment (`// 2. Make the keyring.` in a solution,
 * `// TODO 2: make a keyring …` in an exercise), and ends before the next blank line, or where the indentation
 * becomes smaller than that of the comment.
 */
export function findBlocks(source: string, kind: keyof typeof headings): Block[] {
  const lines = source.split('\n');
  return lines.flatMap((line, start) => {
    const [, indentation = '', number] = headings[kind].exec(line) ?? [];
    if (number === undefined) return [];
    const isOver = (text: string) => text.trim() === '' || !text.startsWith(indentation);
    const length = lines.slice(start).findIndex(isOver);
    return [{ number: Number(number), start, end: length < 0 ? lines.length : start + length }];
  });
}

/**
 * The exercise with all of the solution in place but one TODO.
 *
 * @param number the TODO that is left
 * @throws Error when the exercise isn't the solution with its blocks taken out: see `compareWithSolution`
 */
export function solvedButOne(exercise: string, solution: string, number: number): string {
  const [complaint] = compareWithSolution(exercise, solution);
  if (complaint) throw new Error(complaint);
  const solved = findBlocks(solution, 'solution').map((block) => textOf(solution, block));
  return replaceBlocks(exercise, (block, text) =>
    block.number === number ? text : solved[block.number - 1],
  );
}

/**
 * Tells where an exercise is something else than the solution with its numbered blocks taken out. An empty list means
 * that nothing is wrong.
 */
export function compareWithSolution(exercise: string, solution: string): string[] {
  return [
    ...complainOfNumbers(findBlocks(solution, 'solution'), 'solution.ts', '// 1. What it does.'),
    ...complainOfNumbers(findBlocks(exercise, 'exercise'), 'exercise.ts', '// TODO 1: what to do.'),
    ...findBlocks(exercise, 'exercise').flatMap((block) => complainOfTodo(exercise, block)),
    ...complainOfRest(exercise, solution),
  ];
}

/** The numbers of the blocks in which two solutions differ. None if they differ elsewhere, too. */
export function differingBlocks(solution: string, other: string): number[] {
  if (withoutBlocks(solution, 'solution').join() !== withoutBlocks(other, 'solution').join()) return [];
  const textsOf = (source: string) =>
    findBlocks(source, 'solution').map((block) => ({ number: block.number, text: textOf(source, block) }));
  const others = textsOf(other);
  return textsOf(solution)
    .filter(({ text }, index) => text !== others[index]?.text)
    .map(({ number }) => number);
}

function complainOfNumbers(blocks: Block[], file: string, example: string): string[] {
  if (blocks.length === 0) return [`${file} has no numbered block: begin one with the comment "${example}"`];
  const numbers = blocks.map(({ number }) => number);
  const isInOrder = numbers.every((number, index) => number === index + 1);
  return isInOrder
    ? []
    : [
        `${file} has the blocks ${numbers.join(', ')}: number them 1, 2, 3 …, in the order in which they run.`,
      ];
}

/** A TODO is comment lines, and then one statement with a call of `todo`. */
function complainOfTodo(exercise: string, block: Block): string[] {
  const { number } = block;
  const code = textOf(exercise, block)
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('//'));
  const isOneCall =
    code.length === 1 && new RegExp(`\\btodo\\('TODO ${number}: [^']+'\\);$`).test(code[0] ?? '');
  return isOneCall
    ? []
    : [
        `exercise.ts, line ${block.start + 1}: TODO ${number} has to be its comment and then one line of code, ` +
          `with the call todo('TODO ${number}: what to do'), before a blank line or the end of the block.`,
      ];
}

/** Compares the text outside the blocks, which has to be the same except for the import of `todo`. */
function complainOfRest(exercise: string, solution: string): string[] {
  if (!exercise.split('\n').includes(todoImport)) return [`exercise.ts lacks the line ${todoImport}`];
  const ofExercise = withoutBlocks(exercise, 'exercise').filter((line) => line !== todoImport);
  const ofSolution = withoutBlocks(solution, 'solution');
  const length = Math.max(ofExercise.length, ofSolution.length);
  for (let index = 0; index < length; index++) {
    const there = ofExercise[index];
    const wanted = ofSolution[index];
    if (there === wanted) continue;
    return [
      `exercise.ts has to be solution.ts with its numbered blocks taken out, but it has ${quote(there)} ` +
        `where the solution has ${quote(wanted)}.`,
    ];
  }
  return [];
}

function quote(line: string | undefined): string {
  return line === undefined ? 'nothing more' : `"${line.trim()}"`;
}

/** The lines; each block becomes one, with its number and indentation, so that it has to be in the same place. */
function withoutBlocks(source: string, kind: keyof typeof headings): string[] {
  const place = ({ number }: Block, text: string) => `${/^\s*/.exec(text)?.[0]}// block ${number}`;
  return replaceBlocks(source, place, kind).split('\n');
}

function replaceBlocks(
  source: string,
  replacement: (block: Block, text: string) => string | undefined,
  kind: keyof typeof headings = 'exercise',
): string {
  const lines = source.split('\n');
  for (const block of findBlocks(source, kind).reverse()) {
    const text = replacement(block, textOf(source, block)) ?? '';
    lines.splice(block.start, block.end - block.start, ...text.split('\n'));
  }
  return lines.join('\n');
}

function textOf(source: string, { start, end }: Block): string {
  return source.split('\n').slice(start, end).join('\n');
}
