import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, test } from 'vitest';
import { learnerEnvironment } from '../../authoring/learner-environment.ts';
import { type FixtureWorkshop, makeFixtureWorkshop } from '../../test/learner/fixture-workshop.ts';
import { faultOfPath } from './project-path.js';

let workshop: FixtureWorkshop;
beforeEach(() => {
  workshop = makeFixtureWorkshop();
  return workshop.remove;
});

/** Commands that have to work without the packages. */
function copyCommands(root: string): void {
  for (const part of ['cli', 'report/closed-pipe.js', 'text']) {
    const source = fileURLToPath(new URL(`../${part}`, import.meta.url));
    cpSync(source, join(root, 'src', part), { recursive: true });
  }
}

// Each starts processes, on a machine that may be busy.
const timeout = 60_000;

test('a command runs without a warning', { timeout }, async () => {
  const { code, stdout, stderr } = await workshop.run(['hint']);

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('Step 1, dig a hole  hint 1 of 2: A nudge');
});

test('a command that loads the AWS SDK runs without a warning', { timeout }, async () => {
  const { code, stderr } = await workshop.run(['clean-up']);

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

test('a reader that stops is no error', { timeout }, async () => {
  const start = fileURLToPath(new URL('start.js', import.meta.url));
  const command = spawn(process.execPath, [start, 'progress'], {
    cwd: workshop.root,
    env: learnerEnvironment(),
  });
  command.stdout.destroy();

  const [[code], stderr] = await Promise.all([once(command, 'close'), text(command.stderr)]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

test('a mistake is reported in a sentence and by the exit code', { timeout }, async () => {
  expect(await workshop.run(['hint', '--all'])).toEqual({
    code: 1,
    stdout: '',
    stderr: '✘ Unknown option `--all`\n  Add -- --help to a command to see its options.\n',
  });
});

test('a pipe gets colours only with FORCE_COLOR, and none with NO_COLOR', { timeout }, async () => {
  const forced = await workshop.run(['progress'], { NO_COLOR: undefined, FORCE_COLOR: '1' });
  const inPipe = await workshop.run(['progress'], { NO_COLOR: undefined, CI: 'true' });
  const refused = await workshop.run(['progress'], { FORCE_COLOR: '1', NO_COLOR: '1' });

  expect(forced.stdout).toContain('\u001b[');
  expect(inPipe.stdout).not.toContain('\u001b[');
  expect(refused.stdout).not.toContain('\u001b[');
});

test.each(['a#b', 'a%20b', ...(process.platform === 'win32' ? [] : ['a?b'])])(
  'in a folder such as %j, the doctor names the path as the cause',
  { timeout },
  async (name) => {
    const start = join(name, 'src/cli/start.js');
    copyCommands(join(workshop.root, name));

    const { code, stdout, stderr } = await workshop.run(['doctor'], {}, start);

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(
      `✘ The workshop can't run in ${join(realpathSync(workshop.root), name)}: Vitest can't handle the "${name[1]}" in this path. ` +
        'Rename the folder, or move the project to another one.\n',
    );
  },
);

test('a command works from any folder of the project', () => {
  expect(faultOfPath('/home/ada/My Work [1] (ü) {b} & $HOME')).toBeUndefined();
  expect(faultOfPath('C:\\Users\\ada\\workshop')).toBeUndefined();
});

test('without the packages, it says what to do', { timeout }, async () => {
  copyCommands(workshop.root);

  const { code, stdout, stderr } = await workshop.run(['progress'], {}, 'src/cli/start.js');

  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^Cannot find package '\w+'\. Install the packages: npm ci --ignore-scripts\n$/);
});
