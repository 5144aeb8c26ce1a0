import {
  appendFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import {
  DescribeKeyCommand,
  KMSClient,
  ListKeysCommand,
  ListResourceTagsCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { cleanUp } from '../cli/clean-up.ts';
import { carryOut, planCleanUp } from '../run/clean-up/reclaim.ts';
import { readSettings } from '../settings/settings.ts';
import { closeLedger, enterInLedger, ledgerName, openLedgers } from './ledger.ts';
import { outputOf, removeOutputFolder } from './output-folder.ts';
import { forgetProgress, passedSteps, rememberPassed } from './passed-in-run.ts';
import { OutsideError, removeInside } from './remove-inside.ts';
import { type Run, scratchFolderOf, tagsOf } from './run.ts';
import { newRun, nobody, writeOutput } from './testing/ledger-folder.ts';

// A name of a run can come from anyone who may tag a key. It must not lead to a path outside the run's own folders.

const { endpoint: _, ...ofEndpoint } = newRun('now');
/** The run of this process, on AWS. */
const here: Run = { ...ofEndpoint, target: 'aws' };
const locally: Run = { ...here, target: 'local' };
const before = process.cwd();
let temporary: string;
let parent: string;

/** A checkout beside other people's folders, with what a run called ada keeps there. */
beforeEach(() => {
  temporary = realpathSync(mkdtempSync(join(tmpdir(), 'neighbours-')));
  // So deep that no name of these tests leads out of the temporary folder, not even where the code under test is wrong.
  parent = join(temporary, '1/2/3/4/5/6/7/8');
  for (const folder of [
    'precious',
    'checkout/mywork',
    'checkout/.workshop/mywork',
    'checkout/.workshop/saved',
  ]) {
    mkdirSync(join(parent, folder), { recursive: true });
    writeFileSync(join(parent, folder, 'encrypted_e_1.txt'), 'of another person');
  }
  for (const folder of ['scratch', 'runs']) {
    mkdirSync(join(parent, 'checkout/.workshop', folder, 'ada'), { recursive: true });
  }
  process.chdir(join(parent, 'checkout'));
});

afterEach(() => {
  vi.restoreAllMocks();
  process.chdir(before);
  rmSync(temporary, { recursive: true });
});

/** Every path beside and in the checkout. */
function tree(): string[] {
  const paths = readdirSync(temporary, { recursive: true, encoding: 'utf8' });
  return paths.map((path) => relative(parent, join(temporary, path))).sort();
}

/** Files of a run called ada, which its clean-up removes. */
const keptByAda = ['checkout/.workshop/runs/ada', 'checkout/.workshop/scratch/ada'].map((path) => join(path));

const fragment = fc.constantFrom(
  ...['..', '.', '/', '\\', '../', '..\\', '~', '%2e%2e', 'C:', '\0', '\n', ' ', '\u202e', 'é', 'ADA', '_'],
  ...['ada', 'mywork', 'precious', 'checkout', 'scratch', '.workshop', '-'],
);
const hostileName = fc
  .oneof(
    fc.array(fragment, { maxLength: 8 }).map((fragments) => fragments.join('')),
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ unit: fc.constantFrom('a', '-', '0'), minLength: 33, maxLength: 300 }),
  )
  .filter((name) => !/^[a-z0-9-]{1,32}$/.test(name))
  // On Windows, Node.js 20 aborts at a path with this character.
  .filter((name) => !name.includes('\u{10FFFF}'));

/** Names that did harm, in each batch. */
const harmful = ['', '.', '..', '../../mywork', '../../../precious', '../mywork'];

/** Tries 3,000 hostile names, in batches. */
function tryNames(attempt: (names: string[]) => void | Promise<void>): Promise<void> {
  const batches = fc
    .array(hostileName, { minLength: 1000, maxLength: 1000, size: 'max' })
    .map((names) => [...harmful, ...names]);
  return fc.assert(
    fc.asyncProperty(batches, async (names) => attempt(names)),
    { numRuns: 3, seed: 11, endOnFailure: true },
  );
}

/** Answers KMS's calls in an account with one key for each name, which has it as the name of its run. */
function answerWithKeysOf(names: string[]): void {
  const scheduled = new Set<unknown>();
  vi.spyOn(KMSClient.prototype, 'send').mockImplementation(async (command: object) => {
    const { KeyId = '' } = (command as DescribeKeyCommand).input;
    if (command instanceof ListKeysCommand)
      return { Keys: names.map((_, index) => ({ KeyId: String(index), KeyArn: String(index) })) };
    if (command instanceof ListResourceTagsCommand) return { Tags: tagsOf(names[Number(KeyId)] ?? '') };
    if (command instanceof ScheduleKeyDeletionCommand) scheduled.add(KeyId);
    const KeyState = scheduled.has(KeyId) ? 'PendingDeletion' : 'Enabled';
    if (command instanceof DescribeKeyCommand) return { KeyMetadata: { KeyState } };
    return {};
  });
}

