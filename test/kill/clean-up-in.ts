import { runCommandLine } from '../../src/cli/command-line.ts';
import { useEnvironment } from '../../src/run/target.ts';

/** A process is in one folder at a time. */
let previous: Promise<unknown> = Promise.resolve();

/**
 * Does what `npm run clean-up` does, in this process: a hundred processes of their own would take minutes.
 *
 * @param root the folder of the project
 * @param settings what the environment says
 * @returns what the command said
 */
export function cleanUpIn(root: string, settings: Record<string, string>): Promise<string> {
  const output = previous.then(() => cleanUpNow(root, settings));
  previous = output.catch(() => {});
  return output;
}

async function cleanUpNow(root: string, settings: Record<string, string>): Promise<string> {
  const before = process.cwd();
  const restore = useEnvironment(settings);
  process.chdir(root);
  const lines: string[] = [];
  try {
    await runCommandLine(['node', 'main.ts', 'clean-up'], root, (text) => lines.push(text));
    return lines.join('\n');
  } finally {
    process.chdir(before);
    restore();
  }
}
