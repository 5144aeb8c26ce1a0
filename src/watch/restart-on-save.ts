import type { Reporter, TestModule, TestSpecification, Vitest } from 'vitest/node';

/** How long code has to stop, in milliseconds, before its process is ended: a loop without an await never stops. */
const grace = 1000;

const exercise = /[/\\]workshop[/\\][^/\\]+[/\\](exercise|solution)\.ts$/;

/**
 * Restarts the current run when an exercise is saved: nobody has to wait for the verdict on code that is gone, or for an
 * endless loop. Steps that the run had not reached yet run again, too.
 */
export default class RestartOnSave implements Reporter {
  #vitest: Vitest | undefined;
  /** The specs of the current run that have not ended. */
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
