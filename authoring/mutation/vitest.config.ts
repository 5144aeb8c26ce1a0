import { defineConfig } from 'vitest/config';
import workshop from '../../vitest.config.ts';

/** One step with its reference solution: Stryker can say neither `--mode solution` nor which spec. */
export default defineConfig((environment) => {
  const { test, ...solutions } = workshop({ ...environment, mode: 'solution' });
  return {
    ...solutions,
    test: { ...test, reporters: [], include: [`workshop/${process.env.MUTATED_STEP}/step.spec.ts`] },
  };
});
