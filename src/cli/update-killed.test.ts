import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { filesOf } from '../steps/step-files.ts';
import { stepNames } from '../steps/step-folders.ts';
import { killAtWrite } from './testing/kill-at-write.ts';
import { update } from './update.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));
const exercises = stepNames(project).map((step) =>
  readFileSync(join(project, filesOf(step).shipped), 'utf8'),
);

const step = '01-dig-a-hole';
const files = filesOf(step);
const at = new Date('2026-11-28T18:00:00Z');

let folder: string;
let older: string;
let root: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'update-killed-'));
  older = join(folder, 'older');
  root = join(folder, 'new');
  for (const version of [older, root]) {
    mkdirSync(join(version, `workshop/${step}`), { recursive: true });
    writeFileSync(join(version, `workshop/${step}/step.spec.ts`), '');
  }
  mkdirSync(join(older, '.workshop/hints'), { recursive: true });
  writeFileSync(join(older, `.workshop/hints/${step}`), '2\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Some lines of a text replaced by others. */
interface Edit {
  /** Where, from 0 to 1. */
  at: number;
  removed: number;
  added: number;
}

/** From 0 to 1, evenly. */
const share = fc.nat(1000).map((number) => number / 1000);

const edits = fc.array(fc.record({ at: share, removed: fc.nat(2), added: fc.nat(2) }), { maxLength: 3 });

/** A learner's edit and a new version of the same exercise, and how the update is killed. */
const pairs = fc.noBias(
  fc.record({
    base: fc.constantFrom(...exercises),
    mine: edits,
    theirs: edits,
    lineEnds: fc.constantFrom('\n', '\n', '\r\n', 'mixed'),
    hasFinalNewline: fc.boolean(),
    /** The learner has already begun the new version's exercise. */
    isEditedHere: fc.constantFrom(false, false, false, false, true),
    killedAt: share,
    writtenShare: share,
  }),
);

type Pair = typeof pairs extends fc.Arbitrary<infer Value> ? Value : never;

function edit(text: string, list: Edit[], by: string): string {
  const lines = text.split('\n');
  let count = 0;
  for (const { at, removed, added } of list) {
    const comments = Array.from({ length: added }, () => `  // ${by} ${++count}`);
    lines.splice(Math.floor(at * (lines.length - 1)), removed, ...comments);
  }
  return lines.join('\n');
}

function learnersVersion({ base, mine, lineEnds, hasFinalNewline }: Pair): string {
  const edited = edit(base, mine, 'mine');
  const text = mine.length === 0 || hasFinalNewline ? edited : edited.replace(/\n$/, '');
  let line = 0;
  return text.replaceAll('\n', () => (lineEnds === 'mixed' ? (line++ % 3 ? '\n' : '\r\n') : lineEnds));
}

/** Puts the exercises of both versions in their folders. */
function setUp(pair: Pair): { mine: string; shipped: string; here: string } {
  const shipped = edit(pair.base, pair.theirs, 'theirs');
  const mine = learnersVersion(pair);
  const here = pair.isEditedHere ? `${shipped}// Begun here.\n` : shipped;
  put(join(older, files.exercise), mine);
  put(join(older, files.shipped), pair.base);
  put(join(root, files.shipped), shipped);
  putBack(here);
  return { mine, shipped, here };
}

/** Brings this version back to where it was before the update. */
function putBack(here: string): void {
  rmSync(join(root, '.workshop'), { recursive: true, force: true });
  put(join(root, files.exercise), here);
}

/** Puts a new file in a file's place: ext4 waits for the disk when one is written over. */
function put(file: string, text: string): void {
  rmSync(file, { force: true });
  writeFileSync(file, text);
}

const runUpdate = () => update(root, ['../older'], at, () => {});

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

/** All files of a folder with their contents. */
function contentsOf(path: string): Record<string, string> {
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(paths.map((file) => [file, readFileSync(file, 'latin1')]));
}

function commentsIn(text: string, by: string): string[] {
  return text.match(new RegExp(`// ${by} \\d+`, 'g')) ?? [];
}

test('an update that is killed at any write loses nothing, and another one completes it', () => {
  const seen = { untouched: 0, kept: 0, merged: 0, conflicting: 0, 'edited here': 0, killed: 0, half: 0 };
  fc.assert(
    fc.property(pairs, (pair) => {
      const { mine, shipped, here } = setUp(pair);
      const olderBefore = contentsOf(older);
      const writes = killAtWrite(Number.POSITIVE_INFINITY, 0, runUpdate);
      const complete = read(files.exercise);

      putBack(here);
      const killedAt = 1 + Math.floor(pair.killedAt * (writes - 1));
      expect(killAtWrite(killedAt, pair.writtenShare, runUpdate)).toBeGreaterThanOrEqual(killedAt);
      seen.killed++;
      expect([here, complete]).toContain(read(files.exercise));
      if (read(files.exercise) !== complete) seen.half++;

      killAtWrite(Number.POSITIVE_INFINITY, 0, runUpdate);

      expect(contentsOf(older)).toEqual(olderBefore);
      expect(read(files.exercise)).toBe(complete);
      expect(read(files.shipped)).toBe(shipped);
      expect(read(`.workshop/hints/${step}`)).toBe('2\n');
      if (pair.isEditedHere) {
        expect(complete).toBe(here);
        seen['edited here']++;
      }
      if (mine.replaceAll('\r\n', '\n') === pair.base) {
        expect(complete).toBe(here);
        seen.untouched++;
        return;
      }
      expect(Object.values(contentsOf(root))).toContain(mine);
      if (pair.isEditedHere) return;
      if (complete === mine) {
        seen[shipped === pair.base ? 'kept' : 'conflicting']++;
        return;
      }
      seen.merged++;
      expect(commentsIn(complete, 'mine')).toEqual(commentsIn(mine, 'mine'));
      expect(commentsIn(complete, 'theirs')).toEqual(commentsIn(shipped, 'theirs'));
      expect(complete.endsWith('\n')).toBe(mine.endsWith('\n') && shipped.endsWith('\n'));
      if (pair.lineEnds !== 'mixed') expect([...new Set(complete.match(/\r?\n/g))]).toEqual([pair.lineEnds]);
    }),
    { seed: 14, numRuns: 300 },
  );
  expect(seen.killed).toBe(300);
  expect(Object.entries(seen).filter(([, count]) => count < 30)).toEqual([]);
});

test.each([
  ['while it saves the learner’s version', 2],
  ['before it replaces the exercise', 5],
])('an update whose process is killed %s is completed by another one', (_, killedAt) => {
  const [base = ''] = exercises;
  const shipped = `// Theirs.\n${base}`;
  const mine = `${base}// Mine.\n`;
  put(join(older, files.exercise), mine);
  put(join(older, files.shipped), base);
  put(join(root, files.shipped), shipped);
  putBack(shipped);

  const { status, stderr } = runAndKill(killedAt);

  expect(stderr).toBe('');
  expect(status).not.toBe(0);
  expect(read(files.exercise)).toBe(shipped);
  expect(Object.values(contentsOf(root)).includes(mine)).toBe(killedAt === 5);

  runUpdate();

  expect(read(files.exercise)).toBe(`// Theirs.\n${mine}`);
  expect(Object.values(contentsOf(root))).toContain(mine);
});

/** Updates in a process of its own, which kills itself at one of its writes. */
function runAndKill(killedAt: number) {
  const code = `
    import { killAtWrite } from './src/cli/testing/kill-at-write.ts';
    import { update } from './src/cli/update.ts';
    const [root, older] = process.argv.slice(1);
    const kill = () => process.kill(process.pid, 'SIGKILL');
    killAtWrite(${killedAt}, 0.5, () => update(root, [older], new Date(), () => {}), kill);
  `;
  const args = ['--import', '@oxc-node/core/register', '--input-type=module', '--eval', code, root, older];
  return spawnSync(process.execPath, args, { cwd: project, encoding: 'utf8' });
}
