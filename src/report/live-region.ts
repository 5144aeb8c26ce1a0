import { columnsOf, truncate } from '../text/layout.ts';

/** The terminal that the lines are written to. */
export interface Terminal {
  write: NodeJS.WriteStream['write'];
  rows?: number;
  columns?: number;
}

const clearDown = '\u001b[J';
const startOfLine = '\r';
const up = (lines: number) => (lines ? `\u001b[${lines}A` : '');

/**
 * Lines at the bottom of a terminal that are overwritten in place. What anybody else writes to the terminal
 * meanwhile goes above them.
 */
export class LiveRegion {
  readonly #terminal: Terminal;
  readonly #others: Terminal[];
  #lines: string[] = [];
  #restore: (() => void) | undefined;
  #write: (text: string) => void;

  /** @param others more streams that end up in the same terminal, such as stderr */
  constructor(terminal: Terminal, others: Terminal[] = []) {
    this.#terminal = terminal;
    this.#others = others;
    this.#write = (text) => void terminal.write(text);
  }

  /** Shows these lines in the place of the last ones. What is wider than the terminal is cut. */
  show(lines: string[]): void {
    this.#interceptOthers();
    const before = this.#rows();
    const { rows, columns = Number.POSITIVE_INFINITY } = this.#terminal;
    this.#lines = lines.slice(rows ? -Math.max(1, rows - 1) : 0).map((line) => truncate(line, columns));
    this.#write(`${up(before)}${startOfLine}${clearDown}${this.#lines.map((line) => `${line}\n`).join('')}`);
  }

  /** Takes the lines away; the next output begins where they were. */
  clear(): void {
    if (this.#lines.length) this.#write(`${up(this.#rows())}${startOfLine}${clearDown}`);
    this.#lines = [];
    this.#restore?.();
    this.#restore = undefined;
  }

  /** Number of rows that the lines take. A line takes several after the terminal was made narrower. */
  #rows(): number {
    const { columns = Number.POSITIVE_INFINITY } = this.#terminal;
    return this.#lines.reduce((rows, line) => rows + Math.max(1, Math.ceil(columnsOf(line) / columns)), 0);
  }

  #interceptOthers(): void {
    if (this.#restore) return;
    const streams = [this.#terminal, ...this.#others];
    const originals = streams.map((stream) => stream.write);
    const [own] = originals;
    this.#write = (text) => void own?.call(this.#terminal, text);
    streams.forEach((stream, index) => {
      const write = originals[index] as Terminal['write'];
      stream.write = ((...written: Parameters<Terminal['write']>) => {
        const lines = this.#lines;
        this.#write(`${up(this.#rows())}${startOfLine}${clearDown}`);
        const result = write.apply(stream, written);
        const endsLine = String(written[0]).endsWith('\n');
        this.#write(`${endsLine ? '' : '\n'}${lines.map((line) => `${line}\n`).join('')}`);
        return result;
      }) as Terminal['write'];
    });
    this.#restore = () => {
      streams.forEach((stream, index) => {
        stream.write = originals[index] as Terminal['write'];
      });
    };
  }
}
