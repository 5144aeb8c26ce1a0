import { BaseSequencer, type TestSpecification, type WatcherTriggerPattern } from 'vitest/node';
import { stepNames, withDependents } from '../steps/step-folders.ts';

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
 * Selects the specs to run after a file of a step was saved: that step's, and those of the steps that build on it.
 *
 * @param root the repository's folder
 * @param implementation the file that the specs import: `exercise.ts` or `solution.ts`
 */
export function rerunFromStep(root: string, implementation: string): WatcherTriggerPattern {
  return {
    pattern: new RegExp(`/workshop/([^/]+)/${implementation.replace('.', '\\.')}$`),
    testsToRun: (_file, [, name = '']) =>
      withDependents(root, name).map((dependent) => `workshop/${dependent}/step.spec.ts`),
  };
}
