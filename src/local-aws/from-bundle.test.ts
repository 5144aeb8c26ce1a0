import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryDirectory } from './testing/temporary-directory.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

test('the bundle has the same exports as its source', async () => {
  const source = await import('./index.ts');
  const bundle: object = await import(pathToFileURL(join(here, 'from-bundle.js')).href);

  expect(Object.keys(bundle).sort()).toEqual(Object.keys(source).sort());
});

test("the package's name stands for the bundle of this checkout", async () => {
  const named: object = await import('local-kms-cloudtrail');
  const bundle: object = await import(pathToFileURL(join(here, 'from-bundle.js')).href);

  expect(named).toBe(bundle);
});

test('the next start rebuilds the bundle after a change of a source file, or when it is missing', async () => {
  // Each of these characters has a meaning in a URL, a pattern or a shell.
  const root = join(await temporaryDirectory(), 'a folder [ü] {b} #50%');
  const sources = join(root, 'src/local-aws');
  mkdirSync(sources, { recursive: true });
  for (const file of ['from-bundle.js', 'kept-bundle.js', 'bundle.js']) {
    copyFileSync(join(here, file), join(sources, file));
  }
  writeFileSync(join(root, 'package-lock.json'), '{}');
  writeFileSync(join(root, 'package.json'), '{"type":"module"}');
  const packages = join(root, 'node_modules');
  mkdirSync(packages);
  symlinkSync(join(here, '../../node_modules/vite'), join(packages, 'vite'), 'junction');
  const write = (answer: string) =>
    writeFileSync(
      join(sources, 'index.ts'),
      `export const startLocalAws: string = '${answer}', readFaults = 0, ManualClock = 0;\n`,
    );
  const start = () => {
    const url = pathToFileURL(join(sources, 'from-bundle.js')).href;
    const script = `import('${url}').then(({ startLocalAws }) => process.stdout.write(startLocalAws))`;
    return execFileSync(process.execPath, ['--eval', script], { encoding: 'utf8' });
  };

  write('first');
  expect([start(), start()]).toEqual(['first', 'first']);
  write('other');
  expect(start()).toBe('other');
  rmSync(join(packages, '.cache'), { recursive: true });
  expect(start()).toBe('other');
});
