import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { learnerEnvironment } from '../../authoring/learner-environment.ts';
import { makeFixtureWorkshop } from '../../test/learner/fixture-workshop.ts';

test('npm run console prints an address that answers, until it is told to end', async () => {
  const workshop = makeFixtureWorkshop();
  const start = fileURLToPath(new URL('start.js', import.meta.url));
  const command = spawn(process.execPath, [start, 'console'], {
    cwd: workshop.root,
    env: learnerEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface(command.stdout), 'line');
  expect(line).toMatch(/^Console: http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+$/);
  const answer = await fetch(line.replace('Console: ', ''), { redirect: 'manual' });
  expect(answer.status).toBe(303);

  command.kill('SIGTERM');
  const [code] = await once(command, 'exit');
  // Windows has no signals: it ends a process at once.
  expect(code).toBe(process.platform === 'win32' ? null : 0);
  workshop.remove();
});
