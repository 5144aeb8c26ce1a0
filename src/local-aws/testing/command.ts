import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const repository = fileURLToPath(new URL('../../..', import.meta.url));

/** The command line, as `npm run local-aws` starts it, in a process of its own. */
export class Command {
  stdout = '';
  stderr = '';
  /** Its exit code; or the signal that ended it. */
  readonly ended: Promise<number | string>;
  readonly #child: ChildProcess;

  /** For the test that is running: it ends with it. */
  static start(...options: string[]): Command {
    return new Command(process.execPath, ...script(), ...options);
  }

  /** Starts it so that it can't write a file beyond a length. */
  static startWithFileLimit(kilobytes: number, ...options: string[]): Command {
    // Blocks of 512 bytes, and an error instead of a signal (POSIX).
    const limited = `trap '' XFSZ; ulimit -f ${kilobytes * 2}; exec "$0" "$@"`;
    return new Command('sh', '-c', limited, process.execPath, ...script(), ...options);
  }

  private constructor(program: string, ...given: string[]) {
    this.#child = spawn(program, given, { cwd: repository, stdio: ['ignore', 'pipe', 'pipe'] });
    onTestFinished(async () => {
      this.#child.kill('SIGKILL');
      await this.ended;
    });
    this.#child.stdout?.on('data', (chunk) => {
      this.stdout += chunk;
    });
    this.#child.stderr?.on('data', (chunk) => {
      this.stderr += chunk;
    });
    this.ended = once(this.#child, 'close').then(([code, signal]) => code ?? signal);
  }

  /**
   * Waits until it is ready, as a user would: until the last variable is printed.
   *
   * @returns the variables
   */
  async variables(): Promise<Record<string, string>> {
    while (!/AWS_SECRET_ACCESS_KEY=.*\n/.test(this.stdout)) {
      const more = once(this.#child.stdout as NonNullable<ChildProcess['stdout']>, 'data');
      const end = await Promise.race([more.then(() => undefined), this.ended]);
      if (end !== undefined) throw new Error(`The command ended with ${end}: ${this.stderr}`);
    }
    return Object.fromEntries(
      [...this.stdout.matchAll(/^export (\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
    );
  }

  /** @returns the exit code, or the signal if that was the end of it */
  stop(signal: NodeJS.Signals): Promise<number | string> {
    this.#child.kill(signal);
    return this.ended;
  }
}

/** The file that npm would run with Node.js. */
function script(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
  return (scripts['local-aws'] as string).split(' ').slice(1);
}
