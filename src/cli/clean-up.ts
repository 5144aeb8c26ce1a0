import { UnreachableError } from '../run/account/caller.ts';
import { countLeftovers, describeInTheWay, describeLeftovers } from '../run/clean-up/describe-leftovers.ts';
import { isNothing, type Leftovers } from '../run/clean-up/leftovers.ts';
import type { Plan, Wanted } from '../run/clean-up/reclaim.ts';
import { readSettings, type Settings } from '../settings/settings.ts';
import { describeBadRunName, describeRun, isRunName, type Run } from '../state/run.ts';
import { closest } from '../text/closest.ts';
import { LearnerError } from '../text/learner-error.ts';
import { indent, marks, paint } from '../text/look.ts';
import { printable } from '../text/printable.ts';
import { requireSteps } from './step-by-name.ts';

/** The options of the command. */
export interface CleanUpOptions {
  dryRun?: boolean;
  run?: string;
  allRuns?: boolean;
}

/**
 * Removes what killed runs left behind at the target of the settings, and their output files. Shows first what it
 * will remove, and at the end what is left.
 *
 * @returns false if something could not be removed or found, or if it found only what it could not read
 * @throws SettingsError; LearnerError when the folder holds no workshop, when there is no run of the name that was given, when AWS can't be reached, or
 *   refuses
 */
export async function cleanUp(
  root: string,
  print: (text: string) => void,
  options: CleanUpOptions,
): Promise<boolean> {
  if (options.run !== undefined && !isRunName(options.run))
    throw new LearnerError(`--run is ${describeBadRunName(options.run)}.`);
  // Elsewhere it would find no settings, and with them not the accounts that are allowed.
  requireSteps(root);
  const settings = readSettings(root);
  const wanted = wantedRuns(settings, options);
  try {
    return await atTarget(settings, (run) => planAndCarryOut(run, wanted, print, options));
  } catch (error) {
    const isUnreachable = error instanceof UnreachableError;
    if (error instanceof LearnerError && !isUnreachable) throw error;
    const { name, message } = error as Error;
    const what = isUnreachable ? message : `${name}: ${message}`;
    throw new LearnerError(
      `The clean-up stopped: ${what}\n  Run npm run doctor to find the cause. What is left can be cleaned up again.`,
      { cause: error },
    );
  }
}

function wantedRuns({ run: name, environment }: Settings, { run, allRuns }: CleanUpOptions): Wanted {
  if (run !== undefined && allRuns) throw new LearnerError('Use either --run or --all-runs, not both.');
  // The others are looked for, too: there may be no run of this name.
  if (run !== undefined) return { run, lookForOthers: true };
  return {
    allRuns: allRuns ?? false,
    alsoByTags: environment.WORKSHOP_RUN ? [name] : [],
    lookForOthers: true,
  };
}

async function atTarget(settings: Settings, action: (run: Run) => Promise<boolean>): Promise<boolean> {
  const run = describeRun(settings);
  // The keys of a local AWS are gone with its run: nothing has to be asked, and a living run may have the port.
  if (settings.target === 'local') return action(run);
  const { askAllowedCaller } = await import('../run/account/allowed-accounts.ts');
  const { startTarget, useEnvironment } = await import('../run/target.ts');
  const target = await startTarget(settings);
  const restore = useEnvironment(target.environment);
  try {
    const caller = await askAllowedCaller(settings);
    return await action('account' in caller ? { ...run, account: caller.account } : run);
  } finally {
    restore();
    await target.close();
  }
}

