import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/** The functions with which the commands write, except for `writeFileSync`. */
const writers = [
  'appendFileSync',
  'copyFileSync',
  'cpSync',
  'linkSync',
  'mkdirSync',
  'renameSync',
  'rmSync',
  'symlinkSync',
  'truncateSync',
  'unlinkSync',
] as const;

class Killed extends Error {}

function throwKilled(): never {
  throw new Killed();
}

/**
 * Kills some work at one of its writes: this write and all later ones do nothing, not even those that tidy up. Of a file, a
 * part is written first. Files are not flushed to the disk: a kill loses nothing that the system has.
 *
 * @param last number of the write at which it is killed, from 1; infinity lets it finish
 * @param share how much of that file is written, from 0 to 1
 * @param kill ends the work; by default, it throws an error that this function catches
 * @returns number of writes, including the last one
 */
export function killAtWrite(last: number, share: number, work: () => void, kill = throwKilled): number {
  let writes = 0;
  const { writeFileSync } = fs;
  const originals = { writeFileSync, ...Object.fromEntries(writers.map((name) => [name, fs[name]])) };
  const killing = writers.map((name) => {
    const original = fs[name] as (...args: unknown[]) => unknown;
    return [name, (...args: unknown[]) => (++writes < last ? original(...args) : kill())];
  });
  const killingWriteFile: typeof writeFileSync = (file, content, options) => {
    writes++;
    const bytes = Buffer.from(content as string);
    const written =
      writes < last ? bytes.length : writes === last ? Math.floor(bytes.length * share) : undefined;
    if (written !== undefined)
      writeFileSync(file, bytes.subarray(0, written), { ...(options as object), flush: false });
    if (writes >= last) kill();
  };
  Object.assign(fs, Object.fromEntries(killing), { writeFileSync: killingWriteFile });
  // The modules' named imports follow.
  syncBuiltinESMExports();
  try {
    work();
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
  } finally {
    Object.assign(fs, originals);
    syncBuiltinESMExports();
  }
  return writes;
}