test('a tag with a hostile name is listed and left alone', async () => {
  const everything = tree();
  await tryNames(async (names) => {
    answerWithKeysOf(names);
    const plan = await planCleanUp(here, { allRuns: true });
    await carryOut(plan, here);

    expect(plan.removals).toEqual([]);
    expect(plan.notUnderstood.length).toBe(names.length);
    expect(tree()).toEqual(everything);
  });

  answerWithKeysOf(['../../mywork', 'ada']);
  const plan = await planCleanUp(here, { allRuns: true });
  await carryOut(plan, here);
  expect(plan.notUnderstood).toEqual([
    "0: its tag workshop-run is '../../mywork', but the name of a run is 1 to 32 lower-case letters, digits and hyphens",
  ]);
  expect(everything.filter((path) => !tree().includes(path))).toEqual(keptByAda);
});

/** True for a name that a file can have on each system. */
function isFileName(name: string): boolean {
  return !/[<>:"/\\|?*]|[\p{C}]/u.test(name) && Buffer.byteLength(name) < 200;
}

/** Those of the names that any file system can have side by side: Windows and macOS ignore case, Windows a dot at the end. */
function fileNames(names: string[]): string[] {
  const possible = names.filter((name) => isFileName(name) && !/[. ]$/.test(name) && name !== '');
  return [...new Map(possible.map((name) => [name.normalize('NFKC').toLowerCase(), name])).values()];
}

const messageOf = (error: Error) => error.message;

function settingsRefuse(name: string): boolean {
  try {
    readSettings('.', { WORKSHOP_RUN: name });
    return false;
  } catch (error) {
    return messageOf(error as Error).includes('WORKSHOP_RUN is ');
  }
}

test('an option or a setting with a hostile name is refused', async () => {
  const everything = tree();
  await tryNames(async (names) => {
    const refusals = names.map((run) => cleanUp('.', () => {}, { run }).catch(messageOf));
    expect(
      (await Promise.all(refusals)).filter((message) => !String(message).startsWith('--run is ')),
    ).toEqual([]);
    // An empty setting is one that isn't set.
    const set = names.filter((name) => name !== '');
    expect(set.filter((name) => !settingsRefuse(name))).toEqual([]);
  });
  expect(tree()).toEqual(everything);

  answerWithKeysOf(['ada']);
  await carryOut(await planCleanUp(here, { run: 'ada' }), here);
  expect(everything.filter((path) => !tree().includes(path))).toEqual(keptByAda);
});

test('a file among the ledgers with a hostile name is listed and left alone', async () => {
  const run = newRun('ada');
  enterInLedger({ ...run, target: 'local' }, run.aliasName, nobody);
  const folder = join('.workshop', 'ledger');
  const [ledger = ''] = readdirSync(folder);
  const copies: string[] = [];
  renameSync(join(folder, ledger), join(parent, 'ledger'));
  const everything = tree();
  await tryNames(async (names) => {
    const files = ['', '.', '..', ...fileNames(names)].map((name) => `${name}.00000000.jsonl`);
    mkdirSync(folder, { recursive: true });
    for (const file of files) linkSync(join(parent, 'ledger'), join(folder, file));
    const plan = await planCleanUp(locally, {});
    await carryOut(plan, here);

    expect(plan.removals).toEqual([]);
    expect(plan.notUnderstood.length).toBe(files.length);
    expect(readdirSync(folder).length).toBe(files.length);
    copies.push(...files);
    rmSync(folder, { recursive: true });
    expect(tree()).toEqual(everything.filter((path) => path !== join('checkout', folder)));
  });
  expect(copies).toContain('...00000000.jsonl');

  enterInLedger({ ...run, target: 'local' }, run.aliasName, nobody);
  await carryOut(await planCleanUp(locally, {}), locally);
  expect(everything.filter((path) => !tree().includes(path))).toEqual(keptByAda);
});

test('a ledger leads only to files of its run, whatever is in it', async () => {
  const dead = {
    ...locally,
    name: 'dead',
    aliasName: newRun('dead').aliasName,
    outputFolder: join('output', 'dead'),
  };
  const everything = tree();
  await tryNames(async (names) => {
    enterInLedger(dead, dead.aliasName, nobody);
    const [file = ''] = readdirSync('.workshop/ledger');
    const path = join('.workshop/ledger', file);
    const line = JSON.parse(readFileSync(path, 'utf8'));
    const lines = names.map((name) => {
      const tags = [{ TagKey: 'workshop-run', TagValue: name }];
      return JSON.stringify({
        ...line,
        aliasName: `${dead.aliasName}_${name}`,
        tags,
        outputFolder: name,
        files: [name],
      });
    });
    appendFileSync(path, `\n${lines.join('\n\n')}\n`);
    expect(openLedgers('.')[0]?.entries.length).toBe(names.length + 1);
    const { notRemoved } = await carryOut(await planCleanUp(locally, {}), locally);

    expect(notRemoved.length).toBe(1);
    expect(openLedgers('.').length).toBe(1);
    rmSync('.workshop/ledger', { recursive: true });
    expect(tree()).toEqual(everything);
  });

  enterInLedger(dead, dead.aliasName, nobody);
  writeOutput(dead);
  const before = tree();
  await carryOut(await planCleanUp(locally, {}), locally);
  expect(before.filter((path) => !tree().includes(path)).length).toBe(7);
});

test("a hostile name among a run's own files leads nowhere", async () => {
  const everything = tree();
  await tryNames((names) => {
    const folder = join('.workshop', 'runs', 'ada');
    const files = fileNames(names);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(parent, 'file'), '');
    for (const file of files) linkSync(join(parent, 'file'), join(folder, file));
    rmSync(join(parent, 'file'));
    expect(passedSteps({ root: '.', name: 'ada' }).length).toBe(files.length);

    forgetProgress({ root: '.', name: 'ada' });
    expect(everything.filter((path) => !tree().includes(path))).toEqual(keptByAda.slice(0, 1));
  });
});

