import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { filesOf } from '../src/steps/step-files.ts';
import { stepNames } from '../src/steps/step-folders.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * What `npm run reset` brings back has to be the exercise that was shipped. Whoever changes an exercise as an author
 * updates the copy with `npx vitest run --config vitest.project.config.ts shipped-exercises -u`; a new step gets its copy by the
 * first run.
 */
test.each(stepNames(root))('the exercise of %s is the one that reset brings back', async (step) => {
  const { exercise, shipped } = filesOf(step);

  await expect(readFileSync(join(root, exercise), 'utf8')).toMatchFileSnapshot(join(root, shipped));
});
