import { stripVTControlCharacters } from 'node:util';
import picocolors from 'picocolors';
import type { SerializedError, TestAnnotation, UserConsoleLog } from 'vitest';
import type {
  Reporter,
  TestCase,
  TestModule,
  TestRunEndReason,
  TestSpecification,
  Vitest,
} from 'vitest/node';
import { readStepFolders, type StepFolder, whatWasLearned } from '../steps/step-folders.ts';
import type { Page } from '../text/layout.ts';
import { viewMissing, viewStep } from './build-view.ts';
import { goOnWithoutReader } from './closed-pipe.js';
import { describeUnhandledErrors } from './failure.ts';
import { relativeTo, type Workshop } from './learner-code.ts';
import { LiveRegion } from './live-region.ts';
import { LongRun } from './long-run.ts';
import {
  nextThing,
  type Shown,
  type Status,
  type StepView,
  shownChannel,
  type WorkshopView,
} from './model.ts';
import {
  renderBeginning,
  renderKeys,
  renderNoStep,
  renderResult,
  renderStatus,
  renderWorkshop,
} from './render.ts';
import { RepeatedFailure } from './repeated-failure.ts';
import { printSetUpErrorsPlainly } from './set-up-error.ts';

/** How often a wait is written to where lines can't be overwritten, in milliseconds. */
const plainWaitInterval = 10_000;

/**
 * Shows the workshop instead of a log of tests: the steps, how far the learner is, and the next thing to do.
 *
 * In a terminal the list is alive while the steps run. In CI and in a pipe there are plain lines only.
 */
export default class WorkshopReporter implements Reporter {
  #vitest!: Vitest;
  #live: LiveRegion | undefined;
  #status: Status = { kind: 'getting ready' };
  #specs = new Map<string, TestModule>();
  #active = new Map<string, 'waiting' | 'running'>();
  #expected = 0;
  #savedStep: string | undefined;
  #before: StepView[] | undefined;
  #lastPlainWait = 0;
  #hasBegun = false;
  #isRestarting = false;
  readonly #longRun = new LongRun();
  readonly #repeated = new RepeatedFailure();

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
    this.#specs.clear();
    this.#before = undefined;
    const { outputStream } = vitest.logger;
    if (isTerminal(outputStream)) this.#live ??= new LiveRegion(outputStream, [process.stderr]);
    goOnWithoutReader();
    printSetUpErrorsPlainly(vitest, () => this.#page());
  }

