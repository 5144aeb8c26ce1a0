import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { makeSmallWorkshop, type SmallWorkshop } from './testing/small-workshop.ts';

const settings = fileURLToPath(new URL('../settings/settings.ts', import.meta.url));
const reporter = fileURLToPath(new URL('workshop-reporter.ts', import.meta.url));

const spec = (body: string) => `
import { expect, test } from 'vitest';
import * as exercise from './exercise.ts';
${body}
`;

const shipped = `import { todo } from '#todo';

export function multiply(a: number, b: number): number {
  // TODO 1: multiply.
  return todo('TODO 1: multiply');
}
`;

const files = {
  '01-add/README.md': '# Add\n',
  '01-add/exercise.ts': 'export const add = (a: number, b: number): number => a + b;\n',
  '01-add/step.spec.ts': spec("test('adds', () => expect(exercise.add(1, 2)).toBe(3));"),
  '02-multiply/README.md': '# Multiply\n',
  '02-multiply/exercise.ts': shipped,
  '02-multiply/exercise.ts.shipped': shipped,
  '02-multiply/step.spec.ts': spec(
    `test('multiplies', { meta: { todos: [1], about: 1 } }, () => {
       expect(exercise.multiply(2, 3), 'Two times three are six.').toBe(6);
     });`,
  ),
};

/** Prints a value, which Node.js colours in a terminal. */
const printing = 'console.log(undefined);\nexport const add = (a: number, b: number) => a + b;\n';

/** A subscriber, as the console is one: prints each step's state and failure. */
const subscriber = `
import { subscribe } from 'node:diagnostics_channel';

export default class {
  onInit() {
    subscribe('data-key-caching-workshop:shown', ({ view }) => {
      for (const { state, failure } of view.steps) console.log('published', state, JSON.stringify(failure));
    });
  }
}
`;
const withSubscriber = ['--reporter', reporter, '--reporter', './subscriber.ts'];

let workshop: SmallWorkshop;
beforeEach(() => {
  workshop = makeSmallWorkshop(files);
});
afterEach(() => workshop.remove());

// Each test starts Vitest.
vi.setConfig({ testTimeout: 60_000 });

const escapeCode = '\u001b';

test('in a pipe there are plain lines only, of a wait and of what an exercise prints too; the exit code is that of Vitest', async () => {
  workshop.write('workshop/01-add/exercise.ts', printing);
  workshop.write(
    'workshop/01-add/step.spec.ts',
    spec(
      `test('waits', async ({ annotate }) => {
         await annotate('look 1, 0 s', 'waiting');
         expect(exercise.add(1, 2)).toBe(3);
       });`,
    ),
  );

  const { output, code } = await workshop.run(['run']);

  // Where it stands depends on when Vitest passes it on.
  expect(output).toContain('undefined\n');
  expect(output.replace('undefined\n', '')).toMatchInlineSnapshot(`
    "
     Data key caching workshop

     Step 1 waits · look 1, 0 s

     The workshop  ━━━━━━━━━━━━━━━━━━━━━━───────────────────────  1 of 2 steps done
     ✔  1  Add       done
     ○  2  Multiply  to do    1 of 1 TODO left

     Step 2, TODO 1: multiply
     → workshop/02-multiply/exercise.ts:5

     Lesson: workshop/02-multiply/README.md
     Stuck? npm run hint

    "
  `);
  expect(code).toBe(1);
});

