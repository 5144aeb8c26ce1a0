import { BaseSequencer, type TestSpecification, type WatcherTriggerPattern } from 'vitest/node';
import { stepNames } from '../steps/step-folders.ts';

/** Runs the steps in the order of their folders. Vitest's own order depends on how long each took the last time. */
export class StepSequencer extends BaseSequencer {
  override async sort(specs: TestSpecification[]): Promise<TestSpecification[]> {
    const inOrder = stepNames(this.ctx.config.root);
    const place = ({ moduleId }: TestSpecification) =>
      inOrder.findIndex((name) => moduleId.includes(`/workshop/${name}/`));
    return [...specs].sort((a, b) => place(a) - place(b));
  }
}

/**
 * Selects the specs to run after a file of a step was saved: that step's, and those of later steps, which build on it.
 *
 * @param root the repository's folder
 * @param implementation the file that the specs import: `exercise.ts` or `solution.ts`
 */
export function rerunFromStep(root: string, implementation: string): WatcherTriggerPattern {
  return {
    pattern: new RegExp(`/workshop/([^/]+)/${implementation.replace('.', '\\.')}$`),
    testsToRun: (_file, match) => {
      const names = stepNames(root);
      const first = names.indexOf(match[1] ?? '');
      return first < 0 ? [] : names.slice(first).map((name) => `workshop/${name}/step.spec.ts`);
    },
  };
}
