import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { learnerEnvironment } from '../../authoring/learner-environment.ts';
import { copyProject, type ProjectCopy } from '../../authoring/project-copy.ts';
import { runCommandLine } from './command-line.ts';

// Each starts processes, on a machine that may be busy.
const timeout = 120_000;

let project: ProjectCopy;
let elsewhere: string;
beforeAll(() => {
  project = copyProject(fileURLToPath(new URL('../..', import.meta.url)));
  elsewhere = mkdtempSync(join(tmpdir(), 'elsewhere-'));
  return () => {
    project.remove();
    rmSync(elsewhere, { recursive: true });
  };
});

/** Starts Vitest in a folder. */
function runVitest(cwd: string, ...args: string[]): Promise<{ code: number; output: string }> {
  const vitest = join(project.root, 'node_modules/vitest/vitest.mjs');
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [vitest, 'run', ...args],
      { cwd, env: learnerEnvironment() },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
    );
  });
}

test('a run that is started in another folder reads the .env of the project, and writes there', {
  timeout,
}, async () => {
  writeFileSync(join(project.root, '.env'), 'WORKSHOP_OUTPUT_FOLDER=messages');
  const { code, output } = await runVitest(
    elsewhere,
    '--root',
    project.root,
    '--mode',
    'solution',
    'workshop/02',
  );

  expect(output).toContain('✔  2  Encrypt with a data key cache');
  expect(code).toBe(0);
  expect(readdirSync(project.root)).toEqual(expect.arrayContaining(['.workshop', 'messages']));
  expect(readdirSync(elsewhere)).toEqual([]);
});

test('a run that is started in a folder of the project reads the .env of the project', {
  timeout,
}, async () => {
  writeFileSync(join(project.root, '.env'), 'WORKSHOP_TARGET=mars');
  const { code, output } = await runVitest(join(project.root, 'workshop/02-encrypt-with-cache'));

  expect(output).toContain('.env, line 1: WORKSHOP_TARGET is "mars"');
  expect(code).toBe(1);
});

test.each(['doctor', 'clean-up', 'hint'])(
  'npm run %s refuses a folder without the workshop',
  async (command) => {
    mkdirSync(join(elsewhere, 'workshop'), { recursive: true });

    await expect(runCommandLine(['node', 'main.ts', command], elsewhere, () => {})).rejects.toThrow(
      `There are no steps in ${elsewhere}: `,
    );
  },
);
