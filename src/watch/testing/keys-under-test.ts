import { EventEmitter } from 'node:events';
import { stripVTControlCharacters } from 'node:util';
import { expect } from 'vitest';
import type { Vitest } from 'vitest/node';
import {
  type FixtureWorkshop,
  makeFixtureWorkshop,
  solution,
} from '../../../test/learner/fixture-workshop.ts';
import { shownChannel } from '../../report/model.ts';
import { recordStepPassed } from '../../state/progress-record.ts';
import Keys from '../keys.ts';

/** The keys of the watch mode on a small workshop, with a keyboard and a screen. */
export class KeysUnderTest {
  readonly workshop: FixtureWorkshop = makeFixtureWorkshop();
  readonly keyboard = Object.assign(new EventEmitter(), { isTTY: true });
  /** What was written to the terminal. */
  readonly printed: string[] = [];
  /** Addresses that the browser was started with. */
  readonly opened: string[] = [];
  /** The specs that Vitest is about to run. */
  readonly changedTests = new Set<string>();
  /** What global set-up has given to the run. */
  provided: object = {
    run: {
      ...{ name: 'ada', outputFolder: '/nowhere/ada', scratchFolder: '/nowhere', root: '/nowhere' },
      cloudTrail: { timeoutSeconds: 20, quietSeconds: 0.05 },
    },
  };
  readonly #closers: (() => Promise<void>)[] = [];

  /** Starts the reporter in a Vitest that watches, or doesn't, and whose first run is over. */
  start(watch = true): Keys {
    const reporter = this.startBeforeFirstRun({ watch });
    reporter.onTestRunEnd([], []);
    return reporter;
  }

  startBeforeFirstRun(config: { watch: boolean; standalone?: boolean }): Keys {
    const vitest = {
      config: { ...config, root: this.workshop.root },
      logger: { log: (line: string) => this.printed.push(stripVTControlCharacters(line)) },
      watcher: { changedTests: this.changedTests },
      getProvidedContext: () => this.provided,
      onClose: (closer: () => Promise<void>) => this.#closers.push(closer),
    };
    const reporter = new Keys(undefined, this.keyboard, (address) => {
      this.opened.push(address);
    });
    reporter.onInit(vitest as unknown as Vitest);
    return reporter;
  }

  /** Ends Vitest. */
  async close(): Promise<void> {
    for (const closer of this.#closers.splice(0)) await closer();
  }

  async remove(): Promise<void> {
    await this.close();
    this.workshop.remove();
  }

  /** Presses keys as Node's readline reports them: it names letters and the like, but no other character. */
  press(...names: string[]): void {
    for (const name of names)
      this.keyboard.emit('keypress', name, /\w/.test(name) ? { name } : { sequence: name });
  }

  /** Presses keys, and returns the next text that is printed. */
  answerTo(...names: string[]): Promise<string> {
    const answer = this.nextAnswer();
    this.press(...names);
    return answer;
  }

  /** Presses o, and returns the address that the browser was started with. */
  async openConsole(): Promise<string> {
    await this.answerTo('o');
    return this.opened.at(-1) ?? '';
  }

  async nextAnswer(): Promise<string> {
    const before = this.printed.length;
    await expect.poll(() => this.printed.length).toBeGreaterThan(before);
    return this.printed.at(-1) ?? '';
  }

  /** Writes an exercise, and records that its step was done with it. */
  finish(step: string, at: string): void {
    const exercise = `${solution(step)}// my own\n`;
    this.workshop.write(`workshop/${step}/exercise.ts`, exercise);
    recordStepPassed(this.workshop.root, step, exercise, new Date(at));
  }
}

/** The terminal shows this step as the next thing to do, and these as having turned green. */
export function show(next?: string, ...turnedGreen: string[]): void {
  const step = (name: string) => ({
    number: Number.parseInt(name, 10),
    name,
    title: name.slice(3).replaceAll('-', ' '),
  });
  shownChannel.publish({
    view: {
      steps: [],
      next: next && { step: step(next) },
      turnedGreen: turnedGreen.map((name) => ({ step: step(name) })),
    },
  });
}
