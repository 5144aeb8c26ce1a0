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

try {
  if (process.features.typescript) {
    await import(main.href);
  } else {
    const { runnerImport } = await import('vite');
    await runnerImport(fileURLToPath(main));
  }
} catch (error) {
  if (error.code !== 'ERR_MODULE_NOT_FOUND' || !error.message.startsWith('Cannot find package')) throw error;
  console.error(`${error.message.split(' imported from')[0]}. Install the packages: npm ci --ignore-scripts`);
  process.exitCode = 1;
}
