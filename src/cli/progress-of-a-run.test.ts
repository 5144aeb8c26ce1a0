import { execFile } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, test } from 'vitest';
import { learnerEnvironment } from '../../authoring/learner-environment.ts';
import { copyProject, type ProjectCopy } from '../../authoring/project-copy.ts';
import { filesOf } from '../steps/step-files.ts';
import { replaceExercise } from './exercise.ts';
import { readProgress } from './progress-sheet.ts';

const step = '01-create-key';

let project: ProjectCopy;
beforeEach(() => {
  project = copyProject(fileURLToPath(new URL('../..', import.meta.url)));
  // The learner's own, if not by much.
  replaceExercise(project.root, step, 'solution', new Date());
  appendFileSync(join(project.root, filesOf(step).exercise), '// Mine.\n');
  writeLineEndsOfWindows(join(project.root, 'workshop', step));
  return project.remove;
});

/** As an editor on Windows does, or Git without this project's .gitattributes. */
function writeLineEndsOfWindows(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = join(folder, entry.name);
    if (entry.isFile()) writeFileSync(file, readFileSync(file, 'utf8').replaceAll('\n', '\r\n'));
  }
}

function runStep(...args: string[]): Promise<number> {
  const vitest = join(project.root, 'node_modules/vitest/vitest.mjs');
  const options = { cwd: project.root, env: learnerEnvironment() };
  return new Promise((resolve) => {
    execFile(process.execPath, [vitest, 'run', `workshop/${step}`, ...args], options, (error) =>
      resolve(error ? Number(error.code) : 0),
    );
  });
}

const state = () => readProgress(project.root).steps[step]?.state;

test('a step with line ends of Windows is done once its exercise has passed, not its solution', {
  timeout: 120_000,
}, async () => {
  expect(state()).toBe('to do');

  expect(await runStep('--mode', 'solution')).toBe(0);
  expect(state()).toBe('to do');

  expect(await runStep('--testNamePattern', 'creates a symmetric key')).toBe(0);
  expect(state()).toBe('to do');

  expect(await runStep()).toBe(0);
  expect(state()).toBe('done');
});
