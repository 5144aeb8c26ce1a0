import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { makeOutputFolder, outputOf, removeOutput } from './output-folder.ts';
import { newRun, useNewFolder, writeOutput } from './testing/ledger-folder.ts';

beforeEach(useNewFolder);

const run = newRun('ada');
const file = join('output', 'ada', 'encrypted_e_1.txt');
const wayOut = ' Move it away, or set another WORKSHOP_OUTPUT_FOLDER or WORKSHOP_RUN.';

test("a run's files are found and removed, with the folder", () => {
  writeOutput(run);
  expect(outputOf('output', 'ada').files.length).toBe(4);

  removeOutput(run);
  expect(readdirSync('output')).toEqual([]);
});

test('files that no run wrote stop a run of this name, and are kept', () => {
  mkdirSync('output/ada', { recursive: true });
  writeFileSync(file, 'mine');

  expect(() => makeOutputFolder(run)).toThrow(
    `The run can't write its files, because ${file} is there, and no run wrote it.${wayOut}`,
  );
  removeOutput(run);
  expect(outputOf('output', 'ada').files).toEqual([]);
  expect(readFileSync(file, 'utf8')).toBe('mine');
});

test('files in the output folder that have the names of output files stay', () => {
  mkdirSync('output');
  writeFileSync('output/encrypted_e_1.txt', 'mine');
  writeOutput(run);
  removeOutput(run);

  expect(readdirSync('output')).toEqual(['encrypted_e_1.txt']);
  expect(readFileSync('output/encrypted_e_1.txt', 'utf8')).toBe('mine');
});

test('a run starts with none of the files that an earlier run of its name wrote', () => {
  writeOutput(run);
  writeFileSync('output/ada/notes.txt', 'mine');
  makeOutputFolder(run);

  expect(readdirSync('output/ada')).toEqual(['.made-by-the-workshop', 'notes.txt']);
});

test.each(['symbolic', 'hard'])('nothing is written through a %s link', (kind) => {
  writeFileSync('precious.txt', 'mine');
  mkdirSync('output/ada', { recursive: true });
  if (kind === 'hard') linkSync('precious.txt', file);
  else symlinkSync(resolve('precious.txt'), file);
  expect(() => makeOutputFolder(run)).toThrow(`${file} is there, and no run wrote it`);

  // In a folder that the workshop made, a link is removed before anything is written.
  renameSync(file, 'link');
  makeOutputFolder(run);
  renameSync('link', file);
  writeOutput(run);
  expect(readFileSync('precious.txt', 'utf8')).toBe('mine');
  expect(readFileSync(file, 'utf8')).toBe('of ada');
});

test('a folder in the place of a file is reported, and kept', () => {
  mkdirSync(file, { recursive: true });
  expect(() => makeOutputFolder(run)).toThrow(`${file} is there, and no run wrote it`);
  expect(readdirSync('output/ada')).toEqual(['encrypted_e_1.txt']);
});

test('a link in the place of the folder is reported, and its target is kept', () => {
  mkdirSync('precious');
  mkdirSync('output');
  symlinkSync(resolve('precious'), 'output/ada', 'junction');
  expect(() => makeOutputFolder(run)).toThrow(`${join('output', 'ada')} is a link, and no folder`);

  writeFileSync('precious/.made-by-the-workshop', '');
  writeFileSync('precious/encrypted_e_1.txt', 'mine');
  removeOutput(run);
  expect(readdirSync('precious').length).toBe(2);
});

test('a file in the place of a folder is reported', () => {
  writeFileSync('output', 'mine');
  expect(() => makeOutputFolder(run)).toThrow(`it can't make the folder ${join('output', 'ada')}: `);
});
