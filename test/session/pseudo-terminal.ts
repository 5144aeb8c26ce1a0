import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import xterm from '@xterm/headless';
import { learnerEnvironment } from '../../authoring/learner-environment.ts';

/** How long to wait for a screen, in milliseconds, before the wait is given up with an error that shows the screen. */
const patience = 90_000;

/** The program that makes a pseudo terminal; `--version` tells it from the other programs of that name. */
const program = 'script';

/** Why there can be no pseudo terminal on this machine, or undefined when there can. */
export function whyNoPseudoTerminal(): string | undefined {
  const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  if (stdout?.includes('util-linux')) return undefined;
  return `it takes the program "${program}" of util-linux (on Debian and Ubuntu: apt-get install bsdutils)`;
}

/** A shell in a real terminal, as a person has it: what is typed goes in, and the screen can be looked at. */
export class PseudoTerminal {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #screen: InstanceType<typeof xterm.Terminal>;
  readonly #changed = new EventTarget();
  #output = '';

  /** @param size in columns and rows */
  constructor(folder: string, size: { columns: number; rows: number }) {
    const { columns, rows } = size;
    this.#screen = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
    this.#child = spawn(
      program,
      [
        '--quiet',
        '--flush',
        '--return',
        '--command',
        `stty cols ${columns} rows ${rows}; exec sh`,
        '/dev/null',
      ],
      {
        cwd: folder,
        env: { ...learnerEnvironment(), SHELL: '/bin/sh', PS1: '$ ', ENV: '', TERM: 'xterm-256color' },
      },
    );
    this.#child.stdout.setEncoding('utf8');
    this.#child.stdout.on('data', (text: string) => {
      this.#output += text;
      this.#screen.write(text, () => this.#changed.dispatchEvent(new Event('change')));
    });
  }

  /** Presses keys. */
  type(keys: string): void {
    this.#child.stdin.write(keys);
  }

  /** Lines of the screen, without trailing blanks and trailing blank lines. */
  screen(): string {
    const { active } = this.#screen.buffer;
    const lines = Array.from(
      { length: this.#screen.rows },
      (_, row) => active.getLine(active.baseY + row)?.translateToString(true) ?? '',
    );
    return lines.join('\n').trimEnd();
  }

  /** Number of times that a text was written since the terminal was opened, whatever the screen shows now. */
  timesWritten(text: string): number {
    return this.#output.split(text).length - 1;
  }

  /**
   * Waits until something is so; looks each time when something was written.
   *
   * @param what the thing waited for, for the error
   * @throws Error with the screen when it doesn't come to be
   */
  async until(what: string, isSo: () => boolean): Promise<void> {
    const tooLate = AbortSignal.timeout(patience);
    while (!isSo()) {
      try {
        await once(this.#changed, 'change', { signal: tooLate });
      } catch {
        throw new Error(
          `${what}: that did not come within ${patience / 1000} s. The screen:\n${this.screen()}`,
        );
      }
    }
  }

  /** Ends the shell and all that runs in it. */
  async close(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill();
    await exited;
    this.#screen.dispose();
  }
}