async function planAndCarryOut(
  run: Run,
  wanted: Wanted,
  print: (text: string) => void,
  { dryRun = false }: CleanUpOptions,
): Promise<boolean> {
  const { carryOut, planCleanUp } = await import('../run/clean-up/reclaim.ts');
  const plan = await planCleanUp(run, wanted);
  if (run.target !== 'local') requireKnown(wanted, plan);
  const all = plan.removals.map(({ leftovers }) => leftovers);
  const removals = all.filter((each) => !isNothing(each));
  for (const each of removals) printSection(print, `To remove from ${each.run}:`, describeLeftovers(each));
  printSection(print, `${marks.none} Left alone:`, [
    ...plan.elsewhere,
    ...plan.alive,
    ...all.flatMap(describeInTheWay),
  ]);
  printSection(print, `${marks.none} Could not be read, and was left alone:`, plan.notUnderstood);
  // Other runs are of no interest to somebody who names one.
  const others = wanted.run === undefined ? plan.others : [];
  printSection(print, `${marks.none} Other runs of the workshop have keys here:`, describeOthers(others));
  if (dryRun) {
    print(`${marks.none} Nothing was changed: --dry-run.`);
    return true;
  }
  const outcome = await carryOut(plan, run);
  const removed = outcome.removed.filter((each) => !isNothing(each));
  const isAllFound = removed.every(({ lostKeys }) => lostKeys === 0);
  // An unreadable ledger may be the only trace of a key that costs money.
  const isUnreadable =
    plan.notUnderstood.length > 0 &&
    [removed, others, outcome.notRemoved].every(({ length }) => length === 0);
  if (removed.length > 0) print(describeResult(removed.map((each) => each.run).join(', '), isAllFound));
  else if (others.length > 0) print(`${marks.none} Nothing was changed, because you named none of them.`);
  else if (isUnreadable) print(`${marks.wrong} ${nothingReadable}`);
  else if (outcome.notRemoved.length === 0)
    print(`${marks.ok} ${run.target === 'local' ? nothingLocal(wanted) : nothingToDo(wanted)}`);
  printSection(
    print,
    `${marks.wrong} Not removed. What is left can be cleaned up again:`,
    outcome.notRemoved,
  );
  return isAllFound && outcome.notRemoved.length === 0 && !isUnreadable;
}

const nothingReadable =
  'Nothing was removed, because the clean-up could not read what it found. Check each of the lines above.';

function requireKnown({ run }: Wanted, { known, others }: Plan): void {
  if (run === undefined || known.includes(run)) return;
  const names = [...new Set(others.map((each) => each.run))];
  const meant = closest(run, names);
  throw new LearnerError(
    `There is no run "${run}" here.${meant ? ` Did you mean ${meant}?` : ''}\n  ` +
      (names.length > 0 ? `The runs that have keys here: ${names.join(', ')}.` : 'No run has keys here.'),
  );
}

function describeResult(runs: string, isAllFound: boolean): string {
  return isAllFound
    ? `${marks.ok} Removed and checked. Nothing of ${runs} is left.`
    : `${marks.wrong} Removed what was found. Of ${runs}, the keys that can't be found are left.`;
}

function nothingLocal(wanted: Wanted): string {
  if (!wanted.allRuns && !wanted.run) return 'There is nothing to clean up.';
  return 'There is nothing to clean up: the keys of a local AWS are gone with its run. To clean up a real account, set WORKSHOP_TARGET=aws.';
}

function nothingToDo({ run }: Wanted): string {
  return run === undefined
    ? 'There is nothing to clean up.'
    : `There is nothing of the run ${run} to clean up.`;
}

/** The tags don't show who owns a run, so the reader has to name it. */
function describeOthers(others: Leftovers[]): string[] {
  if (others.length === 0) return [];
  return [
    ...others.map((each) => `${each.run}: ${countLeftovers(each)}`),
    `To remove a run of yours that has ended: npm run clean-up -- --run ${others[0]?.run}`,
    "To remove all of them, including other learners': npm run clean-up -- --all-runs",
  ];
}

function printSection(print: (text: string) => void, title: string, lines: string[]): void {
  if (lines.length > 0) print([paint.bold(title), indent(printable(lines.join('\n')))].join('\n'));
}
