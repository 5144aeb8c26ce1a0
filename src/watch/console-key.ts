import { spawn } from 'node:child_process';
import type { EventEmitter } from 'node:events';
import type { Reporter, Vitest } from 'vitest/node';
import type { Console } from '../console/server.ts';
import type { Run } from '../state/run.ts';

/** Keys after which Vitest takes what is typed for a filter, until Enter or Escape. */
const filters = ['p', 't', 'w'];

/**
 * The key `o` opens the console beside Vitest's own keys. Nothing of the console is loaded before that.
 *
 * It runs in Vitest's process, where the local AWS of the run is.
 */
export default class ConsoleKey implements Reporter {
  readonly #keyboard: EventEmitter & { isTTY?: boolean };
  readonly #browse: (address: string) => void;
  #vitest: Vitest | undefined;
  #console: Promise<Console> | undefined;
  #isRunning = false;
  #isTyping = false;

  /** Vitest gives a reporter its options, which are none: both parameters are for tests. */
  constructor(
    _options?: unknown,
    keyboard: EventEmitter & { isTTY?: boolean } = process.stdin,
    browse = openBrowser,
  ) {
    this.#keyboard = keyboard;
    this.#browse = browse;
  }

  onInit(vitest: Vitest): void {
    if (!vitest.config.watch || !this.#keyboard.isTTY || this.#vitest) return;
    this.#vitest = vitest;
    this.#keyboard.on('keypress', (_text, key?: { name?: string; ctrl?: boolean }) => {
      if (key?.name && !key.ctrl) void this.#onKey(vitest, key.name);
    });
    vitest.onClose(async () => (await this.#console)?.close());
  }

  onTestRunStart(): void {
    this.#isRunning = true;
  }

  onTestRunEnd(): void {
    this.#isRunning = false;
  }

  async #onKey(vitest: Vitest, name: string): Promise<void> {
    if (this.#isTyping) this.#isTyping = name !== 'return' && name !== 'escape';
    else if (filters.includes(name)) this.#isTyping = !this.#isRunning;
    else if (name === 'o') {
      const { run } = vitest.getProvidedContext();
      if (!run) return vitest.logger.log(' There is no console, because the run could not be set up.\n');
      this.#console ??= startConsole(run);
      const { address, addressForOnce } = await this.#console;
      vitest.logger.log(` Console: ${address}\n`);
      this.#browse(addressForOnce());
    }
  }
}

async function startConsole(run: Run): Promise<Console> {
  const { startConsole: start } = await import('../console/server.ts');
  // Global set-up leads this process to the target of the run.
  return start(run, {
    kms: async () => new (await import('@aws-sdk/client-kms')).KMSClient(),
    cloudTrail: async () => new (await import('@aws-sdk/client-cloudtrail')).CloudTrailClient(),
  });
}

/** Opens the system's browser. Where there is none, the learner still has the address. */
function openBrowser(address: string): void {
  const [command = '', ...args] = { darwin: ['open'], win32: ['cmd', '/c', 'start', '""'] }[
    process.platform as string
  ] ?? ['xdg-open'];
  spawn(command, [...args, address], { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}
