import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** A folder imports only from folders before it. CONTRIBUTING.md says what each is. */
const layers = [
  'src/local-aws',
  'src/text',
  'src/settings',
  'src/steps',
  'src/state',
  'src/evidence',
  'src/run',
  'src/report',
  'src/console',
  'src/cli',
  'src/watch',
  'workshop',
  'authoring',
  'test',
];

/** The local AWS is a package: it imports from no other folder, and only these import it, by its name. */
const usersOfLocalAws = ['src/evidence', 'src/run', 'src/cli', 'workshop', 'authoring', 'test'];

const layerOf = (file: string) => layers.find((layer) => file.startsWith(`${layer}/`));

/** The imports of a file that point the wrong way, one line each. */
function importsBackward(file: string, source: string): string[] {
  const specifiers = [...source.matchAll(/(?:\bfrom|\bimport\(?) ?'(\.[^']+|local-kms-cloudtrail)'/g)].map(
    ([, path = '']) => path,
  );
  return specifiers.flatMap((specifier) => {
    const isNamed = !specifier.startsWith('.');
    const imported = isNamed ? specifier : join(file, '..', specifier).split(sep).join('/');
    const [from, to] = [layerOf(file), isNamed ? 'src/local-aws' : layerOf(imported)];
    if (!from || !to || from === to) return [];
    const isAllowed =
      to === 'src/local-aws'
        ? isNamed && usersOfLocalAws.includes(from)
        : from !== 'src/local-aws' && layers.indexOf(to) < layers.indexOf(from);
    return isAllowed ? [] : [`${file} imports ${imported}`];
  });
}

/** Tests, and what they are made with, may look at everything. */
function isBound(file: string): boolean {
  return !/\.(test|bench)\.ts$|\/testing\/|\/bench\//.test(file);
}

test('imports point one way', () => {
  const files = layers
    .flatMap((layer) => readdirSync(join(root, layer), { recursive: true }).map((file) => `${layer}/${file}`))
    .map((file) => file.split(sep).join('/'))
    .filter((file) => /\.(ts|js)$/.test(file))
    .filter(isBound);

  expect(files.length).toBeGreaterThan(250);
  expect(files.flatMap((file) => importsBackward(file, readFileSync(join(root, file), 'utf8')))).toEqual([]);
});

test.each([
  ['src/state/ledger.ts', '../run/target.ts', 'src/run/target.ts'],
  ['src/run/run-key.ts', '../../workshop/given.ts', 'workshop/given.ts'],
  ['src/local-aws/kms/key.ts', '../../text/look.ts', 'src/text/look.ts'],
  ['src/run/target.ts', '../local-aws/index.ts', 'src/local-aws/index.ts'],
  ['src/report/render.ts', 'local-kms-cloudtrail', 'local-kms-cloudtrail'],
])('an import by %s of %s is seen', (file, specifier, imported) => {
  expect(importsBackward(file, `import { it } from '${specifier}';`)).toEqual([
    `${file} imports ${imported}`,
  ]);
});
