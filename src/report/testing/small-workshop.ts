import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { learnerEnvironment } from '../../../authoring/learner-environment.ts';
import { makeNumberedFolder } from '../../../authoring/project-copy.ts';

const repository = fileURLToPath(new URL('../../..', import.meta.url));

/** A workshop of small steps without AWS, in a folder of its own, with the reporter and the watcher of the real one. */
export interface SmallWorkshop {
  root: string;
  /** Writes a file, relative to the root. */
  write(file: string, text: string): void;
  /** Runs `vitest` with these arguments in a pipe; gives what it wrote, and its exit code. */
  run(args: string[], environment?: Record<string, string>): Promise<{ output: string; code: number }>;
  /** Starts `vitest` in watch mode, in a pipe; gives it when the first run is over. */
  watch(): Promise<WatchingVitest>;
  remove(): void;
}

/** A Vitest that watches. */
export interface WatchingVitest {
  /** Saves a file, and gives what is written until the run is over that follows from it. */
  save(file: string, text: string): Promise<string>;
  /** Saves a file, and gives what is written until this text is, which doesn't have to be the end of a run. */
  saveUntil(file: string, text: string, written: string): Promise<string>;
  stop(): Promise<void>;
}

const configuration = `
import { defineConfig } from 'vitest/config';
import { StandbyPool } from '${repository}src/watch/standby/standby-pool.ts';
import { rerunFromStep, StepSequencer } from '${repository}src/watch/step-order.ts';

const pool = new StandbyPool(import.meta.dirname + '/preload.mjs');

export default defineConfig({
  plugins: [pool.startsEarly()],
  ssr: { resolve: { conditions: ['node'] } },
  test: {
    include: ['workshop/*/step.spec.ts'],
    globalSetup: ['set-up.ts'],
    reporters: [
      '${repository}src/report/workshop-reporter.ts',
      '${repository}src/watch/restart-on-save.ts',
    ],
    pool,
    isolate: false,
    // The reporter's modules are transformed once, not at each start.
    experimental: { fsModuleCache: true, fsModuleCachePath: '${repository}node_modules/.experimental-vitest-cache' },
    fileParallelism: false,
    sequence: { sequencer: StepSequencer },
    watchTriggerPatterns: [rerunFromStep(import.meta.dirname, 'exercise.ts')],
  },
});
`;

/** @param files what is in the workshop's folder, by path, such as `01-add/exercise.ts` */
export function makeSmallWorkshop(files: Record<string, string>): SmallWorkshop {
  const root = makeNumberedFolder('small-workshop');
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'), 'junction');
  write('package.json', JSON.stringify({ type: 'module', imports: { '#todo': './src/run/todo.ts' } }));
  write('vitest.config.ts', configuration);
  // A copy: it tells places relative to the repository that it lies in.
  write('src/run/todo.ts', '');
  copyFileSync(join(repository, 'src/run/todo.ts'), join(root, 'src/run/todo.ts'));
  write('preload.mjs', '');
  write('set-up.ts', 'export default () => {};\n');
  for (const [file, text] of Object.entries(files)) write(`workshop/${file}`, text);
  return {
    root,
    write,
    run: (args, environment = {}) => runVitest(root, args, environment),
    watch: () => watchWithVitest(root, write),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function runVitest(
  root: string,
  args: string[],
  environment: Record<string, string>,
): Promise<{ output: string; code: number }> {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [vitest, ...args],
      { cwd: root, env: { ...learnerEnvironment(), ...environment } },
      (_error, stdout, stderr) => resolve({ output: stdout + stderr, code: child.exitCode ?? -1 }),
    );
  });
}

const endOfRun = 'Save an exercise to run it.';

async function watchWithVitest(root: string, write: SmallWorkshop['write']): Promise<WatchingVitest> {
  const vitest = spawn(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), '--watch'], {
    cwd: root,
    env: learnerEnvironment(),
  });
  await outputUntil(vitest, endOfRun);
  return {
    save: (file, text) => {
      const output = outputUntil(vitest, endOfRun);
      write(file, text);
      return output;
    },
    saveUntil: (file, text, written) => {
      const output = outputUntil(vitest, written);
      write(file, text);
      return output;
    },
    stop: async () => {
      const exited = once(vitest, 'exit');
      vitest.kill();
      await exited;
    },
  };
}

async function outputUntil({ stdout, stderr }: ChildProcess, end: string): Promise<string> {
  let output = '';
  const collect = (text: Buffer) => {
    output += text.toString();
  };
  stderr?.on('data', collect);
  stdout?.on('data', collect);
  while (stdout && !output.includes(end)) await once(stdout, 'data');
  stderr?.off('data', collect);
  stdout?.off('data', collect);
  return output;
}
