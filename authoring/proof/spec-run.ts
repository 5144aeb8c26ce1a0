/** A run of a step's spec against an implementation. */
export interface SpecRun {
  /** The step's folder, such as `02-encrypt-with-cache`. */
  step: string;
  /** The file that `#exercise/<step>` names in this run, relative to the step's folder. */
  implementation: string;
  /** The spec, in the step's folder. Default: `step.spec.ts`. */
  spec?: string;
  /** Run these tests alone, by their names in an outcome. Default: all. */
  tests?: string[];
  /** Skip the tests before the first one that names one of these TODOs. Default: run them. */
  firstTodos?: number[];
  /** Run them all, even after one has failed. Default: the first failure ends the run. */
  everyTest?: boolean;
}

/** An error, as a test or a file ended with it. */
export interface Failure {
  name: string;
  message: string;
  /** The number of the TODO that threw it. */
  todo?: number;
  /** Its stack, innermost first: files relative to the repository, outside of `node_modules`. */
  places: { file: string; line: number }[];
}

export interface TestOutcome {
  /** Its name, after those of the suites that it is in. */
  name: string;
  /** The TODOs that the test says it needs: `meta.todos`. */
  todos: number[];
  /** The TODO that the test says is to blame when it fails: `meta.about`. */
  about: number | undefined;
  /** Errors of the test. None: the test passed. */
  failures: Failure[];
}

export interface SpecOutcome {
  step: string;
  tests: TestOutcome[];
  /** Errors outside the tests, for example because the spec or the implementation could not be loaded. */
  failures: Failure[];
}

/** Runs of the reference solutions in a row, as `npx vitest --mode solution` does it in watch mode. */
export interface SolutionSession {
  runs: SolutionRun[];
  /** Shuffles the tests of each step. Default: they run as they are. */
  seed?: number;
}

export interface SolutionRun {
  /** Part of the specs' paths, such as `workshop/03`. Default: all steps. */
  filter?: string;
  /** Order of the steps. A number shuffles them. Default: as they are. */
  order?: 'reverse' | number;
}

export type ProofRequest =
  | { id: number; root: string; specRuns: SpecRun[] }
  | { id: number; root: string; solutionSession: SolutionSession };

export type ProofAnswer = { id: number; outcomes: SpecOutcome[] } | { id: number; error: string };
