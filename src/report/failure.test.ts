import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { describeFailure, describeUnhandledErrors, type ReportedError } from './failure.ts';

const root = mkdtempSync(join(tmpdir(), 'failure-'));
const workshop = { root, solutions: false };
mkdirSync(join(root, 'workshop/02-encrypt'), { recursive: true });
writeFileSync(
  join(root, 'workshop/02-encrypt/exercise.ts'),
  ["import { encrypt } from 'client-nod';", '', 'export function run() {', '  encrypt(;', '}', ''].join('\n'),
);
afterAll(() => rmSync(root, { recursive: true }));

function stack(...frames: string[]): string {
  return ['Error: as it was', ...frames.map((frame) => `    at ${frame}`)].join('\n');
}

function assertion(error: Partial<ReportedError>): ReportedError {
  return {
    name: 'AssertionError',
    message: '',
    stack: stack(`${root}/workshop/02-encrypt/step.spec.ts:3:9`),
    ...error,
  };
}

const exercise = 'workshop/02-encrypt/exercise.ts';

function todoError(): ReportedError {
  const todo = { number: 3, title: 'TODO 3: make the\u001b[2J cache', file: exercise, line: 31 };
  return { name: 'TodoError', message: 'of no interest', todo };
}

test('a TODO is its title and place', () => {
  const error = todoError();

  expect(describeFailure(error, workshop, 'encrypts')).toEqual({
    kind: 'todo',
    number: 3,
    title: 'TODO 3: make the cache',
    location: { file: exercise, line: 31 },
  });
});

test('a TODO wrapped in another error is still a TODO', () => {
  const cause = todoError();
  const error = assertion({ message: 'promise rejected "TodoError: ..." instead of resolving', cause });

  expect(describeFailure(error, workshop, 'encrypts')).toMatchObject({
    kind: 'todo',
    title: 'TODO 3: make the cache',
  });
});

test('a wrong prediction is reported as a prediction', () => {
  const values = { expected: '1', actual: '2', operator: 'strictEqual' };
  const message = 'You predicted a different number of calls.: expected 2 to be 1 // Object.is equality';

  expect(describeFailure(assertion({ message, ...values }), workshop, 'predicts')).toMatchObject({
    isPrediction: true,
    expected: '1',
    got: '2',
  });
});

test("an assertion is the lesson's sentence, what was expected and what was got", () => {
  const error = assertion({
    message: 'Two messages need one call: see the cache.: expected 2 to be 1 // Object.is equality',
    expected: '1',
    actual: '2',
    operator: 'strictEqual',
    diff: '\u001b[32m- Expected\u001b[39m\n\u001b[31m+ Received\u001b[39m\n\n\u001b[32m- 1\u001b[39m\n\u001b[31m+ 2\u001b[39m',
  });

  expect(describeFailure(error, workshop, 'asks once')).toEqual({
    kind: 'wrong',
    test: 'asks once',
    sentence: 'Two messages need one call: see the cache.',
    location: undefined,
    expected: '1',
    got: '2',
  });
});

test('values of many lines are compared line by line, without colours', () => {
  const error = assertion({
    message: 'Pass the tags.: expected [ … ] to deeply equal [ … ]',
    expected: '[\n  "a",\n  "same",\n  "x",\n]',
    actual: '[\n  "b",\n  "same",\n  "x",\n]',
    operator: 'deepStrictEqual',
    diff: '\u001b[32m- Expected\u001b[39m\n\u001b[31m+ Received\u001b[39m\n\n\u001b[2m  [\u001b[22m\n\u001b[32m-   "a",\u001b[39m\n\u001b[31m+   "b",\u001b[39m\n\u001b[2m    "same",\u001b[22m\n\u001b[2m    "x",\u001b[22m\n\u001b[2m  ]\u001b[22m',
  });

  expect(describeFailure(error, workshop, 'tags')).toMatchObject({
    sentence: 'Pass the tags.',
    difference: ['  [', '-   "a",', '+   "b",'],
  });
});

test.for([
  ['"not yet"', '[\n  0,\n  [\n    1,\n  ],\n]', 'not yet', '[0, [1]]'],
  ['[\n  2,\n]', 'undefined', '[2]', 'undefined'],
])('values of different types are shown on one line each: %s and %s', ([expected, actual, one, other]) => {
  const error = assertion({
    message: 'Wait.: expected [ +0 ] to be "not yet"',
    expected,
    actual,
    operator: 'strictEqual',
    diff: `\u001b[32m- Expected:\u001b[39m\n${expected}\n\n\u001b[31m+ Received:\u001b[39m\n${actual}`,
  });

  expect(describeFailure(error, workshop, 'waits')).toMatchObject({ expected: one, got: other });
});

test.for([
  [
    'There is no alias.: expected undefined to be defined',
    'There is no alias.',
    'expected undefined to be defined',
  ],
  ['expected 3 to be greater than 5', undefined, 'expected 3 to be greater than 5'],
  [
    'expected "The second run failed: look first." not to be reached',
    'The second run failed: look first.',
    '',
  ],
])('an assertion that compares no two values says what it looked at: %s', ([message, sentence, detail]) => {
  expect(describeFailure(assertion({ message }), workshop, 'test')).toMatchObject({
    kind: 'wrong',
    sentence,
    detail,
  });
});

test('a value above a limit is shown beside the limit', () => {
  const message = 'A data key is for 500 messages.: expected 501 to be less than or equal to 500';

  expect(describeFailure(assertion({ message }), workshop, 'test')).toMatchObject({
    sentence: 'A data key is for 500 messages.',
    expected: 'at most 500',
    got: '501',
  });
});

