import type { Reporter, TestModule, TestSpecification, Vitest } from 'vitest/node';

/** How long code has to give way, in milliseconds, before its process is ended: a loop without an await never does. */
const grace = 1000;

const exercise = /[/\\]workshop[/\\][^/\\]+[/\\](exercise|solution)\.ts$/;

/**
 * A save of an exercise ends the run that goes on, and begins it anew: nobody has to wait for the verdict on code that is
 * gone, or for a loop without end. What the run had not come to yet runs again, too.
 */
export default class RestartOnSave implements Reporter {
  #vitest: Vitest | undefined;
  /** The specs of the run that goes on which have not ended. */
  #unfinished = new Set<string>();

  onInit(vitest: Vitest): void {
    if (!vitest.config.watch || this.#vitest === vitest) return;
    this.#vitest = vitest;
    vitest.vite.watcher.on('change', (file: string) => {
      if (exercise.test(file) && this.#unfinished.size) this.#restart(vitest);
    });
  }

  onTestRunStart(specifications: readonly TestSpecification[]): void {
    this.#unfinished = new Set(specifications.map(({ moduleId }) => moduleId));
  }

  onTestModuleEnd({ moduleId }: TestModule): void {
    this.#unfinished.delete(moduleId);
  }

  onTestRunEnd(): void {
    this.#unfinished = new Set();
  }

  #restart(vitest: Vitest): void {
    const unfinished = this.#unfinished;
    for (const spec of unfinished) vitest.watcher.changedTests.add(spec);
    // As a key cancels a run. Asked a second time, Vitest ends the process without waiting for it.
    void vitest.cancelCurrentRun('keyboard-input');
    setTimeout(() => {
      if (this.#unfinished === unfinished && unfinished.size) void vitest.cancelCurrentRun('keyboard-input');
    }, grace).unref();
  }
}
