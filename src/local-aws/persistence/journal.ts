import { closeSync, constants, fdatasyncSync, openSync, rmSync } from 'node:fs';
import type { Change } from './change.ts';
import {
  append,
  type JournalFile,
  moveIntoPlace,
  recordOfChanges,
  writeJournalFile,
} from './journal-file.ts';

/** After so many bytes more, at the least, a journal is looked at again for what it could lose. */
const leastGrowth = 256 * 1024;

export interface JournalParts {
  readonly path: string;
  readonly file: JournalFile;
  /** True if the file may still hold material of deleted keys. */
  readonly holdsRemovedKey: boolean;
  /** Gives the changes that make all that is there now. */
  present(): Change[];
  warn(message: string): void;
}

/**
 * The file that holds every change, in order.
 *
 * When `commit` returns, the operating system has the change, so that it survives any end of this process. A
 * power cut loses what was not yet synced to the disk. Every change but events is synced at once, so keys, aliases
 * and all that belongs to them are there; the events since the last sync may not be.
 *
 * When half of what is in the file isn't needed any more, or key material is in it that should be gone, the file is
 * written anew beside the calls, and takes the old one's place.
 */
export class Journal {
  readonly #parts: JournalParts;
  #file: JournalFile;
  #uncommitted: Change[] = [];
  #nextCheck = leastGrowth;
  #holdsRemovedKey: boolean;
  #rewriting: { readonly tail: string[]; readonly done: Promise<void> } | undefined;
  readonly #closing = new AbortController();
  /** Why nothing is written any more. */
  #end: Error | undefined;

  constructor(parts: JournalParts) {
    this.#parts = parts;
    this.#file = parts.file;
    this.#holdsRemovedKey = parts.holdsRemovedKey;
  }

  add(change: Change): void {
    if (!this.#end) this.#uncommitted.push(change);
  }

  /**
   * Writes the changes since the last commit as one record: after a crash they are there all or none.
   *
   * @throws if they can't be written; and from then on, because what is in memory is more than what would be there after a
   *   restart
   */
  commit(): void {
    if (this.#end) throw this.#end;
    const changes = this.#uncommitted;
    if (changes.length === 0) return;
    const record = recordOfChanges(changes);
    try {
      append(this.#file, record, changes.length);
      if (changes.some((change) => change.type !== 'event-delivered')) fdatasyncSync(this.#file.fd);
    } catch (cause) {
      throw this.#endFor(cause as Error);
    }
    this.#uncommitted = [];
    this.#rewriting?.tail.push(record);
    if (changes.some((change) => change.type === 'key-removed')) this.#holdsRemovedKey = true;
    this.#rewriteIfWorthwhile();
  }

  /** Commits nothing any more; all that was committed is on the disk. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#rewriting?.done;
    this.#end ??= new Error(`The journal '${this.#parts.path}' is closed.`);
    fdatasyncSync(this.#file.fd);
    closeSync(this.#file.fd);
  }

  #endFor(cause: Error): Error {
    this.#end = new Error(
      `The journal '${this.#parts.path}' can't be written, so every call fails until a restart: ${cause.message}`,
      { cause },
    );
    this.#parts.warn(this.#end.message);
    return this.#end;
  }

  #rewriteIfWorthwhile(): void {
    if (this.#rewriting || !(this.#holdsRemovedKey || this.#file.length >= this.#nextCheck)) return;
    this.#postponeCheck();
    const present = this.#parts.present();
    if (!this.#holdsRemovedKey && this.#file.changes < 2 * present.length) return;
    this.#holdsRemovedKey = false;
    const tail: string[] = [];
    const done = this.#rewrite(present, tail)
      .catch((error: Error) => {
        if (!this.#closing.signal.aborted) {
          this.#parts.warn(`The journal '${this.#parts.path}' stays as long as it is: ${error.message}`);
        }
      })
      .finally(() => {
        this.#rewriting = undefined;
      });
    this.#rewriting = { tail, done };
  }

  /** @param tail the records that are committed while the file is written: they come after what was there before */
  async #rewrite(present: Change[], tail: readonly string[]): Promise<void> {
    const { path } = this.#parts;
    const old = this.#file;
    const changesBefore = old.changes;
    const newPath = `${path}.new`;
    const file = await writeJournalFile(newPath, present, this.#closing.signal);
    // From here to the end nothing else runs: so no commit can go to a file that is being left.
    try {
      if (this.#end) throw this.#end;
      append(file, tail.join(''), old.changes - changesBefore);
      fdatasyncSync(file.fd);
      // Windows replaces no file that is open.
      closeSync(old.fd);
      this.#file = file;
      moveIntoPlace(newPath, path);
    } catch (error) {
      if (this.#file === file) this.#goOnWith(old);
      if (this.#file !== file) closeSync(file.fd);
      rmSync(newPath, { force: true });
      throw error;
    }
    this.#postponeCheck();
  }

  /** Opens again the file that was to be replaced. */
  #goOnWith(old: JournalFile): void {
    try {
      this.#file = { ...old, fd: openSync(this.#parts.path, constants.O_WRONLY | constants.O_APPEND) };
    } catch (cause) {
      this.#endFor(cause as Error);
    }
  }

  #postponeCheck(): void {
    this.#nextCheck = this.#file.length + Math.max(leastGrowth, this.#file.length / 4);
  }
}
