import { spawn } from 'node:child_process';
import type { EventEmitter } from 'node:events';
import picocolors from 'picocolors';
import type { Reporter, Vitest } from 'vitest/node';
import type { Console } from '../console/server.ts';
import type { ShownStep, Steps } from '../console/steps/shown-step.ts';
import { type Failure, type Shown, shownChannel } from '../report/model.ts';
import { detailOf, wordsOf } from '../report/render.ts';
import { renderFailure } from '../report/render-failure.ts';
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
  #shown: Shown | undefined;
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
    shownChannel.subscribe((shown) => {
      this.#shown = shown as Shown;
    });
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
      this.#console ??= startConsole(run, () => shownSteps(this.#shown));
      const started = await this.#console.catch((error: Error) => error);
      if (started instanceof Error) {
        this.#console = undefined;
        return vitest.logger.log(` The console can't start: ${started.message}\n`);
      }
      const { address, addressForOnce } = started;
      vitest.logger.log(` Console: ${address}\n`);
      this.#browse(addressForOnce());
    }
  }
}

async function startConsole(run: Run, steps: Steps): Promise<Console> {
  const { startConsole: start } = await import('../console/server.ts');
  // Global set-up leads this process to the target of the run.
  const account = {
    kms: async () => new (await import('@aws-sdk/client-kms')).KMSClient(),
    cloudTrail: async () => new (await import('@aws-sdk/client-cloudtrail')).CloudTrailClient(),
  };
  return start(run, account, steps);
}

/** The steps in the words of the terminal, but for values and messages of the learner's code: they may hold a plaintext. */
function shownSteps(shown: Shown | undefined): ShownStep[] {
  const page = { colors: picocolors.createColors(false), width: 80 };
  return (shown?.view.steps ?? []).map((step) => {
    const { number, name, title, failure } = step;
    const { status } = shown ?? {};
    const waits =
      status?.kind === 'waiting' && status.step.name === name ? `waits: ${status.message}` : undefined;
    return {
      ...{ number, name, title, state: wordsOf(step), detail: waits ?? detailOf(step) },
      failure: failure && renderFailure(step, withoutValues(failure), page).join('\n'),
    };
  });
}

function withoutValues(failure: Failure): Failure {
  if (failure.kind === 'todo') return failure;
  const { kind, test, location } = failure;
  const place = { ...(test ? { test } : {}), ...(location ? { location } : {}) };
  if (kind === 'error') return { kind, ...place, message: 'The terminal shows its message.' };
  const { todo, sentence } = failure;
  return { kind, ...place, test: failure.test, ...(todo ? { todo } : {}), ...(sentence ? { sentence } : {}) };
}

/** Opens the system's browser. Where there is none, the learner still has the address. */
function openBrowser(address: string): void {
  const commands: Partial<Record<NodeJS.Platform, string[]>> = {
    darwin: ['open'],
    win32: ['rundll32', 'url.dll,FileProtocolHandler'],
  };
  const [command = '', ...args] = commands[process.platform] ?? ['xdg-open'];
  spawn(command, [...args, address], { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}
