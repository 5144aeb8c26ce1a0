import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { learnerEnvironment } from '../../authoring/learner-environment.ts';
import { copyProject, type ProjectCopy } from '../../authoring/project-copy.ts';
import { filesOf } from '../steps/step-files.ts';

let copy: ProjectCopy;
beforeEach(() => {
  copy = copyProject(fileURLToPath(new URL('../..', import.meta.url)));
});
afterEach(() => copy.remove());

interface Result {
  title: string;
  status: string;
}

/** Runs step 3; gives what came of its tests. */
function runStep(): Promise<Result[]> {
  const vitest = join(copy.root, 'node_modules/vitest/vitest.mjs');
  const args = [vitest, 'run', 'workshop/03', '--reporter=json', '--test-timeout=1000'];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: copy.root, env: learnerEnvironment() }, (_error, stdout) =>
      resolve(JSON.parse(stdout).testResults[0].assertionResults),
    );
  });
}

test("after a test has timed out, the step's other tests do not run", { timeout: 60_000 }, async () => {
  const { exercise, solution } = filesOf('03-decrypt');
  const text = readFileSync(join(copy.root, solution), 'utf8');
  const body = '  // 2. ';
  expect(text).toContain(body);
  writeFileSync(join(copy.root, exercise), text.replace(body, `  await new Promise(() => {});\n${body}`));

  const [first, ...others] = await runStep();
  expect(first?.status).toBe('failed');
  expect(others.length).toBeGreaterThan(3);
  expect(new Set(others.map(({ status }) => status))).toEqual(new Set(['skipped']));
});
