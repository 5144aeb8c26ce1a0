import { expect, test } from 'vitest';
import { readAnswers } from './answers.ts';

const solution = `import { a } from 'a';

export function add(one: number, two: number): number {
  // 1. Add.
  const sum = one + two;
  return sum;
}

export function addTwo(): number {
  const sum = 1 + 1;
  return sum;
}
`;

/** Reads an answer with a diff, among the wrong answers unless the text begins with a heading of its own. */
function read(text: string) {
  return readAnswers('answers.md', text.startsWith('## ') ? text : `## Wrong answers\n${text}`, solution);
}

const diff = (...lines: string[]) => ['```diff', ...lines, '```', ''].join('\n');
const wrong = (...lines: string[]) => read(`### less: it subtracts.\nSays: adds\n${diff(...lines)}`);

test('changes the lines of the solution that a diff names, in several places', () => {
  const { wrongAnswers, complaints } = read(
    `### less: it subtracts.\nSays: adds\nBreaks: add, add.two\n${diff(
      "+import { b } from 'b';",
      " import { a } from 'a';",
      '',
      '@@',
      '-  const sum = one + two;',
      '+  const sum = one - two;',
      '+  b(sum);',
    )}`,
  );

  expect(complaints).toEqual([]);
  expect(wrongAnswers).toEqual([
    {
      name: 'less',
      place: 'less (answers.md:2)',
      says: 'adds',
      breaks: ['add', 'add.two'],
      source: solution
        .replace('import', "import { b } from 'b';\nimport")
        .replace('one + two;', 'one - two;\n  b(sum);'),
    },
  ]);
});

test('reads requests, valid variants, and requests without a wrong answer', () => {
  const answers = read(
    '## Requests\n\n- sum: "add them",\n  "the sum"\n\n## Without a wrong answer\n\n- add.one: Nobody does.\n\n' +
      `## Valid variants\n\n### two: it says 2.\n${diff('-  const sum = 1 + 1;', '+  const sum = 2;')}`,
  );

  expect(answers.complaints).toEqual([]);
  expect(answers.requests).toEqual([{ name: 'sum', quotes: ['add them', 'the sum'] }]);
  expect(answers.uncovered).toEqual([{ name: 'add.one', reason: 'Nobody does.' }]);
  expect(answers.validVariants.map(({ name, source }) => [name, source])).toEqual([
    ['two', solution.replace('1 + 1', '2')],
  ]);
});

test('names an answer whose edit no longer applies', () => {
  expect(wrong('-  const sum = one + three;')).toMatchObject({
    wrongAnswers: [],
    complaints: [
      'less (answers.md:2): its edit no longer applies, because solution.ts has no such lines:\n  const sum = one + three;\n.',
    ],
  });
});

test('names an answer whose edit fits more than one place', () => {
  expect(wrong('-  return sum;').complaints.join()).toContain('solution.ts has these more than once');
  expect(wrong(' // 1. Add.', '-  return sum;').complaints.join()).toContain('no such lines');
  expect(wrong('   const sum = 1 + 1;', '-  return sum;').complaints).toEqual([]);
});

test.for<[error: string, text: string]>([
  ['it lacks a line "Says: …"', `### less: it subtracts.\n${diff('-  return sum;')}`],
  ['this line is unknown: Say: it', `### less: it subtracts.\nSay: it\n${diff('-  return sum;')}`],
  ['a part of its diff changes nothing', `### less: it is the solution.\nSays: adds\n`],
  ['begins with none of "-", "+" and a blank: return', `### less: it.\nSays: adds\n${diff('return sum;')}`],
  ['begin its heading with a name', `### It subtracts\nSays: adds\n${diff('-  return sum;')}`],
  ['another answer has its name', `### a: one.\nSays: adds\n${diff('-  const sum = 1 + 1;')}\n`.repeat(2)],
  ['answers.md:1: unknown section "Wrongs"', '## Wrongs'],
  ['answers.md:2: write "- name: …" instead of: sum', '## Requests\nsum'],
])('says: %s', ([error, text]) => {
  expect(read(text).complaints.join('\n')).toContain(error);
});
