import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** When a run is killed: at which of its AWS calls, and whether AWS has performed the call by then. */
export interface KillPoint {
  call: number;
  side: 'before' | 'after';
}

/**
 * Follows the state that a killed run would leave behind: what it changed in the account, and its files. Two points with
 * the same state need one kill: the next run, or a clean-up, can't tell them apart.
 */
export class StateTrace {
  readonly points: KillPoint[] = [];
  readonly #root: string;
  readonly #states = new Set<string>();
  #changes = 0;

  /** @param root the folder of the project */
  constructor(root: string) {
    this.#root = root;
  }

  /** @param operation such as `TrentService.CreateKey`, which AWS has performed */
  countChange(operation: string): void {
    if (!readsOnly.test(operation)) this.#changes += 1;
  }

  /** @param call the number of the call; undefined for a call that is about another run */
  add(call: number | undefined, side: KillPoint['side']): void {
    const state = `${this.#changes} ${digestOfFiles(this.#root)}`;
    if (call === undefined || this.#states.has(state)) return;
    this.#states.add(state);
    this.points.push({ call, side });
  }
}

/** Any other operation counts as one that changes the account. */
const readsOnly = /\.(Describe|Get|List|Lookup|Encrypt|Decrypt|GenerateDataKey)/;

function digestOfFiles(root: string): string {
  const digest = createHash('sha256');
  for (const folder of ['.workshop', 'output']) {
    if (!existsSync(join(root, folder))) continue;
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      digest.update(JSON.stringify([path, entry.isFile() && readFileSync(path, 'base64')]));
    }
  }
  return digest.digest('hex');
}
