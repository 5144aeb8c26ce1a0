import { fileURLToPath } from 'node:url';
import { copyProject } from '../../../steps/project-copy.ts';
import { type KillPoint, KillSite } from './kill-site.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

/** What came of it, one line a finding; none is good. */
export interface KillOutcome {
  calls: number;
  /** Points to which a run didn't come, because it needed fewer calls than the one that was counted. */
  missed: KillPoint[];
  left: string[];
}

/**
 * Kills a run of the workshop at every one of its AWS calls, one run a call. What every other one left, the start of
 * the next run has to remove; what the next one left, `npm run clean-up`. Each pair has an account of its own.
 */
export async function killAtEveryCall(side: KillPoint['side']): Promise<KillOutcome> {
  const project = copyProject(root);
  const before = process.cwd();
  process.chdir(project.root);
  try {
    const calls = await countCalls(project.root);
    const outcome: KillOutcome = { calls: calls.calls, missed: [], left: calls.left };
    for (const pair of pairs(calls.calls)) await killPair(project.root, side, pair, outcome);
    return outcome;
  } finally {
    process.chdir(before);
    project.remove();
  }
}

async function countCalls(folder: string): Promise<{ calls: number; left: string[] }> {
  const site = await KillSite.open(folder);
  try {
    // The first run of a copy has to transform everything, and may go another way for it.
    await site.run('warm-up');
    return await site.run('complete');
  } finally {
    await site.close();
  }
}

async function killPair(
  folder: string,
  side: KillPoint['side'],
  pair: number[],
  outcome: KillOutcome,
): Promise<void> {
  const site = await KillSite.open(folder);
  try {
    for (const call of pair) {
      const { wasKilled, left } = await site.runAndKill(`killed-${side}-${call}`, { call, side });
      if (!wasKilled) outcome.missed.push({ call, side });
      outcome.left.push(
        ...left.map((line) => `${line}, when the run killed ${side} call ${call} had started`),
      );
    }
    const left = await site.cleanUp();
    outcome.left.push(...left.map((line) => `${line}, killed ${side} call ${pair.at(-1)}`));
  } finally {
    await site.close();
  }
}

/** Every call once, an early one with a late one, so that both are removed in both ways. */
function pairs(calls: number): number[][] {
  const half = Math.ceil(calls / 2);
  return Array.from({ length: half }, (_, index) => {
    const early = index + 1;
    const late = early + half;
    if (late > calls) return [early];
    return index % 2 ? [late, early] : [early, late];
  });
}
