import { type Ledger, ledgerOf, openLedgers } from './ledger.ts';
import { filesOf } from './leftovers.ts';
import { isAlive } from './process-identity.ts';
import type { Run } from './run.ts';

/** The process that keeps a run, while it does: a run that lives is left alone. */
export function livingProcessOf({ entries }: Ledger): number | undefined {
  return entries.map((entry) => entry.process).find(isAlive)?.id;
}

/**
 * The files that runs write which are alive: they stay although another run has written them too.
 *
 * @param but the run whose own files are not meant
 */
export function filesOfLivingRuns(but?: string): Set<string> {
  const living = openLedgers().filter(
    (ledger) => ledger.run !== but && livingProcessOf(ledger) !== undefined,
  );
  return new Set(living.flatMap(({ entries }) => filesOf(entries)));
}

/**
 * Refuses a run while another one of its name is alive in the same place: they would share a key, and each would remove
 * the other's.
 *
 * @throws NameTakenError that names the process, and says what to do
 */
export function requireNameOfItsOwn(run: Run): void {
  const ledger = ledgerOf(run);
  const process = ledger && livingProcessOf(ledger);
  if (process !== undefined) throw new NameTakenError(run.name, process);
}

/** Says that a run of that name is alive. */
export class NameTakenError extends Error {
  override name = 'NameTakenError';

  constructor(run: string, process: number) {
    super(
      `WORKSHOP_RUN is "${run}", and a run of that name is still at work, as process ${process}. ` +
        'End that one first, or set another WORKSHOP_RUN for this one.',
    );
  }
}
