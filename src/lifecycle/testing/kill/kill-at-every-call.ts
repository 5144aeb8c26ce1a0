import { fileURLToPath } from 'node:url';
import { copyProject } from '../../../steps/project-copy.ts';
import { type KillPoint, KillSite } from './kill-site.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

export interface KillOutcome {
  /** How many AWS calls a run makes that isn't killed. */
  calls: number;
  /** How many runs were killed. */
  kills: number;
  /** How many of them had removed by then what another one left. */
  reclaims: number;
  /** What was still there that should not, and what others have lost: one line each. */
  left: string[];
}

/**
 * Kills a run of the workshop before and after every one of its AWS calls, one run each. What every other one left, the
 * start of the next run has to remove; what the next one left, `npm run clean-up`. Each pair has an account of its own.
 *
 * @param sideBySide how many pairs at the same time, each in a folder of its own
 */
export async function killAtEveryCall(sideBySide: number): Promise<KillOutcome> {
  const projects = Array.from({ length: sideBySide }, () => copyProject(root));
  try {
    const counted = await Promise.all(projects.map((project) => countCalls(project.root)));
    const calls = Math.max(...counted.map((each) => each.calls));
    const outcome: KillOutcome = { calls, kills: 0, reclaims: 0, left: counted.flatMap(({ left }) => left) };
    const pairs = pairsOf(calls);
    const killPairs = async (folder: string) => {
      for (let pair = pairs.shift(); pair; pair = pairs.shift()) await killPair(folder, pair, outcome);
    };
    await Promise.all(projects.map((project) => killPairs(project.root)));
    return outcome;
  } finally {
    for (const project of projects) project.remove();
  }
}

/** The first run in a folder has to transform everything, and may go another way for it: the second one counts. */
async function countCalls(folder: string): Promise<{ calls: number; left: string[] }> {
  await runOnce(folder, 'warm-up');
  return runOnce(folder, 'complete');
}

async function runOnce(folder: string, name: string): Promise<{ calls: number; left: string[] }> {
  const site = await KillSite.open(folder);
  try {
    return await site.run(name);
  } finally {
    await site.close();
  }
}

async function killPair(folder: string, pair: KillPoint[], outcome: KillOutcome): Promise<void> {
  const site = await KillSite.open(folder);
  try {
    for (const point of pair) {
      const { wasKilled, hasReclaimed, left } = await site.runAndKill(
        `killed-${point.side}-${point.call}`,
        point,
      );
      if (wasKilled) outcome.kills += 1;
      if (hasReclaimed) outcome.reclaims += 1;
      outcome.left.push(...left);
    }
    outcome.left.push(...(await site.cleanUp()));
  } finally {
    await site.close();
  }
}

/** Every point once, an early one with a late one of the other side, and which of them comes first changes. */
function pairsOf(calls: number): KillPoint[][] {
  return Array.from({ length: calls }, (_, index): KillPoint[] => {
    const before: KillPoint = { call: index + 1, side: 'before' };
    const after: KillPoint = { call: calls - index, side: 'after' };
    return index % 2 ? [after, before] : [before, after];
  });
}
