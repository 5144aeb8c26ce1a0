import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { makeSmallWorkshop, type SmallWorkshop } from './testing/small-workshop.ts';

const settings = fileURLToPath(new URL('../settings/settings.ts', import.meta.url));

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

let workshop: SmallWorkshop;
beforeEach(() => {
  workshop = makeSmallWorkshop(files);
});
afterEach(() => workshop.remove());

// Each test starts Vitest several times.
vi.setConfig({ testTimeout: 60_000 });

const escapeCode = '\u001b';

test('in a pipe the workshop is plain lines, and the exit code is that of Vitest', async () => {
  const { output, code } = await workshop.run(['run']);

  expect(output).toMatchInlineSnapshot(`
    "
     Data key caching workshop

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

test('what is shown is published, for the console', async () => {
  workshop.write(
    'subscriber.ts',
    `import { subscribe } from 'node:diagnostics_channel';
     export default class {
       onInit() {
         const print = ({ view }) => console.log('published', view.steps.map(({ state }) => state).join());
         subscribe('data-key-caching-workshop:shown', print);
       }
     }`,
  );
  const reporter = fileURLToPath(new URL('workshop-reporter.ts', import.meta.url));

  const { output } = await workshop.run(['run', '--reporter', reporter, '--reporter', './subscriber.ts']);
  expect(output).toContain('published done,to do\n');
});

test('in a pipe, waiting messages stand between the heading and the steps', async () => {
  workshop.write(
    'workshop/01-add/step.spec.ts',
    spec("test('waits', async ({ annotate }) => { await annotate('look 1, 0 s', 'waiting'); });"),
  );

  expect((await workshop.run(['run', '01'])).output).toMatch(
    /^\n Data key caching workshop\n\n Step 1 waits · look 1, 0 s\n\n The workshop .+\n ✔ {2}1 {2}Add/,
  );
});

test('a wrong answer, a syntax error and a forgotten await each have their own message', async () => {
  workshop.write('workshop/02-multiply/exercise.ts', shipped.replace(/todo\('.*'\)/, 'a + b'));
  expect((await workshop.run(['run', '02'])).output).toMatchInlineSnapshot(`
    "
     Data key caching workshop

     The workshop  ───────────────────────────────────  0 of 1 step done, 1 not run
     ·  1  Add       not run
     ✘  2  Multiply  wrong

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

  workshop.write('workshop/02-multiply/exercise.ts', shipped.replace(/todo\('.*'\)/, 'a *'));
  expect((await workshop.run(['run', '02'])).output).toMatchInlineSnapshot(`
    "
     Data key caching workshop

     The workshop  ───────────────────────────────────  0 of 1 step done, 1 not run
     ·  1  Add       not run
     ✘  2  Multiply  wrong

     Step 2 stops with an error
     → workshop/02-multiply/exercise.ts:5:13

       SyntaxError: Unexpected token

       4 │   // TODO 1: multiply.
       5 │   return a *;
         │             ^

     Lesson: workshop/02-multiply/README.md
     Stuck? npm run hint

    "
  `);

  const forgotten = "void Promise.reject(new Error('nobody waits'));\nreturn a * b";
  workshop.write('workshop/02-multiply/exercise.ts', shipped.replace(/return todo\('.*'\)/, forgotten));
  const { output, code } = await workshop.run(['run', '02']);
  expect(output).toMatchInlineSnapshot(`
    "
     Data key caching workshop

     The workshop  ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━  1 of 1 step done, 1 not run
     ·  1  Add       not run
     ✔  2  Multiply  done

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

test('the exit code is 0 when all steps are done; FORCE_COLOR turns on colours', async () => {
  workshop.write('workshop/02-multiply/exercise.ts', shipped.replace(/todo\('.*'\)/, 'a * b'));

  const forced = await workshop.run(['run'], { FORCE_COLOR: '1' });
  expect(forced).toMatchObject({
    code: 0,
    output: expect.stringContaining(`${escapeCode}[32mAll 2 steps are done.`),
  });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no code but those of colours.
  const cursorCode = /\u001b\[[^m]*[A-Za-ln-z]/;
  expect(`${escapeCode}[2K`).toMatch(cursorCode);
  expect(forced.output).not.toMatch(cursorCode);

  const inCi = await workshop.run(['run'], { CI: 'true', GITHUB_ACTIONS: 'true' });
  expect(inCi).toMatchObject({ code: 0, output: expect.stringContaining('All 2 steps are done.') });
  expect(inCi.output).not.toContain(escapeCode);

  const never = await workshop.run(['run'], { NO_COLOR: '1', CI: 'true' });
  expect(never.output).not.toContain(escapeCode);
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

test("a pipe gets no colours, neither from an exercise's output nor from the compiler", async () => {
  workshop.write(
    'workshop/01-add/exercise.ts',
    'console.log(undefined);\nexport const add = (a: number, b: number) => a + b;\n',
  );
  expect((await workshop.run(['run', '01'])).output).toMatch(/^undefined\n/);
  expect((await workshop.run(['run', '01'], { FORCE_COLOR: '1' })).output).toContain(
    `${escapeCode}[90mundefined`,
  );

  workshop.write('set-up.ts', 'export default () => 1 *;\n');
  const { output } = await workshop.run(['run']);
  expect(output).toContain('The workshop could not start.');
  expect(output).not.toContain(escapeCode);
});
