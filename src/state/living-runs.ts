import { isDeepStrictEqual } from 'node:util';
import { LearnerError } from '../text/learner-error.ts';
import { isSamePlace, type Ledger, openLedgers } from './ledger.ts';
import { describeProcess, identityOfProcess, isAlive, type ProcessIdentity } from './process-identity.ts';
import type { Run } from './run.ts';

/** The process that keeps a run, while it does: a living run is left alone. */
export function livingProcessOf({ entries, writtenAt }: Ledger): ProcessIdentity | undefined {
  return entries.map((entry) => entry.process).find((process) => isAlive(process, writtenAt));
}

/** True while a run of the same name is alive in another place: what it keeps in the project's folder stays. */
export function livesElsewhere({ root, run, place }: Ledger): boolean {
  return openLedgers(root).some(
    (other) => other.run === run && !isSamePlace(other.place, place) && livingProcessOf(other) !== undefined,
  );
}

/**
 * Refuses a run while an earlier one of its name is alive: they would share a key and files, and each would remove the
 * other's. Of two that start at the same time, the first on the ledger is the earlier one.
 *
 * @throws NameTakenError that names the other's process
 */
export function requireOwnName(run: Run): void {
  const self = identityOfProcess(process.pid);
  for (const ledger of openLedgers(run.root)) {
    const keeper = ledger.run === run.name ? livingProcessOf(ledger) : undefined;
    if (keeper && !isDeepStrictEqual(keeper, self)) throw new NameTakenError(run.name, keeper);
  }
}

/** Another run of the same name is alive. */
export class NameTakenError extends LearnerError {
  override name = 'NameTakenError';

  constructor(run: string, keeper: ProcessIdentity) {
    super(
      `WORKSHOP_RUN is "${run}", and a run of that name is still running, as ${describeProcess(keeper)}. ` +
        'End that run first, or give this one another name: without WORKSHOP_RUN, each run has a new name.',
    );
  }
}
