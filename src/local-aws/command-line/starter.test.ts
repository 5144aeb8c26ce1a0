import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { temporaryDirectory } from '../testing/temporary-directory.ts';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const start = [process.execPath, 'src/local-aws/start.js', '--port', '0'];
// Windows has no such shells, and no signals that a process can handle.
const isPosix = process.platform !== 'win32';

/** An environment without the variables of the npm script that runs the tests. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')),
);

function startBy(program: string, ...options: string[]): ChildProcess {
  const stdio = ['ignore', 'pipe', 'inherit'] as const;
  const child = spawn(program, options, { cwd: repository, env: environment, stdio: [...stdio] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function ready({ stdout }: ChildProcess): Promise<string> {
  let output = '';
  for await (const chunk of stdout?.iterator({ destroyOnReturn: false }) ?? []) {
    output += chunk;
    if (/SECRET_ACCESS_KEY=.*\n/.test(output)) return output;
  }
  throw new Error(`It ended: ${output}`);
}

test.runIf(isPosix).for([
  ['npm', 'SIGTERM'],
  ['npm', 'SIGKILL'],
  ['a shell', 'SIGKILL'],
] as const)('ends when %s, which started it, gets %s', async ([starter, signal]) => {
  const child =
    starter === 'npm'
      ? startBy('npm', 'run', '--silent', 'local-aws', '--', '--port', '0')
      : startBy('sh', '-c', '"$0" "$@" & wait', ...start);
  await ready(child);

  // It has this output, too: the end of the output is its own end.
  const closed = once(child, 'close');
  child.stdout?.resume();
  child.kill(signal);
  await closed;
});

const hasSetsid = spawnSync('setsid', ['true']).status === 0;

test.runIf(isPosix && hasSetsid).for([
  // A job in the background has no input, as long as it isn't given one.
  ['nohup', 'nohup "$0" "$@" >"$OUT" 2>&1 & echo $!; read end'],
  ['setsid', 'exec 3<&0; setsid "$0" "$@" <&3 >"$OUT" 2>&1 & echo $!; read end'],
] as const)(
  'goes on when the shell has ended that started it with %s (needs setsid)',
  async ([name, script]) => {
    const out = join(await temporaryDirectory(), 'out');
    writeFileSync(out, '');
    const shell = spawn('sh', ['-c', script, ...start], {
      cwd: repository,
      env: { ...environment, OUT: out },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const [id] = await once(shell.stdout, 'data');
    onTestFinished(() => void process.kill(Number(id), 'SIGKILL'));
    const endpoint = await vi.waitUntil(() => /ENDPOINT_URL=(.+)\n/.exec(readFileSync(out, 'utf8'))?.[1], {
      timeout: 30_000,
    });

    shell.stdin.end('\n');
    await once(shell, 'exit');
    // It looks for its starter twice a second.
    await setTimeout(1200);
    // A terminal sends this signal when it is closed.
    if (name === 'nohup') process.kill(Number(id), 'SIGHUP');
    expect((await fetch(endpoint)).status).toBe(400);
  },
);
