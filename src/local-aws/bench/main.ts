import { runProgram } from './bundled-program.ts';
import { benchmarkStartUp } from './start-up.ts';
import { benchmarkThroughput } from './throughput.ts';

/** By what `npm run bench -- NAME` calls them. Without a name, all are run. */
const benchmarks: Readonly<Record<string, () => Promise<void>>> = {
  throughput: benchmarkThroughput,
  'start-up': benchmarkStartUp,
  // Room for garbage: collected every hundred lookups, it would be the p99 of both, and hide what finding takes.
  lookups: () => runProgram('lookups.ts', ['--max-semi-space-size=128']),
  memory: () => runProgram('event-memory.ts', ['--expose-gc']),
};

const asked = process.argv.slice(2);
for (const name of asked.length > 0 ? asked : Object.keys(benchmarks)) {
  const run = benchmarks[name];
  if (!run) {
    throw new TypeError(`There is no benchmark '${name}'. There are: ${Object.keys(benchmarks).join(', ')}.`);
  }
  await run();
  console.log('');
}
