import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findBlocks } from '../../authoring/numbered-blocks.ts';
import { filesOf } from '../../src/steps/step-files.ts';
import { lineChanges } from './line-changes.ts';
import { PseudoTerminal } from './pseudo-terminal.ts';

const size = { columns: 80, rows: 40 };

/** Text that appears when a run is over and Vitest waits for the next save. */
const endOfRun = '(o opens it)';

/** A learner at a terminal, with the record of all that they type, save and see. */
export class Learner {
  readonly #folder: string;
  readonly #terminal: PseudoTerminal;
  readonly #record: string[] = [];
  #runsBefore = 0;

  /** @param folder the workshop's, which the learner edits */
  constructor(folder: string) {
    this.#folder = folder;
    this.#terminal = new PseudoTerminal(folder, size);
  }

  /** Types a command at the prompt of the shell. */
  async types(command: string): Promise<void> {
    await this.#prompt();
    const times = this.#terminal.timesWritten(command);
    this.#terminal.type(`${command}\r`);
    this.#write(`types: ${command}`);
    // From here on, a prompt is that of the next command. The screen may be cleared already.
    await this.#terminal.until('The command', () => this.#terminal.timesWritten(command) > times);
  }

  /** Presses a key. */
  presses(key: string): void {
    this.#terminal.type(key);
    this.#write(`presses: ${key}`);
  }

  /**
   * Puts the reference's code in the place of TODOs of a step's exercise, and saves it.
   *
   * @param change what the learner writes instead of the reference's code
   */
  solves(step: string, todos?: number[], change = (code: string) => code): void {
    const solution = this.#read(filesOf(step).solution);
    this.edits(step, (exercise) => change(replaceTodos(exercise, solution, todos)));
  }

  /** Edits a step's exercise, and saves it. */
  edits(step: string, change: (exercise: string) => string): void {
    const file = filesOf(step).exercise;
    const before = this.#read(file);
    const after = change(before);
    if (after === before) throw new Error(`The edit of ${file} changes nothing: has the reference changed?`);
    this.#write(
      `saves: ${file}`,
      lineChanges(before, after).map((line) => `  ${line}`),
    );
    this.#runsBefore = this.#terminal.timesWritten(endOfRun);
    writeFileSync(join(this.#folder, file), after);
  }

  /** Looks at the screen when the run is over. */
  async seesResult(): Promise<string> {
    const runs = this.#runsBefore + 1;
    await this.#terminal.until('The result', () => this.#terminal.timesWritten(endOfRun) >= runs);
    return this.#look();
  }

  /** Looks at the screen as soon as a text is on it. */
  async sees(text: string): Promise<string> {
    await this.#terminal.until(text, () => this.#terminal.screen().includes(text));
    return this.#look();
  }

  /** Looks at the screen when the shell waits for the next command. */
  async seesPrompt(): Promise<string> {
    await this.#prompt();
    return this.#look();
  }

  /** All that was typed, saved and seen, with what differs from run to run made the same. */
  record(): string {
    return normalize(this.#record.join('\n'), this.#folder);
  }

  leave(): Promise<void> {
    return this.#terminal.close();
  }

  #prompt(): Promise<void> {
    return this.#terminal.until('The prompt', () => /(^|\n)\$$/.test(this.#terminal.screen()));
  }

  #look(): string {
    const screen = this.#terminal.screen();
    this.#write('sees:', screen.replace(/^\n+/, '').split('\n'));
    return screen;
  }

  #write(heading: string, lines: string[] = []): void {
    this.#record.push(`── ${heading} ${'─'.repeat(Math.max(0, size.columns - heading.length - 4))}`, '');
    if (lines.length) this.#record.push(...lines, '');
  }

  #read(file: string): string {
    return readFileSync(join(this.#folder, file), 'utf8');
  }
}

/** @param todos their numbers; all of them when there are none */
function replaceTodos(exercise: string, solution: string, todos?: number[]): string {
  const lines = exercise.split('\n');
  const references = new Map(findBlocks(solution, 'solution').map((block) => [block.number, block]));
  for (const { number, start, end } of findBlocks(exercise, 'exercise').reverse()) {
    const reference = references.get(number);
    if (!reference || (todos && !todos.includes(number))) continue;
    const code = solution.split('\n').slice(reference.start, reference.end);
    lines.splice(start, end - start, ...code);
  }
  return lines.join('\n');
}

/** The names of runs, places on this machine, times, and what CloudTrail happened to show. */
function normalize(text: string, folder: string): string {
  return text
    .replaceAll(folder, '<folder>')
    .replace(/(usecase_3_|run",? )?\b[0-9a-f]{8}\b/g, '$1<run>')
    .replace(/(waits · look) \d+, \d+ (of \d+ s:) .*/g, '$1 <n>, <n> $2 <reason>')
    .replace(/127\.0\.0\.1:\d+(\/\?token=)[\w-]+/g, '127.0.0.1:<port>$1<token>')
    .replace(/\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?)?/g, '<time>');
}
