import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readStepFolders } from '../src/steps/step-folders.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

const files = ['.', 'docs', 'src', 'workshop', 'authoring', 'test']
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: folder !== '.' }).map((file) => join(folder, `${file}`)),
  )
  .map((file) => file.split(sep).join('/'))
  .filter((file) => !file.includes('node_modules'));

/** The links and the code files and folders that a document names, but that don't exist. */
function missingIn(document: string, text: string): string[] {
  const links = [...text.matchAll(/\]\(([^)#]+)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !link.startsWith('https:') && !existsSync(join(root, dirname(document), link)));
  const names = [...text.matchAll(/`([\w./-]+(?:\.[jt]s|\/))`/g)]
    .map(([, name = '']) => name)
    .filter((name) => !/^(\.|output\/)/.test(name))
    .filter((name) => {
      const path = `/${name.replace('NN-name', '01-create-key').replace(/\/$/, '')}`;
      return !files.some((file) => `/${file}`.endsWith(path));
    });
  return [...links, ...names].map((path) => `${document} names ${path}`);
}

/** The npm scripts that a document tells to run, but that don't exist. */
function missingScriptsIn(document: string, text: string): string[] {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const names = [...text.matchAll(/npm run (?:--silent )?([a-z][\w:-]*)/g)].map(([, name = '']) => name);
  return names.filter((name) => !(name in scripts)).map((name) => `${document} names npm run ${name}`);
}

const documents = files.filter((file) => file.endsWith('.md') && !/^workshop\//.test(file));

test('every npm script that the documents name exists', () => {
  expect(documents).toContain('AGENTS.md');
  expect(documents.flatMap((file) => missingScriptsIn(file, readFileSync(join(root, file), 'utf8')))).toEqual(
    [],
  );
  expect(missingScriptsIn('README.md', 'npm run --silent no-such -- 2')).toEqual([
    'README.md names npm run no-such',
  ]);
});

test('every file, folder and link that the documents name exists', () => {
  expect(documents).toContain('CONTRIBUTING.md');
  expect(documents).toContain('src/local-aws/README.md');
  expect(documents.flatMap((file) => missingIn(file, readFileSync(join(root, file), 'utf8')))).toEqual([]);
});

test.each([
  ['[the trail](trail/README.md)', 'trail/README.md'],
  ['`report/no-such-file.ts`', 'report/no-such-file.ts'],
  ['`src/no-such-folder/`', 'src/no-such-folder/'],
])('a document that names a missing file is reported: %s', (text, path) => {
  expect(missingIn('README.md', text)).toEqual([`README.md names ${path}`]);
});

describe('what docs/teaching.md says about a step is true:', () => {
  const steps = readStepFolders(root);
  const [, ...sections] = readFileSync(join(root, 'docs/teaching.md'), 'utf8').split(/^### Step /m);

  test.each(sections.map((section) => [section.split('\n', 1).join(), section]))('%s', (heading, section) => {
    const step = steps.find(({ number, title }) => heading === `${number}: ${title}`);
    expect(step, `no step has the heading "${heading}"`).toBeDefined();
    const read = (file: string) => readFileSync(join(root, 'workshop', step?.name ?? '', file), 'utf8');

    const minutes = /^_(\d+ minutes)\._/m.exec(section)?.[1];
    expect(read('README.md')).toContain(`About ${minutes}.`);
    const mistakes = [...section.matchAll(/^- `([\w-]+)`: /gm)].map(([, name]) => name);
    const wrongAnswers = [...read('answers.md').matchAll(/^### ([\w-]+): /gm)].map(([, name]) => name);
    expect(mistakes.length).toBeGreaterThanOrEqual(5);
    expect(wrongAnswers).toEqual(expect.arrayContaining(mistakes));
  });
});
