// Changes the solution of each step in small ways, and runs the step's spec on each change: see README.md.
import { readdirSync, readFileSync } from 'node:fs';
import { chdir } from 'node:process';
import { fileURLToPath } from 'node:url';
import { Stryker } from '@stryker-mutator/core';

const expected = JSON.parse(readFileSync(new URL('survivors.json', import.meta.url), 'utf8'));
const plugins = [
  import.meta.resolve('./every-test-runner.js'),
  import.meta.resolve('@stryker-mutator/vitest-runner'),
];

chdir(fileURLToPath(new URL('../..', import.meta.url)));
Object.assign(process.env, {
  WORKSHOP_TARGET: 'local',
  WORKSHOP_LOCAL_CLOUDTRAIL_DELAY_SECONDS: '0.2',
  WORKSHOP_CLOUDTRAIL_QUIET_SECONDS: '0.2',
  WORKSHOP_CLOUDTRAIL_TIMEOUT_SECONDS: '5',
});

const [, , filter = ''] = process.argv;
const steps = readdirSync('workshop')
  .filter((step) => step.includes(filter))
  .sort();
for (const step of steps) {
  const mutants = await mutate(step);
  const survivors = mutants.filter(({ status }) => !['Killed', 'Timeout'].includes(status)).map(describe);
  const isExpected = ({ line, becomes }) =>
    expected.some((each) => each.step === step && each.line === line && each.becomes === becomes);
  const unexpected = survivors.filter((survivor) => !isExpected(survivor));
  const killed = expected
    .filter((each) => each.step === step)
    .filter(({ line, becomes }) => !survivors.some((each) => each.line === line && each.becomes === becomes));

  console.log(`\n${step}: ${mutants.length} mutants, ${mutants.length - survivors.length} killed.`);
  for (const { line, becomes } of unexpected) {
    console.log(`  Survived: ${line}\n   becomes: ${becomes}`);
  }
  for (const { line, becomes } of killed) {
    console.log(`  Take it off survivors.json, it is killed: ${line}\n   becomes: ${becomes}`);
  }
  if (unexpected.length + killed.length > 0) process.exitCode = 1;
}

function mutate(step) {
  process.env.MUTATED_STEP = step;
  const stryker = new Stryker({
    plugins,
    testRunner: 'vitest-every-test',
    vitest: { configFile: 'authoring/mutation/vitest.config.ts', related: false },
    mutate: [`workshop/${step}/solution.ts`],
    // Stryker rewrites tsconfig.json with TypeScript's JavaScript API, which TypeScript 7 doesn't have.
    ignorePatterns: ['tsconfig.json', '.env', 'output', '.workshop', 'authoring/mutation/node_modules'],
    tempDirName: '.stryker-tmp',
    concurrency: 2,
    reporters: ['dots'],
    logLevel: 'warn',
  });
  return stryker.runMutationTest();
}

/** The changed source text, which identifies a mutation after lines have moved. Columns count from 1. */
function describe({ fileName, location: { start, end }, replacement }) {
  const lines = readFileSync(fileName, 'utf8').split('\n');
  const before = lines[start.line - 1].slice(0, start.column - 1);
  const after = lines[end.line - 1].slice(end.column - 1);
  return {
    line: lines[start.line - 1].trim(),
    becomes: `${before}${replacement}${after}`.replace(/\s+/g, ' ').trim(),
  };
}
