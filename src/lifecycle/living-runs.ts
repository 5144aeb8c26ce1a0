import { type Ledger, openLedgers } from './ledger.ts';
import { filesOf } from './leftovers.ts';
import { isAlive } from './process-identity.ts';

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
