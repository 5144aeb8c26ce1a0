import type { WorkshopView } from './model.ts';

/** Counts the saves in a row after which the same TODO failed: a learner who doesn't get on is offered a hint. */
export class RepeatedFailure {
  #todo: string | undefined;
  #times = 0;

  /**
   * Takes the result of a run.
   *
   * @param savedStep the step whose save started the run; none if no save did
   * @returns how many saves in a row led to the TODO of this failure
   */
  count(next: WorkshopView['next'], savedStep: string | undefined): number {
    if (!savedStep) return 0;
    const failure = next?.step.name === savedStep ? next.failure : undefined;
    // A file that can't be loaded, because of a typo, says nothing about a TODO.
    if (failure?.kind === 'error' && !failure.test) return 0;
    const todo =
      failure && failure.kind !== 'todo' ? `${savedStep} ${failure.todo?.number ?? failure.test}` : undefined;
    this.#times = todo === this.#todo ? this.#times + 1 : 1;
    this.#todo = todo;
    return todo ? this.#times : 0;
  }
}