test('a promise that resolved, but should not have', () => {
  const error = assertion({
    message: 'promise resolved "undefined" instead of rejecting',
    expected: 'Error {\n  "message": "rejected promise",\n}',
    actual: 'undefined',
  });

  expect(describeFailure(error, workshop, 'refuses')).toMatchObject({
    expected: 'an error',
    got: 'no error, but undefined',
  });
});

test('a promise that rejected, but should not have, is about its error', () => {
  const cause = { name: 'NotFoundException', message: 'Alias is not found.', stack: stack() };
  const error = assertion({ message: 'promise rejected "NotFoundException" instead of resolving', cause });

  expect(describeFailure(error, workshop, 'finds')).toMatchObject({
    kind: 'error',
    name: 'NotFoundException',
    message: 'Alias is not found.',
  });
});

test("an error has the uppermost frame in the learner's code, and its lines", () => {
  const error = {
    name: 'TypeError',
    message: "Cannot read properties of undefined (reading 'send')",
    stack: stack(
      `Object.send (${root}/node_modules/some/index.js:1:1)`,
      `async encryptFile (${pathToFileURL(root)}/${exercise}:4:3)`,
      `async ${root}/${exercise}:3:1`,
      `${root}/workshop/02-encrypt/step.spec.ts:9:9`,
    ),
  };

  expect(describeFailure(error, workshop, 'encrypts')).toEqual({
    kind: 'error',
    test: 'encrypts',
    name: 'TypeError',
    message: "Cannot read properties of undefined (reading 'send')",
    location: { file: exercise, line: 4, column: 3 },
    frame: {
      location: { file: exercise, line: 4, column: 3 },
      lines: [
        { number: 3, text: 'export function run() {' },
        { number: 4, text: '  encrypt(;' },
      ],
    },
  });
});

test.for(['workshop/01-create-key/solution.ts', 'workshop/02-encrypt/step.spec.ts', 'src/run/target.ts'])(
  'a frame in %s is none of the learner',
  (file) => {
    const error = { name: 'Error', message: 'no', stack: stack(`run (${root}/${file}:4:3)`) };

    expect(describeFailure(error, workshop, 'test')).toEqual({
      kind: 'error',
      test: 'test',
      name: undefined,
      message: 'no',
      location: undefined,
      frame: undefined,
    });
  },
);

test('when the reference solutions run, they are the code that counts', () => {
  const file = 'workshop/01-create-key/solution.ts';
  const error = { name: 'Error', message: 'no', stack: stack(`run (${root}/${file}:4:3)`) };

  expect(describeFailure(error, { root, solutions: true }, 'test')).toMatchObject({
    location: { file, line: 4 },
  });
});

test('a syntax error is its reason, place and lines, without the stack of the compiler', () => {
  const message = [
    'Transform failed with 1 error:',
    '',
    '\u001b[31m[PARSE_ERROR] \u001b[0mUnexpected token',
    `   \u001b[38;5;246m╭─[\u001b[0m ${exercise}:4:11 \u001b[38;5;246m]\u001b[0m`,
    '   │',
  ].join('\n');

  expect(describeFailure({ name: 'Error', message, stack: message }, workshop)).toMatchObject({
    kind: 'error',
    name: 'SyntaxError',
    message: 'Unexpected token',
    location: { file: exercise, line: 4, column: 11 },
    frame: { lines: [{ text: 'export function run() {' }, { text: '  encrypt(;' }] },
  });
});

test('an import that leads nowhere is shown where it is written', () => {
  const message = `Cannot find package 'client-nod' imported from ${root}/${exercise}`;

  expect(describeFailure({ name: 'Error', message, stack: stack() }, workshop)).toMatchObject({
    message: "Cannot find 'client-nod', which is imported here.",
    location: { file: exercise, line: 1 },
  });
});

test('a stack in the message of an error is left out', () => {
  const message =
    'Unable to decrypt. \n Error #1 \n Error: no\n    at f (node:a:1:2)\n    at g (node:b:3:4)\n';

  expect(describeFailure({ name: 'Error', message, stack: stack() }, workshop, 'decrypts')).toMatchObject({
    message: 'Unable to decrypt. \n Error #1 \n Error: no',
  });
});

test('control characters are shown, not sent to the terminal', () => {
  const error = { name: 'OddException', message: 'no\u001b[2J\r\u0007!', stack: '' };

  expect(describeFailure(error, workshop, 'a test')).toMatchObject({
    name: 'OddException',
    message: 'no<U+000D><U+0007>!',
  });
});

test('a promise that never settles is reported as such', () => {
  const message = 'Test timed out in 60000ms.\nIf this is a long-running test, pass a timeout value …';

  expect(describeFailure({ name: 'Error', message, stack: stack() }, workshop, 'waits')).toMatchObject({
    name: undefined,
    message: 'The test did not end within 60 seconds. Does a promise never settle?',
  });
});

test("an error outside the learner's code has a location, too", () => {
  const error = { name: 'Error', message: 'late', stack: stack(`run (${root}/${exercise}:4:3)`) };

  expect(describeUnhandledErrors([error], workshop)[0]).toMatchObject({
    message: 'late',
    location: { file: exercise, line: 4 },
  });
});

test('equal errors outside the tests are shown once', () => {
  const errors = ['socket hang up', 'socket hang up', 'Invalid Signature'].map((message) => ({ message }));

  const told = describeUnhandledErrors(errors, workshop);
  expect(told.map((error) => error.message)).toEqual(['socket hang up', 'Invalid Signature']);
});
