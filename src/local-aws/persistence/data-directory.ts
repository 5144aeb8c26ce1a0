import { closeSync, existsSync, lstatSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { EventStore } from '../cloudtrail/event-store.ts';
import type { Identity } from '../identity.ts';
import type { KmsState } from '../kms/state.ts';
import type { Change } from './change.ts';
import { lockDirectory } from './directory-lock.ts';
import { Journal } from './journal.ts';
import {
  type JournalFile,
  moveIntoPlace,
  openJournalFile,
  requireJournal,
  writeJournalFile,
} from './journal-file.ts';

/** The data directory of one running local AWS, which no other may use. */
export interface DataDirectory {
  readonly identity: Identity;
  /** Writes what has changed since the last time; see `Journal.commit`. */
  commit(): void;
  close(): Promise<void>;
}

export interface DataDirectoryUser {
  /** The kept state. It starts empty and is filled from the journal. */
  readonly state: KmsState;
  readonly events: EventStore;
  /** Says who the local AWS is, given who it was. */
  identify(before?: Identity): Identity;
  /** Is told what the user should know. */
  warn(message: string): void;
}

/**
 * Opens a data directory, or makes it: readable for its owner only, because key material is in it. Changes nothing in a
 * directory that is somebody else's.
 *
 * @throws if another process uses it, or what is in it isn't a local AWS's, or can't be read or written
 */
export async function openDataDirectory(path: string, user: DataDirectoryUser): Promise<DataDirectory> {
  const directory = resolve(path);
  try {
    return await openLocked(directory, user);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new Error(
      `The data directory '${directory}' can't be used: ${(error as Error).message}. Make it a directory that you may ` +
        'write to, or take another one.',
      { cause: error },
    );
  }
}

async function openLocked(directory: string, user: DataDirectoryUser): Promise<DataDirectory> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  requireOwnDirectory(directory);
  const lock = await lockDirectory(directory);
  try {
    const { journal, identity } = await openJournal(join(directory, 'journal'), user);
    user.state.observe((change) => journal.add(change));
    user.events.observe((change) => journal.add(change));
    return {
      identity,
      commit() {
        lock.requireHeld();
        journal.commit();
      },
      async close() {
        await journal.close().finally(lock.release);
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/**
 * A journal shows that a local AWS made the directory's content. Without one, a local AWS was stopped before it had
 * written it, or never was there. Then each file that would be removed has to be recognised as its own.
 */
function requireOwnDirectory(directory: string): void {
  const at = (name: string) => join(directory, name);
  if (isThere(at('journal'))) {
    requireJournal(at('journal'));
    return;
  }
  if (isThere(at('journal.new'))) requireJournal(at('journal.new'));
  if (isThere(at('lock')) && !/^\d+\n/.test(readFileSync(at('lock'), 'latin1'))) {
    throw new Error(
      `'${at('lock')}' isn't of a local AWS, and neither is the directory. Take another data directory; or, if nobody ` +
        'needs that file, move it away.',
    );
  }
}

/** A link that leads nowhere is there, too. */
const isThere = (path: string) => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

async function openJournal(
  path: string,
  user: DataDirectoryUser,
): Promise<{ journal: Journal; identity: Identity }> {
  rmSync(`${path}.new`, { force: true });
  const before = existsSync(path) ? readJournal(path, user) : undefined;
  try {
    const identity = user.identify(before?.identity);
    const present = (): Change[] => [
      { type: 'identity-put', identity },
      ...user.events.changes(),
      ...user.state.changes(),
    ];
    const file = before?.file ?? (await newJournalFile(path, present()));
    const holdsRemovedKey = before?.holdsRemovedKey ?? false;
    const journal = new Journal({ path, file, holdsRemovedKey, present, warn: user.warn });
    if (before && !isDeepStrictEqual(before.identity, identity)) {
      journal.add({ type: 'identity-put', identity });
      journal.commit();
    }
    return { journal, identity };
  } catch (error) {
    if (before) closeSync(before.file.fd);
    throw error;
  }
}

async function newJournalFile(path: string, present: Change[]): Promise<JournalFile> {
  const file = await writeJournalFile(`${path}.new`, present);
  moveIntoPlace(`${path}.new`, path);
  return file;
}

/** Fills state and events with what is in the journal. */
function readJournal(path: string, { state, events, warn }: DataDirectoryUser) {
  let identity: Identity | undefined;
  let holdsRemovedKey = false;
  const { file, tornBytes } = openJournalFile(path, (change) => {
    switch (change.type) {
      case 'identity-put':
        identity = change.identity;
        break;
      case 'trail-begun':
      case 'event-delivered':
        events.apply(change);
        break;
      default:
        holdsRemovedKey ||= change.type === 'key-removed';
        state.apply(change);
    }
  });
  if (tornBytes > 0) {
    warn(
      `The last record of '${path}', at byte ${file.length}, isn't whole: its ${tornBytes} bytes are dropped. ` +
        'Its writing was cut short, so the call was never answered.',
    );
  }
  return { file, identity, holdsRemovedKey };
}
