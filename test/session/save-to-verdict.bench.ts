import { mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { copyProject } from '../../authoring/project-copy.ts';
import { replaceExercise } from '../../src/cli/exercise.ts';
import { filesOf } from '../../src/steps/step-files.ts';
import { stepNames } from '../../src/steps/step-folders.ts';
import { PseudoTerminal } from './pseudo-terminal.ts';

/*
 * How long it takes from a save to the verdict on the screen, compared with a bare Vitest that reruns an empty spec
 * with the same libraries. In real terminals, both saved in turn, so that a busy machine slows both.
 *
 *   node --import @oxc-node/core/register test/session/save-to-verdict.bench.ts [rounds] [vitest's arguments]
 */

const root = fileURLToPath(new URL('../..', import.meta.url));
const size = { columns: 80, rows: 40 };
const [rounds = '20', ...vitestArguments] = process.argv.slice(2);

/** Saves a file in the one of two versions that isn't there yet, and waits for what is to be seen then. */
interface Case {
  name: string;
  terminal: PseudoTerminal;
  file: string;
  versions: { text: string; verdict: string }[];
}

const bareSpec = `
import '@aws-crypto/client-node';
import '@aws-sdk/client-cloudtrail';
import '@aws-sdk/client-kms';
import { test } from 'vitest';

test('empty', () => {});
`;

async function openBare(folder: string): Promise<Case> {
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const file = join(folder, 'empty.test.ts');
  writeFileSync(file, bareSpec);
  const terminal = new PseudoTerminal(folder, size);
  terminal.type('npx vitest\r');
  const verdict = 'Waiting for file changes';
  await terminal.until('The first run', () => terminal.timesWritten(verdict) > 0);
  const versions = ['// one', '// two'].map((comment) => ({ text: `${bareSpec}${comment}\n`, verdict }));
  return { name: 'a bare Vitest', terminal, file, versions };
}

/** For each step, a version of its exercise that passes, and one whose prediction is wrong. */
function openSteps(folder: string, terminal: PseudoTerminal): Case[] {
  const predictions = {
    '01-create-key': ['return 1;', 'return 7;'],
    '02-encrypt-with-cache': ['return 1;', 'return 7;'],
    '03-decrypt': ['return 2;', 'return 7;'],
    '05-clean-up': ['return false;', 'return true;'],
  };
  return Object.entries(predictions).map(([step, [right = '', wrong = '']]) => {
    const solution = readFileSync(join(folder, filesOf(step).solution), 'utf8');
    const number = Number(step.slice(0, 2));
    return {
      name: `step ${number}`,
      terminal,
      file: join(folder, filesOf(step).exercise),
      versions: [
        { text: solution.replace(right, wrong), verdict: `Step ${number}, TODO 1 is not right yet` },
        { text: solution, verdict: `Step ${number} is done` },
      ],
    };
  });
}

async function saveToVerdict({ terminal, file, versions }: Case, round: number): Promise<number> {
  const { text, verdict } = versions[round % 2] as Case['versions'][number];
  const times = terminal.timesWritten(verdict);
  const start = performance.now();
  writeFileSync(file, text);
  await terminal.until(verdict, () => terminal.timesWritten(verdict) > times);
  return performance.now() - start;
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2;
}

const project = copyProject(root);
for (const step of stepNames(project.root)) replaceExercise(project.root, step, 'shipped', new Date());
const bareFolder = realpathSync(mkdtempSync(join(tmpdir(), 'bare-vitest-')));
const bare = await openBare(bareFolder);
const endOfRun = 'Save an exercise to run it.';
for (const step of [
  '01-create-key',
  '02-encrypt-with-cache',
  '03-decrypt',
  '04-audit-cloudtrail',
  '05-clean-up',
])
  replaceExercise(project.root, step, 'shipped', new Date());
const workshop = new PseudoTerminal(project.root, size);
workshop.type(`npx vitest ${vitestArguments.join(' ')}\r`);
await workshop.until('The first run', () => workshop.timesWritten(endOfRun) > 0);

try {
  for (const step of openSteps(project.root, workshop)) {
    const times: { step: number[]; bare: number[] } = { step: [], bare: [] };
    for (let round = 0; round < Number(rounds); round++) {
      const runs = workshop.timesWritten(endOfRun);
      times.step.push(await saveToVerdict(step, round));
      // Later steps may still run: the next save is after them. Nobody saves again within two seconds, and what
      // happens in them must not slow the bare Vitest.
      await workshop.until('The end of the run', () => workshop.timesWritten(endOfRun) > runs);
      await setTimeout(2000);
      times.bare.push(await saveToVerdict(bare, round));
    }
    const [ours, theirs] = [median(times.step), median(times.bare)];
    console.log(
      `${step.name}: ${ours.toFixed(0)} ms from save to verdict, ${bare.name}: ${theirs.toFixed(0)} ms, ` +
        `${(ours / theirs).toFixed(2)} times (medians of ${rounds})`,
    );
  }
} finally {
  await Promise.all([workshop.close(), bare.terminal.close()]);
  project.remove();
  rmSync(bareFolder, { recursive: true, force: true });
}
