import { join } from 'node:path';
import type { Removed } from '../../lifecycle/clean-up.ts';
import { readSettings, type Settings } from '../../settings.ts';
import { LearnerError } from '../learner-error.ts';
import { indent, marks, paint } from '../look.ts';

/**
 * Removes from the target of the settings what runs left there that were killed, and their output files.
 *
 * @returns the text to print: what was removed, what was left and why
 * @throws SettingsError; LearnerError when AWS can't be reached, or refuses
 */
export async function cleanUp(root: string): Promise<string> {
  const settings = readSettings(undefined, join(root, '.env'));
  try {
    return describe(await reclaimThere(settings));
  } catch (error) {
    const { name, message } = error as Error;
    throw new LearnerError(
      `The clean-up stopped: ${name}: ${message}\n  What is wrong, npm run doctor may tell. What is left can be cleaned up again.`,
      { cause: error },
    );
  }
}

async function reclaimThere(settings: Settings): Promise<Removed> {
  const { reclaim } = await import('../../lifecycle/clean-up.ts');
  // The keys of a local AWS are gone with its run: nothing has to be asked, and a living run may have the port.
  if (settings.target === 'local') return reclaim(settings);
  const { startTarget, useEnvironment } = await import('../../target.ts');
  const target = await startTarget(settings);
  const restore = useEnvironment(target.environment);
  try {
    return await reclaim(settings);
  } finally {
    restore();
    await target.close();
  }
}

function describe({ aliases, orphans, files, left }: Removed): string {
  const removed = [
    ...aliases.map((alias) => `${alias}, and its key in 7 days`),
    ...orphans.map((arn) => `${arn} in 7 days: it had no alias`),
    ...files,
  ];
  if (removed.length === 0 && left.length === 0) return `${marks.ok} There is nothing to clean up.`;
  return [...section(`${marks.ok} Removed:`, removed), ...section(`${marks.none} Left:`, left)].join('\n');
}

function section(title: string, lines: string[]): string[] {
  return lines.length ? [paint.bold(title), indent(lines.join('\n'))] : [];
}
