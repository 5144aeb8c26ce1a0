import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { stepNames } from '../src/steps/step-folders.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8'));
const settings = read('.vscode/settings.json');

test('the Vitest extension is recommended, and runs the steps of the workshop', () => {
  expect(read('.vscode/extensions.json').recommendations).toEqual(['vitest.explorer']);
  const config = readFileSync(join(root, settings['vitest.rootConfig']), 'utf8');
  expect(config).toContain("include: ['workshop/*/step.spec.ts']");
});

test('a task starts watch mode', () => {
  expect(read('.vscode/tasks.json').tasks).toEqual([
    expect.objectContaining({ type: 'shell', command: 'npx vitest', isBackground: true }),
  ]);
  expect(Object.keys(read('package.json').devDependencies)).toContain('vitest');
});

test.each(stepNames(root))('the explorer folds away what would give away %s', (step) => {
  const files = readdirSync(join(root, 'workshop', step));
  const folded: string[] = settings['explorer.fileNesting.patterns']['exercise.ts'].split(', ');
  const hidden = Object.keys(settings['files.exclude']).map((path) => path.replace('workshop/*/', ''));

  expect(settings).toMatchObject({
    'explorer.fileNesting.enabled': true,
    'explorer.fileNesting.expand': false,
  });
  expect(files).toEqual(expect.arrayContaining([...folded, ...hidden]));
  expect(files.filter((file) => ![...folded, ...hidden].includes(file)).sort()).toEqual([
    'README.md',
    'exercise.ts',
    'step.spec.ts',
  ]);
});
