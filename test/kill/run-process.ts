import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { learnerEnvironment } from '../../authoring/learner-environment.ts';

/** A run of the workshop, with the reference solutions, in processes of its own. */
export interface RunProcess {
  /** Ends all of its processes at once: none of them has a say. */
  kill(): void;
  /** How it ended: its exit code, or null when it was killed; and what it said. */
  ended: Promise<{ code: number | null; output: string }>;
}

/** The others create nothing but data keys, which leave nothing to remove. */
const stepsWithTraces = ['01', '02', '03', '04', '05', '08'].map((number) => `workshop/${number}`);

/**
 * @param root the folder of the project
 * @param settings what the environment says beside what a learner's would
 */
export function startRun(root: string, settings: Record<string, string>): RunProcess {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const child = spawn(process.execPath, [vitest, 'run', '--mode', 'solution', ...stepsWithTraces], {
    cwd: root,
    env: { ...learnerEnvironment(), NO_COLOR: '1', ...settings },
    // A process group of its own, with the workers in it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return {
    kill: () => void (child.pid && process.kill(-child.pid, 'SIGKILL')),
    ended: new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, output: stripVTControlCharacters(output) }));
    }),
  };
}
