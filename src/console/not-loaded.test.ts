import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The files that are loaded with these: what they import, and what that imports, but not what is imported later, by `import()`. */
function loadedWith(files: string[]): string[] {
  const loaded = new Set<string>();
  const load = (file: string): void => {
    if (loaded.has(file) || !existsSync(file)) return;
    loaded.add(file);
    const source = readFileSync(file, 'utf8');
    for (const [, path = ''] of source.matchAll(/(?:^|\n)(?:import|export)\b(?! type)[^;'"]*'(\.[^']+)'/g))
      load(join(dirname(file), path));
  };
  for (const file of files) load(join(root, file));
  return [...loaded].map((file) => relative(root, file).split(sep).join('/'));
}

const isOfConsole = (file: string) => file.startsWith('src/console/');
const isOfCommand = (file: string) => /^src\/cli\/(?!project-path)/.test(file);

test('a run of the workshop loads nothing of the console, and no command', () => {
  const config = readFileSync(join(root, 'vitest.config.ts'), 'utf8');
  const named = [...config.matchAll(/'(\.\/src\/[^']+)'/g)].map(([, file = '']) => file);
  const steps = readdirSync(join(root, 'workshop'), { recursive: true, encoding: 'utf8' });
  const ofSteps = steps.filter((file) => file.endsWith('.ts')).map((file) => join('workshop', file));
  const ofRun = loadedWith(['vitest.config.ts', ...named, ...ofSteps]);
  const loaded = [...ofRun, ...loadedWith(['src/cli/command-line.ts'])];

  expect(loaded.length).toBeGreaterThan(80);
  expect(ofRun).toContain('src/watch/keys.ts');
  expect(ofRun.filter(isOfCommand)).toEqual([]);
  expect(loadedWith(['src/cli/hint.ts']).filter(isOfCommand)).toContain('src/cli/progress-sheet.ts');
  expect(loaded).toContain('src/run/target.ts');
  expect(loaded.filter(isOfConsole)).toEqual([]);
  // The command and the key do, when they are used: without them, the test would find nothing, wherever it looked.
  expect(loadedWith(['src/cli/console.ts']).filter(isOfConsole)).toContain('src/console/server.ts');
});
