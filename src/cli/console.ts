import { once } from 'node:events';
import { startConsole } from '../console/server.ts';
import { readSettings } from '../settings/settings.ts';
import { requireSteps } from './step-by-name.ts';

/**
 * Starts the console and prints its address. Ends when the process is told to (Ctrl+C).
 *
 * @throws SettingsError; LearnerError when the folder holds no workshop
 */
export async function showConsole(root: string, print: (text: string) => void): Promise<void> {
  requireSteps(root);
  const { address, close } = await startConsole(readSettings(root));
  print(`Console: ${address}\nOpen it in a browser. Ctrl+C ends it.`);
  const told = new AbortController();
  const signals = ['SIGINT', 'SIGTERM'].map((name) => once(process, name, { signal: told.signal }));
  await Promise.race(signals);
  told.abort();
  await close();
}