test('a wrong answer is shown, and every failure is published for the console, such as a syntax error', async () => {
  workshop.write('subscriber.ts', subscriber);
  workshop.write('workshop/02-multiply/exercise.ts', shipped.replace(/todo\('.*'\)/, 'a + b'));
  for (const file of ['README.md', 'exercise.ts.shipped', 'step.spec.ts'])
    workshop.write(`workshop/03-power/${file}`, files[`02-multiply/${file}` as keyof typeof files]);
  workshop.write('workshop/03-power/exercise.ts', shipped.replace(/todo\('.*'\)/, 'a *'));

  const { output } = await workshop.run(['run', '02', '03', ...withSubscriber]);

  expect(output).toMatchInlineSnapshot(`
    "
     Data key caching workshop

    published not run undefined
    published wrong {"kind":"wrong","test":"multiplies","sentence":"Two times three are six.","location":{"file":"workshop/02-multiply/exercise.ts","line":4},"expected":"6","got":"5","todo":{"number":1,"title":"multiply","isLeft":false,"line":4}}
    published wrong {"kind":"error","name":"SyntaxError","message":"Unexpected token","location":{"file":"workshop/03-power/exercise.ts","line":5,"column":13},"frame":{"location":{"file":"workshop/03-power/exercise.ts","line":5,"column":13},"lines":[{"number":4,"text":"  // TODO 1: multiply."},{"number":5,"text":"  return a *;"}]}}
     The workshop  ──────────────────────────────────  0 of 2 steps done, 1 not run
     ·  1  Add       not run
     ✘  2  Multiply  wrong
     ✘  3  Multiply  wrong

     Step 2, TODO 1 is not right yet: multiply
     → workshop/02-multiply/exercise.ts:4

       ✘ multiplies

       Two times three are six.

       expected  6
       got       5

     Lesson: workshop/02-multiply/README.md
     Stuck? npm run hint

    "
  `);
});

test('the exit code is 0 when all steps are done; FORCE_COLOR turns on colours', async () => {
  workshop.write('workshop/01-add/exercise.ts', printing);
  workshop.write('workshop/02-multiply/exercise.ts', shipped.replace(/todo\('.*'\)/, 'a * b'));

  const { output, code } = await workshop.run(['run'], { FORCE_COLOR: '1' });

  expect(output).toContain(`${escapeCode}[90mundefined`);
  expect(output).toContain(`${escapeCode}[32mAll 2 steps are done.`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no code but those of colours.
  const cursorCode = /\u001b\[[^m]*[A-Za-ln-z]/;
  expect(`${escapeCode}[2K`).toMatch(cursorCode);
  expect(output).not.toMatch(cursorCode);
  expect(code).toBe(0);
});

test('a forgotten await is reported although all steps are done, in CI without colours', async () => {
  const forgotten = "void Promise.reject(new Error('nobody waits'));\nreturn a * b";
  workshop.write('workshop/02-multiply/exercise.ts', shipped.replace(/return todo\('.*'\)/, forgotten));

  const { output, code } = await workshop.run(['run'], { CI: 'true', GITHUB_ACTIONS: 'true' });

  expect(output).toMatchInlineSnapshot(`
    "
     Data key caching workshop

     The workshop  ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━  2 of 2 steps done
     ✔  1  Add       done
     ✔  2  Multiply  done

     All 2 steps are done.
     What you have learned, on one page: docs/recap.md

     An error was thrown outside the steps. Is an await missing?
     → workshop/02-multiply/exercise.ts:5:23

       nobody waits

       4 │   // TODO 1: multiply.
       5 │   void Promise.reject(new Error('nobody waits'));
         │                       ^

    "
  `);
  expect(code).toBe(1);
});

test("Vitest's own reporters take the place of ours", async () => {
  const { output } = await workshop.run(['run', '--reporter=junit', '01']);

  expect(output).toMatch(/^<\?xml .*<\/testsuites>\n$/s);
});

test('a filter that matches no step, and a failed set-up, are reported plainly', async () => {
  const nothing = await workshop.run(['run', '03']);
  expect(nothing).toMatchObject({ code: 1, output: expect.stringContaining('There is no such step.') });

  workshop.write(
    'set-up.ts',
    `import { SettingsError } from ${JSON.stringify(settings)};
     export default () => {
       throw new SettingsError('These settings are wrong:\\n  A is "b".');
     };`,
  );
  const { output, code } = await workshop.run(['run']);
  expect(output).toMatch(/\S\n\n$/);
  expect(output.trim()).toBe(
    'The workshop could not start.\n\n These settings are wrong:\n   A is "b".\n\n' +
      ' → Run npm run doctor to find the cause',
  );
  expect(code).toBe(1);
});