  onWatcherRerun(_specFiles: string[], trigger = ''): void {
    this.#savedStep = /^workshop\/([^/]+)\//.exec(trigger)?.[1];
    if (this.#live) this.#vitest.logger.clearFullScreen();
  }

  onTestRunStart(specifications: readonly TestSpecification[]): void {
    this.#active = new Map(specifications.map(({ moduleId }) => [this.#stepOf(moduleId), 'waiting']));
    this.#expected = specifications.length;
    this.#hasBegun = false;
    this.#lastPlainWait = 0;
    this.#status = { kind: 'getting ready' };
    this.#draw();
  }

  onTestModuleStart(spec: TestModule): void {
    this.#active.set(this.#stepOf(spec.moduleId), 'running');
    this.#status = { kind: 'running' };
    this.#draw();
    this.#begin();
    this.#longRun.begin((seconds) => this.#tellLongRun(this.#stepOf(spec.moduleId), seconds));
  }

  onTestCaseAnnotate(test: TestCase, { message, type }: TestAnnotation): void {
    const step = this.#stepFolders().find(({ name }) => name === this.#stepOf(test.module.moduleId));
    if (type !== 'waiting' || !step) return;
    this.#status = { kind: 'waiting', step, message };
    this.#draw();
    if (this.#live || Date.now() - this.#lastPlainWait < plainWaitInterval) return;
    this.#lastPlainWait = Date.now();
    this.#print(renderStatus(this.#status, this.#page()));
  }

  onTestModuleEnd(spec: TestModule): void {
    const step = this.#stepOf(spec.moduleId);
    this.#longRun.end();
    this.#specs.set(step, spec);
    this.#active.delete(step);
    this.#status = { kind: 'running' };
    this.#draw();
  }

  onUserConsoleLog({ content, type }: UserConsoleLog): void {
    const { config, logger } = this.#vitest;
    if (config.silent === true) return;
    // Workers write colours, whether anybody can see them or not.
    const text = this.#page().colors.isColorSupported ? content : stripVTControlCharacters(content);
    (type === 'stdout' ? logger.outputStream : logger.errorStream).write(text);
  }

  onTestRunEnd(
    specs: readonly TestModule[],
    errors: readonly SerializedError[],
    reason?: TestRunEndReason,
  ): void {
    this.#longRun.end();
    this.#live?.clear();
    this.#active.clear();
    // Ended by a save, which is about to begin it anew.
    this.#isRestarting = reason === 'interrupted' && this.#vitest.watcher.changedTests.size > 0;
    if (this.#isRestarting) return;
    if (this.#expected === 0) this.#print(renderNoStep(this.#stepFolders(), this.#page()));
    // No spec has run, because global set-up failed, and Vitest is about to report it: other errors follow from that.
    const isSetUp = this.#vitest.getProvidedContext().run !== undefined;
    if (specs.length === 0 && (errors.length === 0 || !isSetUp)) return;
    for (const spec of specs) this.#specs.set(this.#stepOf(spec.moduleId), spec);
    const view = this.#view(errors);
    view.timesFailed = this.#repeated.count(view.next, this.#savedStep);
    shownChannel.publish({ view } satisfies Shown);
    this.#begin(view);
    if (this.#lastPlainWait) this.#print(['']);
    this.#print(renderResult(view, this.#page()));
    this.#before = view.steps;
  }

  onWatcherStart(): void {
    if (this.#isRestarting) return;
    this.#print(renderKeys(this.#page()));
  }

  #tellLongRun(name: string, seconds: number): void {
    const step = this.#stepFolders().find((folder) => folder.name === name);
    if (!step || this.#status.kind === 'waiting') return;
    this.#status = { kind: 'taking long', step, seconds, canSave: this.#vitest.config.watch };
    this.#draw();
  }

  #draw(): void {
    if (!this.#live) return;
    const page = this.#page();
    const view = this.#view([]);
    shownChannel.publish({ view, status: this.#status } satisfies Shown);
    this.#live.show([...renderWorkshop(view, page), ...renderStatus(this.#status, page)]);
  }

  /** Writes what is known before steps run above everything else. In a terminal it stays there until the end. */
  #begin(view?: WorkshopView): void {
    if (this.#hasBegun || (this.#live && !view)) return;
    this.#hasBegun = true;
    this.#print(renderBeginning(view ?? this.#view([]), this.#page()));
  }

  #print(lines: string[]): void {
    this.#vitest.logger.log(lines.join('\n'));
  }

  #view(errors: readonly SerializedError[]): WorkshopView {
    const { root } = this.#vitest.config;
    const solutions = this.#vitest.vite.config.mode === 'solution';
    const workshop: Workshop = { root, solutions };
    const folders = this.#stepFolders();
    const { lacks = [] } = this.#vitest.getProvidedContext();
    const steps = folders.map((folder) => {
      const step = viewStep(workshop, folder, lacks, this.#specs.get(folder.name));
      const active = this.#active.get(folder.name);
      if (!active || step.state === 'not possible') return step;
      return { ...step, state: active, failure: undefined };
    });
    return {
      solutions,
      target: describeTarget(this.#vitest),
      missing: viewMissing(workshop, folders, lacks),
      steps,
      next: nextThing(steps, this.#savedStep),
      turnedGreen: steps
        .filter((step) => this.#turnedGreen(step))
        .map((step) => ({ step, learned: whatWasLearned(root, step.name) })),
      unhandled: describeUnhandledErrors([...errors], workshop),
    };
  }

  #turnedGreen({ name, state }: StepView): boolean {
    const before = this.#before?.find((step) => step.name === name);
    return state === 'done' && before !== undefined && before.state !== 'done';
  }

  #stepFolders(): StepFolder[] {
    return readStepFolders(this.#vitest.config.root);
  }

  #stepOf(specFile: string): string {
    return relativeTo(this.#vitest.config.root, specFile).split('/')[1] ?? specFile;
  }

  #page(): Page {
    const { outputStream } = this.#vitest.logger;
    const columns = 'columns' in outputStream ? Number(outputStream.columns) : 0;
    return {
      colors: picocolors.createColors(
        picocolors.isColorSupported && (isTerminal(outputStream) || forcesColor()),
      ),
      width: Math.min(columns || 80, 100),
      hasKeyboard: process.stdin.isTTY,
    };
  }
}

/** True if lines can be overwritten: in a terminal, outside CI. */
function isTerminal(stream: object): stream is NodeJS.WriteStream {
  return 'isTTY' in stream && stream.isTTY === true && !process.env.CI && process.env.TERM !== 'dumb';
}

function forcesColor(): boolean {
  return Boolean(process.env.FORCE_COLOR);
}

/** The target, in words, once global set-up has reported it. */
function describeTarget(vitest: Vitest): string | undefined {
  const { run } = vitest.getProvidedContext();
  if (!run) return undefined;
  if (run.target === 'local') return 'local AWS';
  const what = run.target === 'aws' ? 'AWS' : 'AWS endpoint';
  return `${run.account ? `${what} ${run.account}` : what}, ${run.region}`;
}
