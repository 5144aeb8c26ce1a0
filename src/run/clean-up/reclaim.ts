import {
  closeEmptyLedgers,
  isSamePlace,
  type Ledger,
  openLedgers,
  type Place,
  placeOf,
  unreadableLedgers,
} from '../../state/ledger.ts';
import { livesElsewhere, livingProcessOf } from '../../state/living-runs.ts';
import { noOutput, outputOf, outputParent } from '../../state/output-folder.ts';
import { describeProcess } from '../../state/process-identity.ts';
import type { Run } from '../../state/run.ts';
import { NotRemovedError, remove } from './clean-up.ts';
import { patientKms } from './kms-retries.ts';
import { findLeftovers, isNothing, type Leftovers, leftOutput, leftoversByTags } from './leftovers.ts';
import { findTaggedKeys, type TaggedKeys } from './tagged-keys.ts';

/** The plan of a clean-up. */
export interface Plan {
  removals: { leftovers: Leftovers; ledger: Ledger | undefined }[];
  /** Runs that are left alone because they are still at work: one line each. */
  alive: string[];
  /** Runs that are left alone because they ran elsewhere: one line each, with the way to them. */
  elsewhere: string[];
  /** Runs of the workshop that were found in the account by the tags of their keys, and that nobody asked for. */
  others: Leftovers[];
  /** Things that can't be read or that name no run, and are left alone: one line each. */
  notUnderstood: string[];
  /** The names of all runs that have a ledger in this folder, or keys with their tags in the account. */
  known: string[];
}

/** The outcome of a clean-up. */
export interface Outcome {
  /** The leftovers that were removed, for each run of which nothing is left. */
  removed: Leftovers[];
  /** Things that could not be removed, one line each, with the name of the run. */
  notRemoved: string[];
}

/** Runs to clean up, in addition to or instead of those that have a ledger here. */
export interface Wanted {
  /** Only this one, also by the tags of its keys. */
  run?: string;
  /** All that are found by the tags of their keys: other learners' too. */
  allRuns?: boolean;
  /** These too, by the tags of their keys. */
  alsoByTags?: string[];
  /** Look for other runs when there is nothing to remove. */
  lookForOthers?: boolean;
}

/**
 * Removes what earlier runs left behind because they were killed.
 *
 * @param here the run of this process
 * @returns the plan of that, and what came of it
 */
export async function reclaim(here: Run): Promise<Plan & Outcome> {
  const plan = await planCleanUp(here, {});
  return { ...plan, ...(await carryOut(plan, here)) };
}

/**
 * Removes what the plan says, and proves that it is gone. What can't be removed doesn't stop the removal of the rest.
 */
export async function carryOut({ removals }: Plan, here: Run): Promise<Outcome> {
  const removed: Leftovers[] = [];
  const notRemoved: string[] = [];
  for (const { leftovers, ledger } of removals) {
    try {
      await remove(leftovers, ledger, here);
      removed.push(leftovers);
    } catch (error) {
      if (!(error instanceof NotRemovedError)) throw error;
      notRemoved.push(...error.message.split('\n').map((line) => `${leftovers.run}: ${line}`));
    }
  }
  return { removed, notRemoved };
}

/**
 * Finds what killed runs left behind. A run whose process is alive is left alone, as is what a run left elsewhere.
 *
 * @param here the run of this process, whose place it can reach
 */
export async function planCleanUp(here: Run, wanted: Wanted): Promise<Plan> {
  closeEmptyLedgers(here.root);
  const ledgers = openLedgers(here.root);
  const search = searchOnce(ledgers, wanted);
  const plan = await planByLedgers(here, ledgers, wanted, search);
  if (here.target !== 'local') await planByTags(plan, ledgers, wanted, search);
  return plan;
}

type Search = () => Promise<TaggedKeys>;

/** One search through the account serves all runs, if there has to be any. */
function searchOnce(ledgers: Ledger[], wanted: Wanted): Search {
  const names = new Set([...ledgers.map(({ run }) => run), ...namedRuns(wanted)]);
  const isSought = (run: string) => wanted.allRuns || wanted.lookForOthers || names.has(run);
  let found: Promise<TaggedKeys> | undefined;
  return () => {
    found ??= findTaggedKeys(patientKms(), (run) => Boolean(isSought(run)));
    return found;
  };
}

async function planByLedgers(here: Run, ledgers: Ledger[], wanted: Wanted, search: Search): Promise<Plan> {
  const plan: Plan = {
    removals: [],
    alive: [],
    elsewhere: [],
    others: [],
    notUnderstood: unreadableLedgers(here.root),
    known: ledgers.map(({ run }) => run),
  };
  for (const ledger of ledgers) {
    const { run, place } = ledger;
    if (wanted.run !== undefined && run !== wanted.run) continue;
    const keeper = livingProcessOf(ledger);
    const output = livesElsewhere(ledger) ? noOutput : outputOf(outputParent(here), run);
    if (keeper) plan.alive.push(`${run}: it is still running, as ${describeProcess(keeper)}`);
    else if (place.target === 'local') {
      // The keys of a local AWS were in the memory of the process that is gone; the files are still there.
      plan.removals.push({ leftovers: leftOutput(ledger, output), ledger });
    } else if (isSamePlace(place, placeOf(here))) {
      plan.removals.push({
        leftovers: await findLeftovers(ledger, async () => (await search()).keys, output),
        ledger,
      });
    } else plan.elsewhere.push(`${run}: it ran elsewhere; ${wayTo(place, placeOf(here))}`);
  }
  return plan;
}

/** Adds the runs of which only the tags of their keys tell, because their ledger is gone, or on another machine. */
async function planByTags(plan: Plan, ledgers: Ledger[], wanted: Wanted, search: Search): Promise<void> {
  const named = namedRuns(wanted);
  const isIdle = plan.removals.every(({ leftovers }) => isNothing(leftovers));
  if (!wanted.allRuns && named.length === 0 && !(wanted.lookForOthers && isIdle)) return;
  const { keys: found, notUnderstood } = await search();
  plan.notUnderstood.push(...notUnderstood);
  plan.known.push(...found.map(({ run }) => run));
  const known = new Set(plan.removals.map(({ leftovers }) => leftovers.run));
  for (const ledger of ledgers) if (livingProcessOf(ledger) !== undefined) known.add(ledger.run);
  for (const run of new Set(found.map((key) => key.run).sort())) {
    const leftovers = leftoversByTags(
      run,
      found.filter((key) => key.run === run),
    );
    if (known.has(run) || isNothing(leftovers)) continue;
    if (wanted.allRuns || named.includes(run)) plan.removals.push({ leftovers, ledger: undefined });
    else plan.others.push(leftovers);
  }
}

function namedRuns({ run, alsoByTags = [] }: Wanted): string[] {
  return run === undefined ? alsoByTags : [run];
}

/** How to get at what is in another place. */
function wayTo(place: Place, here: Place): string {
  const { target, region, endpoint, account } = place;
  const settings = [`WORKSHOP_TARGET=${target}`, `AWS_REGION=${region}`];
  if (endpoint) settings.push(`AWS_ENDPOINT_URL=${endpoint}`);
  const credentials =
    account && account !== here.account ? `, with credentials of the account ${account}` : '';
  return `${settings.join(' ')} npm run clean-up${credentials}`;
}
