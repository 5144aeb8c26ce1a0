import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { learnerEnvironment } from '../../authoring/learner-environment.ts';

/** A workshop of three small steps in a folder of its own, for what must not happen to the real one. */
export interface FixtureWorkshop {
  root: string;
  read(file: string): string;
  write(file: string, content: string | Uint8Array): void;
  /** Runs a command as npm does; `start` is this checkout's, unless a copy of it is to be started. */
  run(args: string[], environment?: Environment, start?: string): Promise<Outcome>;
  remove(): void;
}

type Environment = Record<string, string | undefined>;

/** Outcome of a command. */
export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

const steps = ['01-dig-a-hole', '02-plant-a-tree', '03-water-the-tree'];

const hints = `# Hints

## 1 A nudge

Think of a *spade*.

## 2 Nearly the code

\`\`\`ts
## not a heading
dig();
\`\`\`
`;

export function makeFixtureWorkshop(): FixtureWorkshop {
  const root = mkdtempSync(join(tmpdir(), 'workshop-'));
  const write = (file: string, content: string | Uint8Array) => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), content);
  };
  for (const step of steps) {
    const [, title] = step.split(/-(.*)/);
    write(`workshop/${step}/README.md`, `# ${title?.replaceAll('-', ' ')}\n`);
    write(`workshop/${step}/step.spec.ts`, '');
    write(`workshop/${step}/exercise.ts`, shippedExercise(step));
    write(`workshop/${step}/exercise.ts.shipped`, shippedExercise(step));
    write(`workshop/${step}/solution.ts`, solution(step));
    write(`workshop/${step}/hints.md`, hints);
  }
  return {
    root,
    write,
    read: (file) => readFileSync(join(root, file), 'utf8'),
    run: (args, environment = {}, start = startOfCheckout) => runCommand(root, [start, ...args], environment),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

export function shippedExercise(step: string): string {
  return `export const ${step.slice(3, 6)} = todo('TODO 1: ${step}');\n`;
}

export function solution(step: string): string {
  return `// 1. ${step}.\nexport const ${step.slice(3, 6)} = 1;\n`;
}

const startOfCheckout = fileURLToPath(new URL('../../src/cli/start.js', import.meta.url));

function runCommand(root: string, args: string[], environment: Environment): Promise<Outcome> {
  const env = { ...learnerEnvironment(), NO_COLOR: '1', ...environment };
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: root, env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}
