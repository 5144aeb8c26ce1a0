import { fileURLToPath } from 'node:url';
import { copyProject } from '../../authoring/project-copy.ts';
import { type CompleteRun, KillSite } from './kill-site.ts';
import type { KillPoint } from './state-trace.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface KillOutcome {
  /** Number of AWS calls of a run that isn't killed. */
  calls: number;
  /** Number of points at which a killed run leaves a state of its own. */
  points: number;
  /** Number of runs that were killed. */
  kills: number;
  /** Number of killed runs that had removed what an earlier one left. */
  reclaims: number;
  /** Leftovers, and losses of others: one line each. */
  left: string[];
}

/**
 * Kills a run of the workshop before and after its AWS calls, one run for each state that this leaves behind. The start of
 * the next run has to remove what every other one left, `npm run clean-up` the rest. Each pair has an account of its own.
 *
 * @param sideBySide number of pairs at the same time, each in a folder of its own
 */
export async function killAtEveryCall(sideBySide: number): Promise<KillOutcome> {
  const projects = Array.from({ length: sideBySide }, () => copyProject(root));
  try {
    const complete = await Promise.all(projects.map((project) => runUnharmed(project.root)));
    const { calls, points } = complete.reduce((a, b) => (a.points.length >= b.points.length ? a : b));
    const left = complete.flatMap((each) => each.left);
    const outcome: KillOutcome = { calls, points: points.length, kills: 0, reclaims: 0, left };
    const pairs = pairsOf(points);
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
async function runUnharmed(folder: string): Promise<CompleteRun> {
  await runOnce(folder, 'warm-up');
  return runOnce(folder, 'complete');
}

async function runOnce(folder: string, name: string): Promise<CompleteRun> {
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

/** Pairs an early point with a late one; every other pair begins with the late one. */
function pairsOf(points: KillPoint[]): KillPoint[][] {
  const early = points.slice(0, Math.ceil(points.length / 2));
  const late = points.slice(early.length).reverse();
  return early.map((point, index) => {
    const pair = [point, ...late.slice(index, index + 1)];
    return index % 2 ? pair.reverse() : pair;
  });
}
