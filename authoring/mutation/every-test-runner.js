import { commonTokens, declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import * as vitestRunner from '@stryker-mutator/vitest-runner';

const [vitestPlugin] = vitestRunner.strykerPlugins;

/**
 * Stryker's Vitest runner, which runs every test on every mutant. Left to itself, it runs those tests alone that have
 * executed the mutated code; but where tests share one run of it (`once` of src/run/step.ts), that is only the
 * first of them, whatever the others assert about the result.
 */
function everyTestRunner(injector) {
  const runner = vitestPlugin.factory(injector);
  const dryRun = runner.dryRun.bind(runner);
  runner.dryRun = async (options) => ({ ...(await dryRun(options)), mutantCoverage: undefined });
  return runner;
}
everyTestRunner.inject = [commonTokens.injector];

export const strykerPlugins = [
  declareFactoryPlugin(PluginKind.TestRunner, 'vitest-every-test', everyTestRunner),
];