function isRefused(action: () => unknown): boolean {
  try {
    action();
    return false;
  } catch (error) {
    return messageOf(error as Error).startsWith('The run is called ');
  }
}

test('no hostile name becomes part of a path', async () => {
  const everything = tree();
  await tryNames((names) => {
    const uses = [
      (name: string) => scratchFolderOf('.', name),
      (name: string) => forgetProgress({ root: '.', name }),
      (name: string) => rememberPassed({ root: '.', name }, '01-create-key'),
      (name: string) => outputOf('output', name),
      (name: string) => removeOutputFolder('output', name),
      (name: string) => closeLedger({ ...ledgerName(here), run: name }),
    ];
    for (const use of uses) expect(names.filter((name) => !isRefused(() => use(name)))).toEqual([]);
  });
  expect(tree()).toEqual(everything);

  forgetProgress({ root: '.', name: 'ada' });
  expect(everything.filter((path) => !tree().includes(path))).toEqual(keptByAda.slice(0, 1));
});

test('a removal stays inside its folder whatever the path, even without a check of the name', async () => {
  const outside = () => tree().filter((path) => !path.startsWith(join('checkout/.workshop/scratch')));
  const everything = outside();
  await tryNames((names) => {
    for (const name of names.filter((each) => !each.includes('\0'))) {
      mkdirSync('.workshop/scratch', { recursive: true });
      try {
        removeInside('.workshop/scratch', join('.workshop/scratch', name), { recursive: true });
      } catch (error) {
        if (!(error instanceof OutsideError || (error as NodeJS.ErrnoException).code === 'ENAMETOOLONG'))
          throw error;
      }
    }
    expect(outside()).toEqual(everything);
  });

  removeInside('.workshop', '.workshop/saved', { recursive: true });
  expect(outside()).not.toEqual(everything);
});

test('a link is removed, and its target is kept', () => {
  const kind = 'junction';
  symlinkSync(join(parent, 'precious'), '.workshop/scratch/ada/link', kind);
  symlinkSync(join(parent, 'precious'), '.workshop/scratch/bob', kind);
  for (const name of ['ada', 'bob'])
    removeInside('.workshop', scratchFolderOf('.', name), { recursive: true });

  expect(readdirSync('.workshop/scratch')).toEqual([]);
  expect(readdirSync(join(parent, 'precious'))).toEqual(['encrypted_e_1.txt']);
});

test('nothing is removed behind a link that leads out of the folder', () => {
  rmSync('.workshop/scratch', { recursive: true });
  symlinkSync(parent, '.workshop/scratch', 'junction');
  mkdirSync(join(parent, 'ada'));

  expect(() => removeInside('.workshop', scratchFolderOf('.', 'ada'), { recursive: true })).toThrow(
    'is not inside .workshop',
  );
  expect(readdirSync(parent)).toContain('ada');
});
