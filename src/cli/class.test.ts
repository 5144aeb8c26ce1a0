import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type FixtureWorkshop, makeFixtureWorkshop } from '../../test/learner/fixture-workshop.ts';
import { stepNames } from '../steps/step-folders.ts';
import { columnsOf } from '../text/layout.ts';
import { showClass } from './class.ts';
import type { ProgressState } from './progress-sheet.ts';

const steps = ['01-dig-a-hole', '02-plant-a-tree', '03-water-the-tree'];

let workshop: FixtureWorkshop;
beforeEach(() => {
  workshop = makeFixtureWorkshop();
  mkdirSync(join(workshop.root, 'sheets'));
  vi.useFakeTimers({ toFake: ['Date'], now: at('12:00') });
  return workshop.remove;
});
afterEach(() => vi.useRealTimers());

/** A time of the day of the class, in the time zone of this machine. */
function at(time: string, day = 24): Date {
  return new Date(`2026-11-${day}T${time}:00`);
}

/** A step of a sheet: its state, and its first and latest pass. */
type Progress = [state: ProgressState, first?: Date, last?: Date];

function handIn(file: string, ...progress: Progress[]): void {
  const entries = progress.map(([state, first, last = first], index) => [
    stepNames(workshop.root)[index] ?? `0${index + 1}-step`,
    { state, firstPassedAt: first?.toISOString() ?? null, lastPassedAt: last?.toISOString() ?? null },
  ]);
  workshop.write(`sheets/${file}`, JSON.stringify({ version: 1, steps: Object.fromEntries(entries) }));
}

interface Shown {
  text: string;
  reported: string[];
  isWell: boolean;
}

/** Runs the command, without colours. */
function show(options = {}, folder = 'sheets'): Shown {
  const shown: Shown = { text: '', reported: [], isWell: false };
  const output = {
    print: (text: string) => {
      shown.text += stripVTControlCharacters(text);
    },
    report: (text: string) => shown.reported.push(stripVTControlCharacters(text)),
  };
  shown.isWell = showClass(workshop.root, folder, output, options);
  return shown;
}

test('shows learners by steps, how many are where, and who has been at one step for longest', () => {
  handIn('Grace.json', ['done', at('09:00')], ['done', at('10:00'), at('11:30')]);
  handIn('Ada.json', ['skipped']);
  handIn('李小龍.json', ['done', at('10:30', 23)], ['changed', at('10:35', 23), at('10:40', 23)]);
  handIn('Zoë.json', ['done', at('09:10')], ['done', at('09:11')], ['done', at('09:12')]);

  expect(show()).toEqual({
    isWell: true,
    reported: [],
    text: [
      ' 4 learners  1  2  3  since             at step',
      ' Ada         ↷  ○  ·                    plant a tree',
      ' Grace       ✔  ✔  ○  10:00             water the tree',
      ' Zoë         ✔  ✔  ✔  09:12             all steps done',
      ' 李小龍      ✔  ~  ·  2026-11-23 10:40  plant a tree',
      '',
      ' done        3  2  1',
      ' here now    ·  2  1',
      '',
      ' ✔ done  ○ here now  ~ changed since it passed  ↷ used the reference',
      '',
      ' Longest at one step',
      ' ○ Ada     step 2, plant a tree: nothing has passed yet',
      ' ○ 李小龍  step 2, plant a tree: since 2026-11-23 10:40',
      ' ○ Grace   step 3, water the tree: since 10:00',
    ].join('\n'),
  });
});

test('names learners who have not done the workshop first', () => {
  for (const name of ['04-pick', '05-eat', '06-bake']) workshop.write(`workshop/${name}/step.spec.ts`, '');
  const done: Progress = ['done', at('09:00')];
  handIn('further.json', done, done, done, done, done);
  handIn('behind.json', ['done', at('11:00')]);

  const { text } = show();
  expect(text).toContain(' 2 learners  1  2  3  4  5   6  since');
  expect(text).toMatch(/Longest at one step\n ○ behind .*\n ○ further /);
});

