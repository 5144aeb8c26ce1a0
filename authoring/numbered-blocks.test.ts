import { expect, test } from 'vitest';
import { compareWithSolution, differingBlocks, findBlocks, solvedButOne } from './numbered-blocks.ts';
import { changed } from './proof/testing/small-step.ts';

const solution = `import { ask } from '../verify/kms.ts';

export function answer(): number {
  // 1. Ask,
  // and wait.
  const first = ask();

  if (first) {
    // 2. Say so.
    return (
      first + 1
    );
  }
  // Code outside the blocks stays.
  return 0;
}
`;

const exercise = `import { ask } from '../verify/kms.ts';
import { todo } from '#todo';

export function answer(): number {
  // TODO 1: ask.
  const first = todo('TODO 1: ask');

  if (first) {
    // TODO 2: say so. How?
    // A second line.
    return todo('TODO 2: say so');
  }
  // Code outside the blocks stays.
  return 0;
}
`;

test('a block ends at the next blank line, or where the indentation decreases', () => {
  expect(findBlocks(solution, 'solution')).toEqual([
    { number: 1, start: 3, end: 6 },
    { number: 2, start: 8, end: 12 },
  ]);
  expect(findBlocks(exercise, 'exercise')).toEqual([
    { number: 1, start: 4, end: 6 },
    { number: 2, start: 8, end: 11 },
  ]);
});

test('solutions that differ only in blocks differ in these', () => {
  expect(differingBlocks(solution, changed(solution, { 'first + 1': 'first + 2' }))).toEqual([2]);
  expect(differingBlocks(solution, changed(solution, { ask: 'tell' }))).toEqual([]);
  expect(
    differingBlocks(solution, changed(solution, { ' = ask()': ' = 1', 'return 0': 'return 1' })),
  ).toEqual([]);
  expect(differingBlocks(solution, changed(solution, { ' = ask()': ' = 1', '+ 1': '+ 2' }))).toEqual([1, 2]);
});

test('an exercise is the solution without its blocks', () => {
  expect(compareWithSolution(exercise, solution)).toEqual([]);
});

test('the solution with one TODO left has the other blocks of the solution', () => {
  expect(solvedButOne(exercise, solution, 2)).toBe(
    changed(exercise, {
      "  // TODO 1: ask.\n  const first = todo('TODO 1: ask');":
        '  // 1. Ask,\n  // and wait.\n  const first = ask();',
    }),
  );
});

const differences: [what: string, exercise: string, solution: string, complaint: string][] = [
  [
    'a line that is not in the solution',
    changed(exercise, { 'return 0': 'return 1' }),
    solution,
    'it has "return 1;" where the solution has "return 0;"',
  ],
  [
    'a line that is missing',
    changed(exercise, { '  return 0;\n': '' }),
    solution,
    'it has "}" where the solution has "return 0;"',
  ],
  [
    'a block in another place',
    changed(exercise, { '\n\n  if (first) {\n': '\n  }\n\n', '    // TODO 2': '  // TODO 2' }),
    solution,
    'exercise.ts has to be solution.ts with its numbered blocks taken out',
  ],
  [
    'numbers that are not in order',
    changed(exercise, { 'TODO 2:': 'TODO 3:' }),
    solution,
    'exercise.ts has the blocks 1, 3: number them 1, 2, 3',
  ],
  [
    'a number that comes twice',
    exercise,
    changed(solution, { '// 2. Say': '// 1. Say' }),
    'solution.ts has the blocks 1, 1: number them 1, 2, 3',
  ],
  [
    'a TODO without its call',
    changed(exercise, { "todo('TODO 2: say so')": 'undefined' }),
    solution,
    "line 9: TODO 2 has to be its comment and then one line of code, with the call todo('TODO 2: what to do')",
  ],
  [
    'a call with the number of another TODO',
    changed(exercise, { "todo('TODO 2: say so')": "todo('TODO 1: say so')" }),
    solution,
    "with the call todo('TODO 2: what to do')",
  ],
  [
    'code of the solution that is left in a TODO',
    changed(exercise, { '    return todo(': '    first.toString();\n    return todo(' }),
    solution,
    'line 9: TODO 2 has to be its comment and then one line of code',
  ],
  [
    'no import of todo',
    changed(exercise, { "import { todo } from '#todo';\n": '' }),
    solution,
    "exercise.ts lacks the line import { todo } from '#todo';",
  ],
  [
    'no block in the solution',
    exercise,
    changed(solution, { '. ': ', ' }),
    'solution.ts has no numbered block',
  ],
];

test.for(differences)('tells of %s', ([, inExercise, inSolution, complaint]) => {
  expect(compareWithSolution(inExercise, inSolution).join('\n')).toContain(complaint);
  expect(() => solvedButOne(inExercise, inSolution, 1)).toThrow();
});
