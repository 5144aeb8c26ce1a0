import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TestSpecification, Vitest } from 'vitest/node';
import { rerunFromStep, StepSequencer } from './step-order.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'watch-'));
  for (const name of ['01-first', '02-second', '03-third', '10-further', '11-last']) {
    mkdirSync(join(root, 'workshop', name), { recursive: true });
    writeFileSync(join(root, 'workshop', name, 'step.spec.ts'), '');
  }
});
afterEach(() => rmSync(root, { recursive: true }));

function specsToRun(file: string): unknown {
  const { pattern, testsToRun } = rerunFromStep(root, 'exercise.ts');
  const match = pattern.exec(`${root}/${file}`);
  return match && testsToRun(`${root}/${file}`, match);
}

test('saving an exercise of the workshop reruns its step and the later ones of the workshop', () => {
  expect(specsToRun('workshop/02-second/exercise.ts')).toEqual([
    'workshop/02-second/step.spec.ts',
    'workshop/03-third/step.spec.ts',
  ]);
});

test('saving an exercise of a further step reruns that step alone', () => {
  expect(specsToRun('workshop/10-further/exercise.ts')).toEqual(['workshop/10-further/step.spec.ts']);
});

test.for([
  'workshop/02-second/solution.ts',
  'workshop/02-second/exercise.ts.shipped',
  'workshop/02-second/wrong/exercise.ts',
  'src/cli/exercise.ts',
])('%s is no exercise', (file) => {
  expect(specsToRun(file)).toBeNull();
});

test('saving an exercise outside the steps reruns nothing', () => {
  expect(specsToRun('workshop/notes/exercise.ts')).toEqual([]);
});

test('the steps run in the order of their folders', async () => {
  const spec = (name: string) => ({ moduleId: `${root}/workshop/${name}/step.spec.ts` }) as TestSpecification;
  const sequencer = new StepSequencer({ config: { root } } as Vitest);
  const sorted = await sequencer.sort([spec('11-last'), spec('01-first'), spec('02-second')]);

  expect(sorted).toEqual([spec('01-first'), spec('02-second'), spec('11-last')]);
});