test.each([30, 60, 80, 120])('fits a terminal of %d columns', (columns) => {
  for (let index = 4; index <= 13; index++) workshop.write(`workshop/${index}-more/step.spec.ts`, '');
  handIn(`${'Bartholomew '.repeat(5)}.json`, ['done', at('09:00')]);
  handIn('李小龍.json', ['done', at('09:01')]);
  workshop.write('sheets/Eve.json', 'no JSON, but a line that is too long '.repeat(10));
  const { columns: before } = process.stdout;
  process.stdout.columns = columns;
  try {
    const lines = show().text.split('\n');
    expect(lines.filter((line) => columnsOf(line) > columns)).toEqual([]);
    expect(lines[1]).toMatch(/^ Bartholo.*… {2}✔ {2}○ {2}· /);
    if (columns >= 60) expect(lines[1]).toMatch(/ {2}09:00/);
  } finally {
    process.stdout.columns = before;
  }
});

test('names every file that is no sheet, and shows the others', () => {
  const contents = ['', '{"version":1', '{"version":2,"steps":{}}', '[]', '{"version":1,"steps":{"1":{}}}'];
  const broken = Array.from({ length: 20 }, (_, index) => `broken-${index}.json`);
  for (const [index, file] of broken.entries()) {
    workshop.write(`sheets/${file}`, contents[index % contents.length] ?? '');
  }
  for (let index = 0; index < 480; index++) {
    handIn(`learner-${index}.json`, ['done', new Date(at('09:00').getTime() + index)]);
  }

  const { text, isWell } = show();
  expect(isWell).toBe(false);
  expect(text).toContain(' 480 learners ');
  expect(text.match(/(?<=^ ✘ )[^:]+/gm)).toEqual(broken);
});

test.each([
  ['is empty', '', 'It is empty.'],
  ['is cut off', '{"version":1,', /^It is not JSON, or it is cut off\.$/],
  ['is a secret', 'AKIAEXAMPLE', /^It is not JSON, or it is cut off\.$/],
  [
    'is another JSON',
    '{"version":1,"steps":{"01-a":{"state":"finished"}}}',
    /^It is wrong at steps\["01-a"]\.state: .+/,
  ],
  ['is of another version', '{"version":2,"steps":[]}', 'It has version 2. This workshop reads version 1.'],
  ['is too large', ' '.repeat(1024 * 1024 + 1), 'It has more than 1 MiB, which no sheet has.'],
])('says why a file was left out: it %s', (_, content, text) => {
  workshop.write('sheets/eve.json', content);

  const { unreadable } = JSON.parse(show({ json: true }).text);
  expect(unreadable).toEqual([{ file: 'eve.json', text: expect.stringMatching(text) }]);
});

test('names a folder among the sheets, and leaves out hidden files', () => {
  workshop.write('sheets/more/ada.json', '');
  workshop.write('sheets/.DS_Store', '');

  expect(show().text).toBe(
    ' Look at these files\n ✘ more: It is not a file. Put the sheets themselves into the folder.',
  );
});

describe('two sheets are of the same learner', () => {
  const names = () =>
    JSON.parse(show({ json: true }).text).learners.map(({ name }: { name: string }) => name);

  test('if it has passed what the other has, in the same millisecond: the newer one counts', () => {
    handIn('ada.json', ['done', at('09:00')]);
    handIn('ada (1).json', ['done', at('09:00')], ['done', at('10:00')]);
    handIn('grace.json', ['done', at('09:01')]);
    expect(names()).toEqual(['ada (1)', 'grace']);
    expect(show().text).toContain(
      ' ~ ada.json: It is of the same learner as ada (1).json, which is not older, and',
    );
    expect(show().isWell).toBe(true);
  });

  test('if it was copied under another name', () => {
    for (const file of ['grace.json', 'ada.json', 'ada (1).json']) handIn(file, ['done', at('09:00')]);
    expect(names()).toEqual(['ada']);
  });

  test('if they have the same name', () => {
    handIn('ada.json');
    handIn('Ada.txt', ['done', at('09:00')]);
    expect(names()).toEqual(['Ada']);
  });

  test('but not if only some of it passed at the same time', () => {
    handIn('ada.json', ['done', at('09:00')], ['done', at('10:00')]);
    handIn('grace.json', ['done', at('09:00')], ['done', at('10:01')]);
    expect(names()).toEqual(['ada', 'grace']);
  });

  test('but not because nothing has passed', () => {
    handIn('ada.json', ['to do']);
    handIn('grace.json', ['to do']);
    expect(names()).toEqual(['ada', 'grace']);
  });
});

