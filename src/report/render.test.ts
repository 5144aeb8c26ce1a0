import picocolors from 'picocolors';
import { expect, test } from 'vitest';
import type { Page } from '../text/layout.ts';
import { columnsOf } from '../text/layout.ts';
import type { Failure, StepView, WorkshopView } from './model.ts';
import { renderKeys, renderStatus, renderWorkshop } from './render.ts';

const plain: Page = { colors: picocolors.createColors(false), width: 80 };
const titles = ['Create a key', 'Encrypt with a data key cache', 'Decrypt'];

function steps(...states: Partial<StepView>[]): StepView[] {
  return titles.map((title, index) => ({
    number: index + 1,
    name: `0${index + 1}-step`,
    title,
    state: 'not run',
    tests: { passed: 0, total: 0 },
    ...states[index],
  }));
}

function view(some: Partial<WorkshopView> & Pick<WorkshopView, 'steps'>): WorkshopView {
  return { solutions: false, missing: [], turnedGreen: [], unhandled: [], ...some };
}

const done: Partial<StepView> = { state: 'done', tests: { passed: 4, total: 4 } };

function inStep(number: number, failure: Failure): Pick<WorkshopView, 'steps' | 'next'> {
  const state = failure.kind === 'todo' ? 'to do' : 'wrong';
  const failed: Partial<StepView> = { state, failure, tests: { passed: 2, total: 4 } };
  const all = steps(
    ...titles.map((_, index) => (index + 1 < number ? done : index + 1 === number ? failed : {})),
  );
  return { steps: all, next: { step: all[number - 1] as StepView, failure } };
}

test('the next TODO: progress, task and location', () => {
  const failure: Failure = {
    kind: 'todo',
    title: 'TODO 2: make the keyring',
    location: { file: 'workshop/02-step/exercise.ts', line: 31 },
  };
  const { steps, next } = inStep(2, failure);
  const two = { ...steps[1], todos: { left: 3, total: 4 } } as StepView;

  expect(
    renderWorkshop(view({ steps: steps.with(1, two), next, target: 'local AWS' }), plain).join('\n'),
  ).toMatchInlineSnapshot(`
    "
     Data key caching workshop                                            local AWS

     The workshop  ━━━━━━━━━━━━━━━━━━━━━━━━━─────────  1 of 2 steps done, 1 not run
     ✔  1  Create a key                   done
     ○  2  Encrypt with a data key cache  to do    3 of 4 TODOs left
     ·  3  Decrypt                        not run

     Step 2, TODO 2: make the keyring
     → workshop/02-step/exercise.ts:31

     Lesson: workshop/02-step/README.md
     Stuck? npm run hint
    "
  `);
});

test("a wrong answer: test, lesson's sentence, expected and received value", () => {
  const failure: Failure = {
    kind: 'wrong',
    test: 'asks KMS for one data key, as you predicted',
    todo: { number: 3, title: 'make the caching materials manager' },
    location: { file: 'workshop/02-step/exercise.ts', line: 34 },
    sentence:
      'Two messages need one GenerateDataKey call, if both are encrypted with the same cache: make it once, not per message.',
    expected: '1',
    got: '2',
  };

  expect(
    renderWorkshop(view(inStep(2, failure)), plain)
      .slice(7)
      .join('\n'),
  ).toMatchInlineSnapshot(`
    "
     Step 2, TODO 3 is not right yet: make the caching materials manager
     → workshop/02-step/exercise.ts:34

       ✘ asks KMS for one data key, as you predicted

       Two messages need one GenerateDataKey call, if both are encrypted with the
       same cache: make it once, not per message.

       expected  1
       got       2

     Lesson: workshop/02-step/README.md
     Stuck? npm run hint
    "
  `);
});

