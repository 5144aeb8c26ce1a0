import module from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { goOnWithoutReader } from '../report/closed-pipe.js';
import { faultOfPath } from './project-path.js';

// Starts the learner's commands. In plain JavaScript, because it has to work, and say what to do, when the packages
// are not installed: without them Node.js before 22.18 can't read TypeScript.

goOnWithoutReader();

const pathFault = faultOfPath(resolve(import.meta.dirname, '../..'));
if (pathFault) {
  console.error(`✘ ${pathFault}`);
  process.exit(1);
}

const main = new URL('./main.ts', import.meta.url);

/** With it, the package `local-kms-cloudtrail` is its code in this checkout. */
const condition = 'local-kms-cloudtrail-checkout';

try {
  if (process.features.typescript) {
    module.registerHooks({
      resolve: (specifier, context, next) =>
        next(specifier, { ...context, conditions: [...context.conditions, condition] }),
    });
    await import(main.href);
  } else {
    const { runnerImport } = await import('vite');
    await runnerImport(fileURLToPath(main), {
      environments: { inline: { resolve: { conditions: [condition], externalConditions: [condition] } } },
    });
  }
} catch (error) {
  if (error.code !== 'ERR_MODULE_NOT_FOUND' || !error.message.startsWith('Cannot find package')) throw error;
  console.error(`${error.message.split(' imported from')[0]}. Install the packages: npm ci --ignore-scripts`);
  process.exitCode = 1;
}
