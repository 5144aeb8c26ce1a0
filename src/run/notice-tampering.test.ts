import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startVitest, type TestCase, type Vitest } from 'vitest/node';

const repository = fileURLToPath(new URL('../..', import.meta.url));

// Each test starts a Vitest.
vi.setConfig({ testTimeout: 60_000 });

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'notice-tampering-')));
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'), 'junction');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const replace = "process.env.AWS_ENDPOINT_URL = 'http://127.0.0.1:1';";
const neverEnd = 'await new Promise(() => {});';

test('a test that leaves the environment changed fails with a message', async () => {
  const [replaced] = await run(`test('replaces', () => { ${replace} });`);

  expect(messagesOf(replaced)).toEqual([expect.stringContaining('this was replaced: AWS_ENDPOINT_URL.')]);
});

test('a test that times out gets no such message, and the next one has its environment back', async () => {
  const [tooLong, next] = await run(`
    test('takes too long', { timeout: 20 }, async () => { ${replace} ${neverEnd} });
    test('next', () => expect(process.env.AWS_ENDPOINT_URL).not.toBe('http://127.0.0.1:1'));
  `);

  expect(messagesOf(tooLong)).toEqual([expect.stringContaining('Test timed out')]);
  expect(next?.result().state).toBe('passed');
});

test('a cancelled test gets no such message', async () => {
  const [cancelled] = await run(
    `test('is cancelled', async ({ annotate }) => { ${replace} await annotate('replaced'); ${neverEnd} });`,
  );

  expect(cancelled?.annotations().map(({ message }) => message)).toEqual(['replaced']);
  expect(cancelled?.result()).toMatchObject({ state: 'skipped', note: expect.stringContaining('aborted') });
});

/** Runs a spec with the set-up file, and cancels the run, as a key does, at a test's annotation. */
async function run(tests: string): Promise<TestCase[]> {
  writeFileSync(join(root, 'step.spec.ts'), `import { expect, test } from 'vitest';\n${tests}`);
  let vitest: Vitest | undefined;
  const reporter = {
    onInit: (started: Vitest) => {
      vitest = started;
    },
    onTestCaseAnnotate: () => {
      void vitest?.cancelCurrentRun('keyboard-input');
    },
  };
  const exitCode = process.exitCode;
  const finished = await startVitest(
    'test',
    [],
    {
      root,
      config: false,
      watch: false,
      include: ['step.spec.ts'],
      setupFiles: [join(repository, 'src/run/notice-tampering.ts')],
      reporters: [reporter],
    },
    {
      ssr: { resolve: { conditions: ['node', 'local-kms-cloudtrail-checkout'] } },
    },
  );
  await finished.close();
  // Vitest sets it when a test fails.
  process.exitCode = exitCode;
  return finished.state.getTestModules().flatMap((module) => [...module.children.allTests()]);
}

function messagesOf(testCase: TestCase | undefined): string[] {
  return (testCase?.result().errors ?? []).map(({ message }) => message);
}