test('a hint is offered after the same TODO has failed three times in a row', () => {
  const todo = { number: 3, title: 'make it' };
  const wrong: Failure = { kind: 'wrong', test: 'is made', todo, detail: 'no' };
  const lastLines = (failure: Failure, timesFailed: number, width = 80, hasKeyboard = true) =>
    renderWorkshop(view({ ...inStep(2, failure), timesFailed }), { ...plain, width, hasKeyboard })
      .join('\n')
      .trimEnd()
      .split('\n')
      .slice(-2);
  const lesson = ' Lesson: workshop/02-step/README.md';

  expect(lastLines(wrong, 2).at(-1)).toBe(lesson);
  expect(lastLines(wrong, 2, 80, false)).toEqual([lesson, ' Stuck? npm run hint']);
  const offer = ' TODO 3 has failed 3 times in a row. For a hint: press i, or npm run hint -- 2';
  expect(lastLines(wrong, 3)).toEqual([lesson, offer]);
  expect(lastLines(wrong, 3, 60).join('')).toBe(offer);
  expect(lastLines(wrong, 3, 80, false)).toEqual([lesson, offer.replace('press i, or ', '')]);
  const unknown: Failure = { kind: 'error', test: 'is made', message: 'no' };
  expect(lastLines(unknown, 4)).toEqual([
    ' To see the whole error: npx vitest run --reporter=default',
    ' This has failed 4 times in a row. For a hint: press i, or npm run hint -- 2',
  ]);
});

test('a difference in many lines is cut short', () => {
  const failure: Failure = {
    kind: 'wrong',
    test: 'tags the key',
    location: { file: 'workshop/01-step/exercise.ts' },
    difference: Array.from({ length: 15 }, (_, line) => `${line % 2 ? '+' : '-'}   "line": ${line},`),
  };

  expect(
    renderWorkshop(view(inStep(1, failure)), plain)
      .slice(7)
      .join('\n'),
  ).toMatchInlineSnapshot(`
    "
     Step 1 is not right yet
     → workshop/01-step/exercise.ts

       ✘ tags the key

       - expected  + got
       -   "line": 0,
       +   "line": 1,
       -   "line": 2,
       +   "line": 3,
       -   "line": 4,
       +   "line": 5,
       -   "line": 6,
       +   "line": 7,
       -   "line": 8,
       +   "line": 9,
       -   "line": 10,
       +   "line": 11,
       … and 3 more lines

     Lesson: workshop/01-step/README.md
     Stuck? npm run hint
    "
  `);
});

test('an error: its name and message, and the line of the exercise, marked', () => {
  const location = { file: 'workshop/03-step/exercise.ts', line: 10, column: 17 };
  const failure: Failure = {
    kind: 'error',
    test: 'decrypts both messages',
    name: 'IncorrectKeyException',
    message: 'The key ID in the request does not identify a CMK that can perform this operation.',
    location,
    frame: {
      location,
      lines: [
        { number: 9, text: '  // 2. Decrypt.' },
        { number: 10, text: '  return await decrypt(keyring, message);' },
      ],
    },
  };

  expect(
    renderWorkshop(view(inStep(3, failure)), plain)
      .slice(7)
      .join('\n'),
  ).toMatchInlineSnapshot(`
    "
     Step 3 stops with an error
     → workshop/03-step/exercise.ts:10:17

       ✘ decrypts both messages

       IncorrectKeyException: The key ID in the request does not identify a CMK
       that can perform this operation.

        9 │   // 2. Decrypt.
       10 │   return await decrypt(keyring, message);
          │                 ^

     Lesson: workshop/03-step/README.md
     Stuck? npm run hint
    "
  `);
});

test('an error outside the exercise says how to see all of it', () => {
  const lines = renderWorkshop(view(inStep(1, { kind: 'error', message: 'connect ECONNREFUSED' })), plain);

  expect(lines).toContain(' To see the whole error: npx vitest run --reporter=default');
});

test('a step that turned green shows what was learned', () => {
  const all = steps(done);
  const turnedGreen = [
    { step: all[0] as StepView, learned: 'An alias makes a key findable, its tags say whose it is.' },
  ];

  expect(
    renderWorkshop(view({ steps: all, turnedGreen }), plain)
      .slice(7)
      .join('\n'),
  ).toMatchInlineSnapshot(`
    "
     ✔ Step 1 is done · Create a key
       An alias makes a key findable, its tags say whose it is.
    "
  `);
});

