import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

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

test('every file, folder and link that the documents name exists', () => {
  const documents = files.filter((file) => file.endsWith('.md') && !/^workshop\//.test(file));

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
