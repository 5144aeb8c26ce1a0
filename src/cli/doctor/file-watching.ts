import { mkdtempSync, rmSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../../settings/settings.ts';
import { stateFolder } from '../../state/state-folder.ts';
import { type Finding, ok, wrong } from './finding.ts';

const subject = 'File watching';

/** How long to wait for the system's word, in milliseconds. */
const patience = 5000;

/**
 * Changes a file inside the project and sees whether the system tells of it, as watch mode needs.
 *
 * @param root the project's folder, in which the state folder has to be
 * @param environment with CHOKIDAR_USEPOLLING, Vitest looks at the files itself
 */
export async function checkFileWatching(root: string, environment: Environment): Promise<Finding> {
  if (/^(1|true)$/i.test(environment.CHOKIDAR_USEPOLLING ?? '')) {
    return ok(subject, 'not needed: CHOKIDAR_USEPOLLING is set, so Vitest polls for changes');
  }
  const folder = mkdtempSync(join(root, stateFolder, 'doctor-'));
  try {
    if (await isNoticed(folder)) return ok(subject, 'a change in the project is noticed');
    return wrong(
      subject,
      `The system reported no changed file in ${folder} within ${patience / 1000} s, as on network drives and some shared folders.`,
      'To let Vitest poll for changes, set CHOKIDAR_USEPOLLING=1 in the shell, then run npx vitest.',
    );
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const isLimit = code === 'ENOSPC' || code === 'EMFILE';
    const fix = isLimit
      ? 'Raise the limit, on Linux with: sudo sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=512'
      : 'To let Vitest poll for changes, set CHOKIDAR_USEPOLLING=1 in the shell, then run npx vitest.';
    return wrong(subject, message, fix);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes again and again: on macOS it takes a moment until a new watcher hears of anything. */
function isNoticed(folder: string): Promise<boolean> {
  const file = join(folder, 'changed.txt');
  const write = () => writeFileSync(file, String(performance.now()));
  write();
  return new Promise<boolean>((resolve, reject) => {
    const end = (settle: () => void) => {
      clearInterval(writing);
      clearTimeout(waiting);
      watcher.close();
      settle();
    };
    const writing = setInterval(write, 100);
    const waiting = setTimeout(() => end(() => resolve(false)), patience);
    const watcher = watch(folder, () => end(() => resolve(true)));
    watcher.on('error', (error) => end(() => reject(error)));
    write();
  });
}
