import { createHash } from 'node:crypto';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  BaseSequencer,
  createVitest,
  type TestCase,
  type TestModule,
  type TestRunResult,
  type TestSpecification,
  type TestSuite,
  type Vitest,
} from 'vitest/node';
import type { ReportedError } from '../../src/report/failure.ts';
import { StepSequencer } from '../../src/watch/step-order.ts';
import type { Failure, SolutionRun, SolutionSession, SpecOutcome, SpecRun, TestOutcome } from './spec-run.ts';

const skipTests = fileURLToPath(new URL('skip-tests.ts', import.meta.url));

/** Vitest's default order depends on how long each file took the last time. */
class AsGiven extends BaseSequencer {
  override async sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
    return specifications;
  }
}

/**
 * Starts Vitest for `runSpecs`.
 *
 * @param root the folder of the project, or of a copy of it
 */
export function startVitest(root: string): Promise<Vitest> {
  return createVitest(
    'test',
    { ...quietOptions(root), mode: 'proof', sequence: { sequencer: AsGiven } },
    {
      plugins: [
        {
          name: 'workshop-spec-run',
          enforce: 'pre',
          resolveId: implementationOfRun(root),
          configureVitest({ project }) {
            project.config.setupFiles.push(skipTests);
          },
        },
      ],
    },
  );
}

/** Runs specs, all in one worker. The outcomes are in the order of the runs. */
export async function runSpecs(vitest: Vitest, root: string, specRuns: SpecRun[]): Promise<SpecOutcome[]> {
  const specifications = specRuns.map((specRun) =>
    vitest.getRootProject().createSpecification(moduleIdOf(root, specRun), {
      testNamePattern: specRun.tests && new RegExp(`^(?:${specRun.tests.map(escaped).join('|')})$`),
    }),
  );
  const outcomes = outcomesOf(root, await vitest.runTestSpecifications(specifications));
  return specRuns.map((specRun) => {
    const outcome = outcomes.get(moduleIdOf(root, specRun));
    if (!outcome) throw new Error(`Vitest gave no result for ${moduleIdOf(root, specRun)}.`);
    return outcome;
  });
}

/** Runs the reference solutions as a user does it. The outcomes are in the order in which the steps ran. */
export async function runSolutions(root: string, { runs, seed }: SolutionSession): Promise<SpecOutcome[]> {
  let order: SolutionRun['order'];
  let started: string[] = [];
  const onTestModuleStart = ({ moduleId }: TestModule) => void started.push(moduleId);
  class InOrderOfRun extends StepSequencer {
    override async sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
      const asTheyAre = await super.sort(specifications);
      if (order === undefined) return asTheyAre;
      return order === 'reverse' ? asTheyAre.toReversed() : shuffled(asTheyAre, order);
    }
  }
  const vitest = await createVitest('test', {
    ...quietOptions(root),
    mode: 'solution',
    reporters: [{ onTestModuleStart }],
    sequence: { sequencer: InOrderOfRun, ...(seed !== undefined && { shuffle: { tests: true }, seed }) },
  });
  try {
    const outcomes: SpecOutcome[] = [];
    for (const [index, run] of runs.entries()) {
      order = run.order;
      started = [];
      const specifications = await vitest.globTestSpecifications(run.filter ? [run.filter] : []);
      const result =
        index === 0
          ? await vitest.runTestSpecifications(specifications, true)
          : await vitest.rerunTestSpecifications(specifications, true);
      const byModule = outcomesOf(root, result);
      outcomes.push(...started.flatMap((moduleId) => byModule.get(moduleId) ?? []));
    }
    return outcomes;
  } finally {
    await vitest.close();
  }
}

function shuffled(specifications: TestSpecification[], seed: number): TestSpecification[] {
  const place = ({ moduleId }: TestSpecification) =>
    createHash('sha256')
      .update(`${seed} ${stepOf(moduleId)}`)
      .digest('hex');
  return specifications.toSorted((a, b) => place(a).localeCompare(place(b)));
}

function quietOptions(root: string) {
  // The worker is as frugal with memory as this process.
  const execArgv = process.execArgv.filter((option) => option.startsWith('--max-'));
  const config = join(root, 'vitest.config.ts');
  return { root, config, execArgv, watch: false, reporters: [{}], silent: true };
}

/** The spec's module id names the implementation, so that each run has modules of its own, for Vite and for Node. */
function moduleIdOf(
  root: string,
  { step, implementation, spec = 'step.spec.ts', tests = [], firstTodos = [], everyTest = false }: SpecRun,
): string {
  const query = new URLSearchParams({
    implementation,
    tests: tests.join(),
    firstTodos: firstTodos.join(),
    everyTest: String(everyTest),
  });
  return `${root}/workshop/${step}/${spec}?${query}`;
}

function implementationOfRun(root: string) {
  return (source: string, importer?: string): string | undefined => {
    const [, step] = /^#exercise\/(.+)$/.exec(source) ?? [];
    const implementation = new URLSearchParams(importer?.split('?')[1]).get('implementation');
    return step && implementation ? join(root, 'workshop', step, implementation) : undefined;
  };
}

function outcomesOf(root: string, { testModules, unhandledErrors }: TestRunResult): Map<string, SpecOutcome> {
  const [unhandled] = unhandledErrors;
  if (unhandled) throw new Error('An error was thrown outside of every test.', { cause: unhandled });
  return new Map(
    testModules.map((module) => [
      module.moduleId,
      {
        step: stepOf(module.moduleId),
        tests: [...module.children.allTests()].flatMap((test) => outcomeOf(root, test)),
        failures: module.errors().map((error) => failureOf(root, error)),
      },
    ]),
  );
}

function outcomeOf(root: string, test: TestCase): TestOutcome[] {
  const { state, errors = [] } = test.result();
  if (state === 'skipped') return [];
  const failures = errors.map((error) => failureOf(root, error));
  const { todos = [], about } = test.meta();
  return [{ name: fullNameOf(test), todos, about, failures }];
}

/** As Vitest writes it to compare it with `testNamePattern`. */
function fullNameOf({ name, parent }: TestCase | TestSuite): string {
  return parent.type === 'suite' ? `${fullNameOf(parent)} ${name}` : name;
}

function failureOf(root: string, error: ReportedError): Failure {
  const { name = 'Error', message, stacks = [], todo } = error;
  const places = stacks
    .filter(({ file }) => !file.includes('/node_modules/'))
    .map(({ file, line }) => ({ file: relative(root, file.split('?')[0] ?? ''), line }));
  return { name, message, todo: todo?.number, places };
}

function stepOf(moduleId: string): string {
  return basename(dirname(moduleId.split('?')[0] ?? ''));
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
