import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformWithOxc } from 'vite';
import { bundle } from './bundle.js';

// Makes dist/, the code of the package: `npm pack` runs this first, and removes it afterwards. Vite and its Oxc are the
// only tools, because the package needs no other.

const sources = fileURLToPath(new URL('.', import.meta.url));
const dist = join(sources, 'dist');

await rm(dist, { recursive: true, force: true });
await bundle([join(sources, 'index.ts'), join(sources, 'main.ts')], dist, {
  license: { fileName: 'licenses-of-bundled-packages.md' },
});
await declare('index.ts');

/**
 * Writes the declarations of a source file, and of each file that these import.
 *
 * @param {string} file its path below the sources
 * @param {Set<string>} declared the files that need no further declaration
 */
async function declare(file, declared = new Set()) {
  if (declared.has(file)) return;
  declared.add(file);
  const { declaration = '' } = await transformWithOxc(await readFile(join(sources, file), 'utf8'), file, {
    typescript: { declaration: {} },
  });
  const imports = /(from|import\() ?(['"])(\.[^'"]+)\.ts\2/g;
  const target = join(dist, file.replace(/\.ts$/, '.d.ts'));
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, declaration.replace(imports, '$1 $2$3.js$2'));
  for (const [, , , path] of declaration.matchAll(imports)) {
    await declare(posix.join(posix.dirname(file), `${path}.ts`), declared);
  }
}
