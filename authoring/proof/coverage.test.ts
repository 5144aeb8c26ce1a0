import { expect, test } from 'vitest';
import { complainOfCoverage, describeCoverage, parametersOf } from './coverage.ts';
import type { StepFiles } from './step-files.ts';

const solution = `
export interface EncryptRequest { keyArn: string; file: string }
interface Hidden { secret: string }
export function predict(): number { return 1; }
export async function encrypt({ keyArn, file }: EncryptRequest): Promise<void> {}
export function decrypt(keyArn: string, request: Hidden): void {}
function helper(unseen: string): void {}
`;

const exercise = `
/** Encrypts one file. */
export function encrypt() {
  // TODO 1: encrypt the file
  // under the key. Write it.
  return todo('TODO 1: encrypt');
}
`;

/** A step in which all that is asked for is covered, but for what is changed. */
function step(changes: Partial<StepFiles> = {}): StepFiles {
  const wrong = (name: string, ...breaks: string[]) => ({
    name,
    place: name,
    source: '',
    says: name,
    breaks,
  });
  return {
    name: '06-encrypt',
    folder: 'workshop/06-encrypt',
    lesson: 'You **write**\nthe file.',
    exercise,
    solution: 'export function encrypt(file: string): void {}',
    spec: '',
    requests: [
      { name: 'key', quotes: ['encrypt the file under the key.', 'Encrypts one file.'] },
      { name: 'writing', quotes: ['You **write** the file.', 'Write it.'] },
    ],
    uncovered: [],
    wrongAnswers: [wrong('other-key', 'key', 'encrypt.file'), wrong('in-memory', 'writing')],
    validVariants: [],
    complaints: [],
    ...changes,
  };
}

test('finds the parameters of the exported functions, and their properties', () => {
  expect(parametersOf(solution)).toEqual([
    'encrypt.keyArn',
    'encrypt.file',
    'decrypt.keyArn',
    'decrypt.secret',
  ]);
});

test('has no complaint if a wrong answer breaks each request and each parameter', () => {
  expect(complainOfCoverage(step())).toEqual([]);
});

test('names each request and each parameter that no wrong answer breaks', () => {
  expect(complainOfCoverage(step({ wrongAnswers: step().wrongAnswers.slice(1) }))).toEqual([
    'workshop/06-encrypt/answers.md: no wrong answer breaks the request "key": add one with the line "Breaks: key".',
    'workshop/06-encrypt/answers.md: no wrong answer breaks the parameter "encrypt.file": add one with the line "Breaks: encrypt.file".',
  ]);
});

test('takes a reason instead of a wrong answer, but not for what a wrong answer breaks', () => {
  const uncovered = [
    { name: 'key', reason: 'There is one key.' },
    { name: 'encrypt.file', reason: 'There is one file.' },
  ];
  expect(complainOfCoverage(step({ uncovered, wrongAnswers: step().wrongAnswers.slice(1) }))).toEqual([]);
  expect(complainOfCoverage(step({ uncovered }))).toEqual([
    'workshop/06-encrypt/answers.md: a wrong answer breaks "key": delete it from "Without a wrong answer".',
    'workshop/06-encrypt/answers.md: a wrong answer breaks "encrypt.file": delete it from "Without a wrong answer".',
  ]);
});

test('rejects words that the lesson does not have, and names that are no request', () => {
  const [first, ...others] = step().wrongAnswers as [StepFiles['wrongAnswers'][number]];
  const complaints = complainOfCoverage(
    step({
      requests: [...step().requests, { name: 'speed', quotes: ['quickly'] }],
      uncovered: [{ name: 'decrypt.file', reason: '' }],
      wrongAnswers: [{ ...first, breaks: ['key', 'writing', 'encrypt.file', 'speed', 'typo'] }, ...others],
    }),
  );
  expect(complaints).toEqual([
    'workshop/06-encrypt/answers.md: "Without a wrong answer" names "decrypt.file", which is no request and no parameter.',
    'other-key: "typo" is no request of the step and no parameter.',
    'other-key breaks more than one request or parameter: split it.',
    'workshop/06-encrypt/answers.md: neither the lesson nor the exercise says "quickly": correct the request.',
  ]);
});

test('names each part of a TODO that is in no request', () => {
  expect(
    complainOfCoverage(step({ requests: [{ name: 'key', quotes: ['Write it.'] }], wrongAnswers: [] })),
  ).toContain(
    'workshop/06-encrypt/answers.md: no request quotes this part of a TODO: "encrypt the file under the key.".',
  );
});

test('prints the coverage as a table', () => {
  expect(describeCoverage([step(), step({ wrongAnswers: [] })])).toBe(
    `step        requests  parameters  wrong answers  valid variants
06-encrypt  2 of 2    1 of 1      2              0
06-encrypt  0 of 2    0 of 1      0              0`,
  );
});
