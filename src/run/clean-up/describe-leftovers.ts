import { shown } from '../../state/output-folder.ts';
import type { Leftovers } from './leftovers.ts';

/** Lines that say what is left of a run, one thing each, in the order in which it is removed. */
export function describeLeftovers({ aliases, orphans, files, lostKeys }: Leftovers): string[] {
  return [
    ...aliases.map(({ aliasName, keyArn, isPendingDeletion }) =>
      isPendingDeletion
        ? `${aliasName}; the deletion of its key is scheduled already`
        : `${aliasName}, and its key ${keyArn} in 7 days`,
    ),
    ...orphans.map((arn) => `${arn} in 7 days: no alias points to it`),
    ...files.map(shown),
    ...(lostKeys > 0 ? [describeLostKeys(lostKeys)] : []),
  ];
}

/** Says what was removed of a run, and that nothing else is left. */
export function describeRemoval(removed: Leftovers): string {
  const isAllFound = removed.lostKeys === 0;
  return [
    `Removed from the run ${removed.run}:`,
    ...describeLeftovers({ ...removed, lostKeys: 0 }).map((line) => `  ${line}`),
    isAllFound ? 'Nothing of it is left.' : `Left of it: ${describeLostKeys(removed.lostKeys)}.`,
  ].join('\n');
}

/** One line that says how much is left of a run. */
export function countLeftovers({ aliases, orphans, files }: Leftovers): string {
  const alive = aliases.filter(({ isPendingDeletion }) => !isPendingDeletion);
  const keys = new Set([...alive.map(({ keyArn }) => keyArn), ...orphans]);
  const counts = [
    count(keys.size, 'key', 'keys'),
    count(aliases.length, 'alias', 'aliases'),
    count(files.length, 'file', 'files'),
  ];
  return counts.filter((text) => text !== '').join(', ');
}

/** Describes keys that no clean-up can remove, because nothing shows who owns them. */
function describeLostKeys(lostKeys: number): string {
  const keys = lostKeys === 1 ? 'A key that it created has' : `${lostKeys} keys that it created have`;
  return (
    `${keys} neither its alias nor its tags, and can't be found: ` +
    "CloudTrail's event history of CreateKey shows the ARN, and ScheduleKeyDeletion removes it"
  );
}

function count(number: number, one: string, more: string): string {
  return number === 0 ? '' : `${number} ${number === 1 ? one : more}`;
}

/** Lines that say what isn't the run's, though it is in the place of a file of the run. */
export function describeInTheWay({ folders }: Leftovers): string[] {
  return folders.map(
    (folder) => `${shown(folder)} is a folder. Runs create no such folder, so it was left alone.`,
  );
}