test('names a sheet with steps that this workshop does not have, and shows the others', () => {
  handIn('ada.json', ['done', at('09:00')], ['to do'], ['to do'], ['done', at('10:00')]);

  expect(show().text).toMatch(/^ ada +✔ {2}○ {2}· {2}09:00/m);
  expect(show().text).toMatch(/~ ada\.json: It has steps that this workshop doesn't have, such as 04-step\./);
});

test('prints names from other people only as text, however it prints them', () => {
  const hostile = 'Eve\u009b2J\u202e\u0007';
  handIn(`${hostile}.json`, ['done', at('09:00')], ['to do'], ['to do'], ['to do']);
  workshop.write(`sheets/${hostile}-2.json`, `${hostile}: no JSON`);
  const steps = { [`04-${hostile}`]: { state: 'to do', firstPassedAt: null, lastPassedAt: null } };
  workshop.write('sheets/mallory.json', JSON.stringify({ version: 1, steps }));

  for (const options of [{}, { json: true }, { csv: true }]) {
    const shown: string[] = [];
    const output = (text: string) => shown.push(text.replaceAll('\u001b[', ''));
    showClass(workshop.root, 'sheets', { print: output, report: output }, options);
    expect(shown.join('\n')).toContain('Eve<U+202E><U+0007>');
    expect(shown.join('\n').replace(/^\uFEFF/, '')).not.toMatch(/(?![\r\n])[\p{Cc}\p{Cf}]/u);
  }
});

test('prints the table for a spreadsheet, and remarks beside it', () => {
  handIn('=1+1.json', ['done', at('09:00')], ['changed', at('10:00')], ['done', at('11:00')]);
  workshop.write('sheets/eve.json', '');

  const { text, reported } = show({ csv: true });
  expect(text).toBe(
    '\uFEFF"learner","step","since","01-dig-a-hole","02-plant-a-tree","03-water-the-tree"\r\n' +
      `"'=1+1","02-plant-a-tree","2026-11-24 11:00","done","changed","done"`,
  );
  expect(reported).toEqual([' Look at these files', ' ✘ eve.json: It is empty.']);
});

test('prints all of it for a program', () => {
  handIn('ada.json', ['done', at('09:00')]);

  const toDo = { state: 'to do', firstPassedAt: null, lastPassedAt: null };
  const time = at('09:00').toISOString();
  const done = { state: 'done', firstPassedAt: time, lastPassedAt: time };
  expect(JSON.parse(show({ json: true }).text)).toEqual({
    version: 1,
    steps,
    learners: [
      {
        name: 'ada',
        steps: { '01-dig-a-hole': done, '02-plant-a-tree': toDo, '03-water-the-tree': toDo },
        step: '02-plant-a-tree',
        since: time,
      },
    ],
    unreadable: [],
    notes: [],
  });
});

describe('asks for', () => {
  test('a folder', () => {
    expect(() => show({}, '')).toThrow('Name the folder with the sheets: npm run class -- sheets/');
  });

  test('a folder that exists', () => {
    expect(() => show({}, 'nowhere')).toThrow(/^The folder nowhere can't be read: ENOENT/);
  });

  test('sheets in it', () => {
    expect(() => show()).toThrow(/^The folder sheets is empty\. Put the sheets of the learners there\./);
  });

  test('one format', () => {
    handIn('ada.json');
    expect(() => show({ json: true, csv: true })).toThrow('Choose one of --json and --csv.');
  });
});
