import type { EventEmitter } from 'node:events';
import type { Reporter, TestRunEndReason, Vitest } from 'vitest/node';
import type { Console } from '../console/server.ts';
import { type Shown, shownChannel } from '../report/model.ts';
import type { Run } from '../state/run.ts';
import type { StepFolder } from '../steps/step-folders.ts';

/** A key of the watch mode. */
interface Key {
  key: string;
  /** Its description in the list of keys. */
  does: string;
  /** Returns the text to print. Vitest's own keys have none. */
  answer?: () => Promise<string>;
  /** True if it works while steps run, once the run is set up. The others wait for its end: its screen would push their text away. */
  duringRun?: true;
}

/** Keys after which Vitest takes what is typed for a filter, and those that end it. */
const filters = ['p', 't', 'w'];
const endOfFilter = ['return', 'enter', 'escape', 'ctrl c'];

/**
 * The workshop's keys in watch mode, beside Vitest's own. The code behind a key is loaded when it is pressed.
 *
 * It runs in Vitest's process, where the local AWS of the run is.
 */
export default class Keys implements Reporter {
  readonly #keys: Key[] = [
    { key: 'i', does: 'gives the next hint', answer: () => this.#hint() },
    { key: 'l', does: 'shows the lesson', answer: () => this.#lesson() },
    {
      key: 'd',
      does: 'compares the step that you finished last with the solution',
      answer: () => this.#diff(),
    },
    { key: 'o', does: 'opens the console', answer: () => this.#openConsole(), duringRun: true },
    { key: '?', does: 'lists these keys', answer: () => this.#list() },
    { key: 'a', does: 'runs all steps' },
    { key: 'h', does: 'lists the keys of Vitest' },
    { key: 'q', does: 'quits' },
  ];
  readonly #keyboard: EventEmitter & { isTTY?: boolean };
  readonly #browse: ((address: string) => void) | undefined;
  #vitest!: Vitest;
  #console: Promise<Console> | undefined;
  #shown: Shown | undefined;
  #turnedGreen: StepFolder | undefined;
  #isRunning = false;
  #isTyping = false;
  /** Keys that were pressed while steps run. */
  readonly #waiting = new Set<Key>();

  /** Vitest gives a reporter its options, which are none: the other parameters are for tests. */
  constructor(
    _options?: unknown,
    keyboard: EventEmitter & { isTTY?: boolean } = process.stdin,
    browse?: (address: string) => void,
  ) {
    this.#keyboard = keyboard;
    this.#browse = browse;
  }

  onInit(vitest: Vitest): void {
    if (!vitest.config.watch || !this.#keyboard.isTTY || this.#vitest) return;
    this.#vitest = vitest;
    // Keys are pressed before the first run begins, too. Only with --standalone does none follow.
    this.#isRunning = !vitest.config.standalone;
    const onShown = (message: unknown) => {
      this.#shown = message as Shown;
      this.#turnedGreen = this.#shown.view.turnedGreen.at(-1)?.step ?? this.#turnedGreen;
    };
    shownChannel.subscribe(onShown);
    const onKeypress = (text?: string, key?: { name?: string; ctrl?: boolean }) => {
      // A character such as ? has no name.
      const name = key?.name ?? text ?? '';
      this.#onKey(key?.ctrl ? `ctrl ${name}` : name);
    };
    this.#keyboard.on('keypress', onKeypress);
    vitest.onClose(async () => {
      // After a change of its configuration, Vitest goes on with another reporter.
      this.#keyboard.off('keypress', onKeypress);
      shownChannel.unsubscribe(onShown);
      await this.#console?.then(
        ({ close }) => close(),
        () => {},
      );
    });
  }

  onTestRunStart(): void {
    this.#isRunning = true;
  }

  onTestRunEnd(_specs: unknown, _errors: unknown, reason?: TestRunEndReason): void {
    // A save that ends a run starts it again.
    this.#isRunning = reason === 'interrupted' && this.#vitest?.watcher.changedTests.size > 0;
  }

  /** Shows where the console is, below the line of keys, and answers the keys that were pressed. */
  async onWatcherStart(): Promise<void> {
    if (!this.#vitest || this.#isRunning) return;
    // Without a run, or without a port, there is no console. The key o says why.
    const started = await this.#startConsole().catch(() => undefined);
    this.#vitest.logger.log(started ? ` Console: ${started.address} (o opens it)\n` : '');
    for (const key of this.#waiting) void this.#print(key);
    this.#waiting.clear();
  }

  #onKey(name: string): void {
    if (this.#isTyping) {
      this.#isTyping = !endOfFilter.includes(name);
      return;
    }
    // While steps run, Vitest has no filters.
    this.#isTyping = filters.includes(name) && !this.#isRunning;
    const key = this.#keys.find((other) => other.key === name);
    if (!key?.answer) return;
    if (!this.#isRunning || (key.duringRun && this.#run)) {
      void this.#print(key);
    } else if (!this.#waiting.has(key)) {
      this.#waiting.add(key);
      this.#vitest.logger.log(` The key ${name} waits until this run ends.`);
    }
  }

  /** Prints the answer to a key, or why there is none. */
  async #print({ answer }: Key): Promise<void> {
    const [{ indent, marks }, { printable }] = await Promise.all([
      import('../text/look.ts'),
      import('../text/printable.ts'),
    ]);
    const text = await answer?.().catch((error: Error) => `${marks.wrong} ${printable(error.message)}`);
    this.#vitest.logger.log(`${indent(text ?? '', 1)}\n`);
  }

  async #hint(): Promise<string> {
    const step = await this.#nextStep();
    const { hint } = await import('../cli/hint.ts');
    return hint(this.#root, step ? [step.name] : [], { forMore: 'press i' });
  }

  async #lesson(): Promise<string> {
    const step = await this.#nextStep();
    if (!step) return 'Nothing is left to do. The lessons are in the folders of workshop/.';
    return (await import('./lesson.ts')).lesson(this.#root, step);
  }

  async #diff(): Promise<string> {
    const [{ diff }, { lastDone }] = await Promise.all([
      import('../cli/diff.ts'),
      import('../cli/progress-sheet.ts'),
    ]);
    const step = this.#turnedGreen?.name ?? lastDone(this.#root);
    return step
      ? diff(this.#root, [step])
      : 'No step is done yet. When one is, d compares your code with the solution.';
  }

  async #openConsole(): Promise<string> {
    const [{ address, addressForOnce }, { openBrowser }] = await Promise.all([
      this.#startConsole(),
      import('./run-console.ts'),
    ]);
    (this.#browse ?? openBrowser)(addressForOnce());
    return `Console: ${address}`;
  }

  /** The run that global set-up has given to the steps: none before its end, or if it failed. */
  get #run(): Run | undefined {
    return this.#vitest.getProvidedContext().run;
  }

  /** Opens the console's port, unless it is open. The console itself is loaded when a browser asks for it. */
  async #startConsole(): Promise<Console> {
    const run = this.#run;
    if (!run) throw new Error('There is no console, because the run could not be set up.');
    this.#console ??= import('../console/server.ts').then(({ startConsole }) =>
      startConsole(async (admission) => {
        const { consoleOfRun } = await import('./run-console.ts');
        return consoleOfRun(admission, run, () => this.#shown);
      }),
    );
    try {
      return await this.#console;
    } catch (error) {
      this.#console = undefined;
      throw new Error(`The console can't start: ${(error as Error).message}`);
    }
  }

  async #list(): Promise<string> {
    const { paint } = await import('../text/look.ts');
    return this.#keys.map(({ key, does }) => `${paint.bold(key)}  ${paint.dim(does)}`).join('\n');
  }

  /** The step of the screen's next thing to do. If it shows none, the first step that isn't done. */
  async #nextStep(): Promise<StepFolder | undefined> {
    const { nextStep } = await import('../cli/progress-sheet.ts');
    return this.#shown?.view.next?.step ?? nextStep(this.#root);
  }

  get #root(): string {
    return this.#vitest.config.root;
  }
}
