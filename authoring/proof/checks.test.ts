import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readAnswers } from './answers.ts';
import { deletedAssertionsOf } from './checks.ts';
import type { SpecOutcome } from './spec-run.ts';

const name = '50-small';
const folder = `workshop/${name}`;
const answer = `## Wrong answers

### two: it returns 2.
Says: Return 1
\`\`\`diff
-  return 1;
+  return 2;
\`\`\`
`;

/** The spec runs for a wrong answer that fails in the first line of a spec. */
function runsFor(spec: string): string[][] {
  const root = mkdtempSync(join(tmpdir(), 'checks-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, folder), { recursive: true });
  const solution = '  return 1;\n';
  const texts = { name, folder, lesson: '', exercise: '', solution, spec };
  const step = { ...texts, ...readAnswers('answers.md', answer, solution) };
  const places = [{ file: `${folder}/step.spec.ts`, line: 1 }];
  const failures = [{ name: 'AssertionError', message: 'Return 1: …', todo: undefined, places }];
  const outcome: SpecOutcome = {
    step: name,
    tests: [{ name: 'b', todos: [], about: 1, failures }],
    failures: [],
  };
  return deletedAssertionsOf(root, step, ['b', 'c'], [outcome]).map(({ specRun }) => [
    specRun.implementation,
    ...(specRun.tests ?? []),
  ]);
}

test('runs the spec without an assertion if something else says the same', () => {
  const runs = runsFor("expect(one(), 'Return 1.').toBe(1);\nexpect(one(), 'Return 1, not 2.').not.toBe(2);");
  expect(runs).toEqual([['proof-answer-two.ts', 'b', 'c']]);
});

test('runs the spec without an assertion if its message is not written in the spec', () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the spec has the template.
  expect(runsFor('expect(one(), `Return ${number}.`).toBe(1);')).toEqual([['proof-answer-two.ts', 'b', 'c']]);
});

test('needs no run to know that nothing else can fail with the message of an assertion', () => {
  expect(runsFor("expect(one(), 'Return 1.').toBe(1);\nexpect(two(), 'Return 2.').toBe(2);")).toEqual([]);
});