test('when all is done it says so, and the bar is full', () => {
  const lines = renderWorkshop(view({ steps: steps(done, done, done) }), plain);

  expect(lines).toContain(' All 3 steps are done.');
  expect(lines.join('\n')).toMatch(/ ━+ {2}3 of 3 steps done/);
});

test('the bar is not full as long as a step is not done', () => {
  const almost: Partial<StepView> = { state: 'wrong', tests: { passed: 999, total: 1000 } };

  expect(renderWorkshop(view({ steps: steps(done, done, almost) }), plain).join('\n')).toMatch(
    /━─ {2}2 of 3/,
  );
});

test('a step of which only some tests ran is not done', () => {
  const lines = renderWorkshop(view({ steps: steps({ tests: { passed: 2, total: 6 } }) }), plain);

  expect(lines[4]).toMatch(/^ · {2}1 {2}Create a key .* in part {2}2 of 6 tests ran, and passed$/);
  expect(lines.join('\n')).toContain('  0 of 1 step done, 2 not run');
});

test('the heading says that the reference solutions run', () => {
  const lines = renderWorkshop(
    view({ steps: steps(done), solutions: true, target: 'AWS, eu-central-1' }),
    plain,
  );

  expect(lines[1]).toMatch(/^ Data key caching workshop · reference solutions {2,}AWS, eu-central-1$/);
  expect(columnsOf(lines[1] ?? '')).toBe(79);
});

test('a wait for CloudTrail is one line, however long its reason', () => {
  const [step] = steps();
  const message = `cached: look 3, 12 s: ${'the marker call is not there yet '.repeat(5)}`;
  const lines = renderStatus({ kind: 'waiting', step: step as StepView, message }, plain);

  expect(lines).toEqual([' Step 1 waits · cached: look 3, 12 s: the marker call is not there yet the mar…']);
  expect(columnsOf(lines[0] ?? '')).toBe(79);
});

test.for([40, 60, 80, 100])('fits a terminal of %i columns', (width) => {
  const sentence =
    'Without key commitment a message may open under two data keys: see CommitmentPolicy. '.repeat(3);
  const failures: Failure[] = [
    { kind: 'todo', title: `TODO 2: ${sentence}` },
    { kind: 'wrong', test: sentence, sentence, expected: sentence, got: 'arn:aws:kms' },
    { kind: 'wrong', test: sentence, detail: sentence },
    { kind: 'wrong', test: sentence, difference: [`- ${sentence}`, `+ ${sentence}`] },
    {
      kind: 'error',
      test: sentence,
      message: sentence,
      location: { file: 'workshop/02-step/a.ts', line: 2, column: 90 },
      frame: {
        location: { file: 'workshop/02-step/a.ts', line: 2, column: 90 },
        lines: [{ number: 2, text: sentence }],
      },
    },
  ];
  for (const failure of failures) {
    const workshop = view({
      ...inStep(2, failure),
      target: 'AWS endpoint, eu-central-1',
      turnedGreen: [{ step: steps()[0] as StepView, learned: sentence }],
      unhandled: [{ kind: 'error', message: sentence }],
    });
    const help = /^ (Lesson|To see the whole error): /;
    for (const line of renderWorkshop(workshop, { ...plain, width })) {
      if (!help.test(line)) expect(columnsOf(line), line).toBeLessThanOrEqual(width);
    }
  }
});

test('colours repeat what the words say', () => {
  const page = { ...plain, colors: picocolors.createColors(true), hasKeyboard: true };
  const [, , , , one, two] = renderWorkshop(view(inStep(2, { kind: 'error', message: 'x' })), page);

  expect(one).toContain('\u001b[32m✔\u001b[39m');
  expect(two).toContain('\u001b[31m✘\u001b[39m');
  expect(renderKeys(page).join('\n')).toContain('\u001b[1mi\u001b[22m');
});
